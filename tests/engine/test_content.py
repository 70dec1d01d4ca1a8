"""Content codings, and the size of the pieces they come in."""

import gzip
import zlib
from collections.abc import Callable

import httpx
import pytest

from tui.engine.content import PIECE_BYTES, unpacker

TEXT = b"".join(b"data: %d\n\n" % number for number in range(50_000))


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("", bytes), ("identity", bytes), ("gzip", gzip.compress), (" GZIP ", gzip.compress), ("deflate", zlib.compress)],
)
@pytest.mark.parametrize("size", [1, 7, 4096, 10**9])
def test_pieces_are_bounded_and_whole(coding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    packed = pack(TEXT if size > 7 else TEXT[:20_000])
    unpack = unpacker(coding)
    pieces = [piece for at in range(0, len(packed), size) for piece in unpack(packed[at : at + size])]
    assert b"".join(pieces) == (TEXT if size > 7 else TEXT[:20_000])
    assert max(map(len, pieces)) <= PIECE_BYTES


def test_what_stands_behind_the_end_is_ignored() -> None:
    assert b"".join(unpacker("gzip")(gzip.compress(b"text") + b"more")) == b"text"


@pytest.mark.parametrize("size", [1, 100, 10**9])
def test_what_stands_before_a_broken_place_is_kept(size: int) -> None:
    squeeze = zlib.compressobj(wbits=31)
    packed = squeeze.compress(b"kept") + squeeze.flush(zlib.Z_SYNC_FLUSH) + b"\xff" * 50
    pieces: list[bytes] = []
    with pytest.raises(httpx.DecodingError, match="broken"):
        collect(pieces, packed, size)
    assert b"".join(pieces) == b"kept"


def collect(pieces: list[bytes], packed: bytes, size: int) -> None:
    """Unpack in reads of `size`, adding to `pieces`: an error may not cost those before it."""
    unpack = unpacker("gzip")
    for at in range(0, len(packed), size):
        for piece in unpack(packed[at : at + size]):
            pieces.append(piece)  # noqa: PERF402


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
def test_other_codings_are_named(coding: str) -> None:
    with pytest.raises(httpx.DecodingError, match=coding):
        unpacker(coding)
