"""What a job is and what can be said of it: no I/O, no Textual, no SQL."""
