"""``python -m jobwatch`` and the ``jobwatch`` script."""

from __future__ import annotations

import gc

# Modules are no garbage, and to look for some among them takes a sixth of the start; the command
# line lets the collector go on.
gc.disable()

from jobwatch.cli import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
