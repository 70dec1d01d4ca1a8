"""The content codings of a response body, undone in bounded pieces.

Called by `tui.engine.http` once per network read. We ask for `identity`; a proxy may compress all the same, and
httpx's decoders would turn one read of a bomb into hundreds of megabytes at once.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import httpx

PIECE_BYTES = 16 * 1024
"""The most that is handed on at once: what may be decoded before other streams, and the screen, get their turn. Some
70 chunks, half a millisecond."""

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def unpacker(coding: str) -> Callable[[bytes], Iterable[bytes]]:
    """What turns each read into pieces of at most `PIECE_BYTES`. Raises `httpx.DecodingError` for unknown codings."""
    match coding.strip().lower():
        case "" | "identity":
            return _pieces
        case "gzip" | "x-gzip" | "deflate":
            return _Inflater()
        case other:
            raise httpx.DecodingError(f"the server compressed its answer ({other}), although it was asked not to")


def _pieces(data: bytes) -> Iterable[bytes]:
    if len(data) <= PIECE_BYTES:
        return (data,)
    return [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]


class _Inflater:
    """gzip and zlib. Data behind the end of the compressed stream is ignored."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)

    def __call__(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inflate.eof:
            before = self._inflate.copy()
            try:
                piece = self._inflate.decompress(data, PIECE_BYTES)
            except zlib.error as exc:
                yield from _salvaged(before, data)
                raise httpx.DecodingError(f"the server's compression is broken: {exc}") from exc
            if piece:
                yield piece
            data = self._inflate.unconsumed_tail


def _salvaged(inflate: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What comes before the broken place: zlib throws away all that a call has unpacked when it meets an error."""
    with suppress(zlib.error):
        for at in range(len(data)):
            if piece := inflate.decompress(data[at : at + 1], PIECE_BYTES):
                yield piece
