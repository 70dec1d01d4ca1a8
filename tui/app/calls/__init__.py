"""Results for the calls of a model: the form, who waits for it, and the programs that may give them."""
