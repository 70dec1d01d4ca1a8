"""Dialogs that belong to no place in particular."""
