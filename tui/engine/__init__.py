"""The network half: one client, one task group, one cancel scope per stream.

What can be decided without it, `tui.core` decides."""
