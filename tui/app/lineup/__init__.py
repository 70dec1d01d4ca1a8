"""The targets that are asked: made, chosen, kept, and changed while others stream."""
