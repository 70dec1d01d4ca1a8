"""The pure half of sidestream: bytes and instants in, values out.

Nothing here waits, asks the time, opens a file or draws. What a stream is, how its bytes become an answer and
what its numbers mean is decided here, so that a test or a recording can drive all of it without a network.
"""
