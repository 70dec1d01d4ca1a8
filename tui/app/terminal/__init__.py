"""Between Textual and the terminal: what its driver leaves out or does in another way."""
