"""The wire formats the demo provider speaks: for each a reader of requests and a writer of answers.

They are written from the vendors' documents and SDK types and share no code with the decoders of the dashboard: one
mistake in both would never be seen.
"""
