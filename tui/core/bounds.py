"""How much of anything a server may make us hold. Over a bound a stream is cut off and the bound is named."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one stream; sizes in bytes unless the name says otherwise."""

    event_bytes: int = 16 * MIB
    """One server-sent event, one line, or one whole JSON body."""
    answer_chars: int = 16 * MIB
    """Text, reasoning, refusal and arguments of one answer together, in characters."""
    error_body_bytes: int = 64 * 1024
    """What is read of an error response; the rest is not waited for."""
    tool_calls: int = 128
    """Tool calls of one choice, and the highest tool index + 1."""
    tool_id_chars: int = 4096
    """Id and type of a tool call."""
    choices: int = 128
    logprobs: int = 256 * 1024
    """Log probabilities of one answer, those of alternatives included; some 50 MB of memory."""
    tape_bytes: int = 8 * MIB
    """What is kept of the bytes received, for looking at events one by one; the oldest middle is forgotten first."""
    remarks: int = 50
    """What is kept of the things a reader should know; the rest is left out, for they are ours and not the answer."""


DEFAULT_BOUNDS = Bounds()


def size_text(size: int) -> str:
    """A byte count as people write it: `16 MiB`, `64 KiB`, `900 B`."""
    for unit, name in ((MIB, "MiB"), (1024, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} B"
