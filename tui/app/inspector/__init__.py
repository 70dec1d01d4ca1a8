"""What the inspector is made of: the list of events, a payload, and the pages beside them."""
