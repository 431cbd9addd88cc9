"""The monitor's widgets: facts come down as attributes, events go up as messages."""
