"""Live HarperDB nodes, mirrored into a log. How they behave is in harper/CONTRACT."""
