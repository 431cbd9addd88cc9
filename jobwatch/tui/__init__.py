"""The monitor: the only place with Textual and Rich."""
