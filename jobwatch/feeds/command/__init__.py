"""Commands that are run, watched and recorded: `jobwatch run`."""
