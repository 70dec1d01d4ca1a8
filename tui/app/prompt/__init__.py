"""The prompt box, what it is for, and where its text may come from."""
