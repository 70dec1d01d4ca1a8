"""A short run of the fuzzer for each dialect, and proof that it finds what it looks for.

Longer runs: `python -m tests.fuzz all --seconds 60`.
"""

import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fuzz import judge
from tests.fuzz.__main__ import main
from tests.fuzz.campaign import Campaign, judged_again, saved, shrunk, without
from tests.fuzz.mutations import HARMLESS, MUTATIONS, Mutation, events_of, mutated, reads_of, shortened, shuffle_events
from tests.fuzz.proof import holds_proof, proof_starts_at
from tui.core.dialects import DIALECTS
from tui.core.dialects.chat import ChatDecoder
from tui.core.events import EndMarker, StreamEvent, TextDelta

INPUTS = 200


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_no_damaged_recording_does_harm(dialect: str) -> None:
    campaign = Campaign(dialect, seed=0)
    campaign.run(lambda: campaign.number < INPUTS)
    assert [(find.number, find.problem) for find in campaign.finds.values()] == []
    assert campaign.phases["complete"] > INPUTS / 10  # damage that nothing survives would test little
    assert campaign.phases["interrupted"] > INPUTS / 10


# -- it finds what it looks for --------------------------------------------------------------------------------------


class Raising(ChatDecoder):
    """Fails on what is no JSON."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        events = super().feed(data)
        if self.undecodable:
            raise KeyError("planted")
        return events


class CuttingWords(ChatDecoder):
    """Shows where a read ended."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        return [*super().feed(data), TextDelta(0, "|")]


class Credulous(ChatDecoder):
    """Takes the end of the body for the end of the answer."""

    def close(self, status: int | None = None) -> list[StreamEvent]:
        return [*super().close(status), EndMarker()]


class Unwritable(ChatDecoder):
    """Lets a lone surrogate out."""

    def close(self, status: int | None = None) -> list[StreamEvent]:
        self.payloads += 1
        raise UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "planted")


class Looping(ChatDecoder):
    """Never comes back."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        until = time.process_time() + 20  # an end all the same, in case nobody stops it
        while time.process_time() < until:
            pass
        return super().feed(data)


class Hoarding(ChatDecoder):
    """Holds far more than it was sent."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        self.hoard = bytearray(40 * judge.MIB)
        return super().feed(data)


@pytest.mark.parametrize(
    ("decoder", "kind"),
    [
        (Raising, "raises"),
        (Unwritable, "raises"),
        (CuttingWords, "cuts"),
        (Credulous, "unproven"),
        (Looping, "slow"),
        (Hoarding, "memory"),
    ],
)
def test_a_planted_fault_is_found(decoder: Any, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is kept in fewer bytes, and judged again it is still there until it is mended."""
    monkeypatch.setattr(judge, "_SECONDS", 0.05)
    monkeypatch.setitem(DIALECTS, "chat", replace(DIALECTS["chat"], new_decoder=decoder))
    campaign = Campaign("chat")
    campaign.run(lambda: campaign.number < 60 and not campaign.finds)
    find = next(iter(campaign.finds.values()))
    assert find.problem.kind == kind
    smaller = shrunk(find, "chat")
    assert len(smaller.input.raw) <= len(find.input.raw)
    path = saved(smaller, "chat", campaign.seed, tmp_path)
    assert path.read_bytes() == smaller.input.raw
    again = judged_again(path)
    assert again is not None
    assert again.kind == kind
    monkeypatch.undo()
    assert judged_again(path) is None


def test_the_command_saves_finds_and_judges_them_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(DIALECTS, "chat", replace(DIALECTS["chat"], new_decoder=CuttingWords))
    assert main(["chat", "--seconds", "0.2", "--seed", "3", "--finds", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "inputs/s" in said
    assert "seed 3" in said
    path = next(tmp_path.glob("chat-cuts-*.bin"))
    assert str(path) in said
    assert main(["--again", str(path)]) == 1
    monkeypatch.undo()
    assert main(["--again", str(path)]) == 0
    assert capsys.readouterr().out.endswith("mended\n")


# -- its parts -------------------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_inputs() -> None:
    one, other, third = Campaign("chat", 5), Campaign("chat", 5), Campaign("chat", 6)
    inputs = [one.input(number) for number in range(20)]
    assert inputs == [other.input(number) for number in reversed(range(20))][::-1]
    assert inputs != [third.input(number) for number in range(20)]


@pytest.mark.parametrize("mutation", dict.fromkeys((*MUTATIONS, *HARMLESS)))
def test_every_mutation_takes_anything_and_changes_something(mutation: Mutation) -> None:
    event = b'data: {"a": [1, {"b": "\xc3\xbc"}], "c": null}\n\n'
    for raw in (b"", b"\n", b"{", b"\xff\xfe{}", b'{"a":' * 2_000, event, event * 3, event.replace(b"\n", b"\r\n")):
        results = {mutation(Random(seed), raw) for seed in range(30)}
        if raw == event * 3 and mutation is not shuffle_events:
            assert results != {raw}


def test_values_are_changed_inside_of_json_that_stays_json() -> None:
    raw = b'data: {"choices": [{"delta": {"content": "Hello"}}]}\n\n'
    results = [mutated(Random(seed), raw, MUTATIONS[-1:]) for seed in range(300)]
    assert any(b'"content": null' in result for result in results)
    assert any(b"1e999" in result for result in results)
    assert any(b"[[[[[[" in result for result in results)
    assert any(b'"choices": {' in result for result in results)
    assert all(result.startswith(b"data: ") for result in results)


def test_events_and_reads_are_cut_without_loss() -> None:
    for raw in (b"a\n\nb\n\n", b"a\r\n\r\nb", b'{"a":1}\n{"b":2}\n', b"", b"x", b"\n\n\n"):
        assert b"".join(events_of(raw)) == raw
        for seed in range(20):
            assert b"".join(reads_of(Random(seed), raw)) == raw
    assert without([b"abc", b"def", b"ghi"], 2, 5) == [b"ab", b"hi"]
    long = b"".join(b"data: %d\n\n" % number for number in range(500))
    short = shortened(Random(1), long)
    assert len(events_of(short)) == 60
    assert long.endswith(events_of(short)[-1])


@pytest.mark.parametrize(
    ("dialect", "before", "proof"),
    [
        ("chat", b'data: {"choices":[{"finish_reason":null,', b'"finish_reason": "stop"}]}'),
        ("chat", b'data: {"choices":[]}\n\ndata: ', b"[DONE]"),
        ("completions", b'data: {"choices":[{"text":"", ', b'"finish_reason":"length"}]}'),
        ("anthropic", b'data: {"type":"message_delta"}\n\nevent: ', b"message_stop\n"),
        ("responses", b"event: response.created\n\nevent: ", b"response.completed"),
        ("gemini", b'[{"candidates":[{', b'"finishReason": "STOP"}]}]'),
        ("ollama", b'{"done":false}\n{', b'"done":true}\n'),
        ("chat", b'{"choices":[{"finish_reason":"stop"}]', b"}\n"),
    ],
)
def test_where_the_proof_begins(dialect: str, before: bytes, proof: bytes) -> None:
    assert proof_starts_at(dialect, before + proof) == len(before)
    assert holds_proof(dialect, before + proof)
    if not before.startswith(b'{"choices'):
        assert not holds_proof(dialect, before)
        assert proof_starts_at(dialect, before) == len(before)
