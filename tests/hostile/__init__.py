"""Text made to break out of its place, and everything it is put through."""
