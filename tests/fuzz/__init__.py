"""Throws damaged recordings at the decoders: `python -m tests.fuzz DIALECT --seconds N [--seed S]`."""
