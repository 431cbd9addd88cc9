"""The monitor in the browser: one process for each visitor, over a WebSocket."""
