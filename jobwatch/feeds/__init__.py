"""What puts jobs into the log."""
