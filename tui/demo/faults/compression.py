"""Bodies that are compressed although nobody asked for it."""

import functools
import zlib

from tui.demo.faults.fault import FaultList, Moment, Outcome
from tui.demo.faults.stage import Stage

_GZIP = 16 + zlib.MAX_WBITS
_BOMB_BLOCK = 16 * 1024 * 1024
_BOMB_BLOCKS = 64

faults = FaultList(Moment.INSIDE)


@functools.cache
def _bomb_block() -> bytes:
    """16 MiB of one letter, deflated so that it can stand any number of times within one stream."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeeze.compress(b"a" * _BOMB_BLOCK) + squeeze.flush(zlib.Z_FULL_FLUSH)


@faults.add(
    "gzip-unasked",
    "Compresses a good stream with gzip, flushed at each event.",
    Outcome.COMPLETES,
    "Nothing: the answer is whole. Compression may bunch tokens up, so rates are less exact.",
)
async def gzip_unasked(stage: Stage) -> None:
    squeeze = zlib.compressobj(wbits=_GZIP)
    await stage.head(content_type=stage.writer.stream_media_type, content_encoding="gzip")
    for event in (stage.opening(), *stage.rest(), stage.ending()):
        await stage.chunk(squeeze.compress(event) + squeeze.flush(zlib.Z_SYNC_FLUSH))
        await stage.pause(0.01)
    await stage.chunk(squeeze.flush())
    await stage.end_body()


@faults.add(
    "gzip-bomb",
    "Sends one megabyte of gzip that unpacks to a gigabyte.",
    Outcome.CUT,
    "What came is kept. Somebody means harm, or a proxy is broken: do not use this server.",
    says=("cut off", "16 MiB"),
)
async def gzip_bomb(stage: Stage) -> None:
    squeeze = zlib.compressobj(wbits=_GZIP)
    await stage.head(content_type=stage.writer.stream_media_type, content_encoding="gzip")
    start = stage.opening() + b"".join(stage.some(12)) + (b"data: " if stage.is_sse else b"{")
    await stage.chunk(squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH))
    for _ in range(_BOMB_BLOCKS):
        await stage.chunk(_bomb_block())
    await stage.end_body()


@faults.add(
    "gzip-broken",
    "Says gzip and then sends a dozen tokens as gzip and garbage after them.",
    Outcome.CUT,
    "What came is kept: `r` asks again. A proxy compresses wrongly; turn its compression off for this path.",
    says=("compression",),
)
async def gzip_broken(stage: Stage) -> None:
    squeeze = zlib.compressobj(wbits=_GZIP)
    await stage.head(content_type=stage.writer.stream_media_type, content_encoding="gzip")
    start = stage.opening() + b"".join(stage.some(12))
    await stage.chunk(squeeze.compress(start) + squeeze.flush(zlib.Z_SYNC_FLUSH))
    await stage.chunk(b"\xff" * 1000)
    await stage.end_body()


@faults.add(
    "coding-unknown",
    "Compresses the body in a way the client did not ask for and cannot undo.",
    Outcome.ERROR,
    "Turn the compression of the proxy off for this path.",
    says=("compressed", "zstd-demo"),
)
async def coding_unknown(stage: Stage) -> None:
    body = bytes(range(256))
    await stage.reply("200 OK", body, stage.writer.stream_media_type, content_encoding="zstd-demo")
