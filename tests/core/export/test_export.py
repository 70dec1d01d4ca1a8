"""A run as a file: the whole conversation in every format, and nothing a model wrote acts in any of them."""

import csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.core.replay import TARGET, chunk, folded, sse
from tests.core.talk import answered, call, failed
from tests.core.talk import target as any_target
from tui.core.conversation import Conversation
from tui.core.export import ENDINGS, Told, exported_run, written
from tui.core.export.table import COLUMNS
from tui.core.export.words import figures
from tui.core.redact import Redactor
from tui.core.secret import Secret

STARTED = "2026-01-02T03:04:05.678+00:00"
HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) ![p](http://evil.example/p.png) <b onclick="x">b</b>'


def run_of(*told: Told, system: str | None = None, secret: str = "") -> dict[str, Any]:
    return exported_run("r1", STARTED, system, told, Redactor([Secret(secret)] if secret else []))


def asked_once(question: str, text: str, name: str = "tiny", **delta: Any) -> Told:
    """One question and a whole answer."""
    state = folded([sse(chunk({"content": text, **delta}, id="r1", model="tiny-2"), chunk({}, "stop"))])
    talk = Conversation(TARGET)
    talk.ask(question)
    talk.take(state.snapshot())
    return Told(name, talk.turns, state)


def long_talk() -> Told:
    """A call answered, an interruption, and an answer taken from elsewhere."""
    ours = any_target()
    talk = Conversation(ours)
    talk.ask("look it up")
    talk.take(answered(ours, "One moment.", calls=[call("find", '{"q": "x"}', "c1")], reason="tool_calls"))
    talk.answer_calls({"c1": "found ```it```"})
    talk.take(answered(ours, "It is there.", reason="length"))
    talk.ask("and now?")
    talk.take(failed(ours))
    other = Conversation(any_target(name="b"))
    other.ask("and now?")
    other.take(answered(any_target(name="b"), "Better now."))
    talk.adopt(other.turns, other.target)
    return Told("a", talk.turns)


def test_the_json_holds_every_turn_and_the_last_one_as_always() -> None:
    found = json.loads(written(run_of(asked_once("Why?", "So."), long_talk(), system="Be brief."), ".json"))
    assert (found["schema"], found["id"], found["started_at"]) == ("sidestream.run/1", "r1", STARTED)
    assert (found["prompt"], found["system"]) == ("and now?", "Be brief.")
    tiny, a = found["targets"]
    assert tiny["asked"] == [{"role": "user", "text": "Why?"}]
    assert (tiny["choices"][0]["text"], tiny["state"], tiny["end"], tiny["turns"]) == ("So.", "complete", "stop", [])
    assert tiny["metrics"]["time_to_first_token_ms"] is not None
    assert [turn["end"] for turn in a["turns"]] == ["tool_calls", "length"]
    assert a["turns"][0]["choices"][0]["tool_calls"][0]["arguments"] == '{"q": "x"}'
    assert a["turns"][1]["asked"] == [{"role": "tool", "text": "found ```it```", "call_id": "c1", "tool": "find"}]
    assert (a["choices"][0]["text"], a["answer_of"]) == ("Better now.", "b")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_tells_who_said_what(ending: str) -> None:
    text = written(run_of(asked_once("Why is it so?", "So it is."), asked_once("Why is it so?", "No.", "big")), ending)
    for piece in ("Why is it so?", "So it is.", "No.", "tiny", "big", STARTED):
        assert piece in text


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_key_that_was_typed_or_sent_back_is_in_no_format(ending: str) -> None:
    told = asked_once("my key is canary-key-123456", "fine")
    talk = Conversation(TARGET)
    talk.ask("call")
    talk.take(answered(TARGET, "", calls=[call("f", '{"k": "v"}', "c1")], reason="tool_calls"))
    talk.answer_calls({"c1": "canary-key-123456"})
    found = run_of(told, Told("b", talk.turns), system="canary-key-123456", secret="canary-key-123456")
    assert "canary" not in written(found, ending)


def test_markdown_keeps_answers_as_written_and_quotes_prompts() -> None:
    told = asked_once("First\nSecond", "# Title\n\n```py\nx\n```", reasoning="hm ```` hm")
    text = written(run_of(told, long_talk()), ".md")
    assert "# Title\n\n```py\nx\n```" in text
    assert "> First\n> Second" in text
    assert "`````text\nhm ```` hm\n`````" in text
    assert "**Call of find**\n\n```json\n" in text
    assert "*length*" in text
    assert "*error · answer of b*" not in text
    assert "*answer of b*" in text


def test_the_figures_are_those_of_the_pane() -> None:
    metrics = {
        "time_to_first_token_ms": 462.0,
        "ttft_may_be_late": True,
        "average_tokens_per_second": 75.04,
        "output_tokens_per_second": 74.8,
        "output_tokens": 564,
        "output_tokens_source": "estimated",
        "request_latency_ms": None,  # there is none of a cancelled stream
        "operation_duration_ms": 8110.0,
    }
    row = figures({"name": "a", "model": "m", "metrics": metrics, "end": "cancelled"})
    assert row == ["a", "m", "≤462 ms", "75.0", "≈564", "8.11 s", "–", "cancelled"]


def test_names_cannot_break_the_table_of_figures() -> None:
    text = written(run_of(asked_once("q", "a", name="x | y\n`z`")), ".md")
    rows = MarkdownIt("commonmark").enable("table").render(text).count("<tr>")
    assert rows == 2
    assert r"x \| y \`z\`" in text


def test_nothing_a_model_wrote_acts_in_the_page() -> None:
    told = asked_once(HOSTILE, HOSTILE, name=HOSTILE, reasoning=HOSTILE, refusal=HOSTILE)
    text = written(run_of(told, system=HOSTILE), ".html")
    tags = set(re.findall(r"<(\w+)", text))
    assert not tags & {"script", "b", "iframe", "form", "link", "base"}
    assert "onclick=" not in re.sub(r"onclick=&quot;", "", text)
    assert 'href="javascript' not in text
    assert "default-src 'none'" in text


def test_the_page_renders_markdown() -> None:
    text = written(run_of(asked_once("q", "**bold**\n\n| a |\n|---|\n| 1 |\n\n- x")), ".html")
    for piece in ("<strong>bold</strong>", "<td>1</td>", "<li>x</li>"):
        assert piece in text


def test_the_table_has_a_row_for_each_target_and_its_units_in_the_headings() -> None:
    told = [asked_once("Why, so?", 'a "quoted"\nline'), long_talk()]
    rows = list(csv.DictReader(io.StringIO(written(run_of(*told), ".csv"), newline="")))
    assert [row["name"] for row in rows] == ["tiny", "a"]
    assert rows[0]["text"] == 'a "quoted"\nline'
    assert rows[0]["asked"] == "Why, so?"
    assert float(rows[0]["time_to_first_token_ms"]) > 0
    assert (rows[0]["complete"], rows[0]["finish_reason"], rows[0]["cost_usd"]) == ("true", "stop", "")
    assert set(rows[0]) == set(COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_a_text_is_no_formula_in_a_spreadsheet(text: str) -> None:
    row = next(csv.DictReader(io.StringIO(written(run_of(asked_once("q", text)), ".csv"), newline="")))
    assert row["text"] == f"'{text}"


@given(st.text(), st.text())
def test_any_text_comes_back_from_json_and_csv(question: str, text: str) -> None:
    found = run_of(asked_once("q" + question, "a" + text))
    assert json.loads(written(found, ".json"))["targets"][0]["choices"][0]["text"] == "a" + text
    row = next(csv.DictReader(io.StringIO(written(found, ".csv"), newline="")))
    assert (row["asked"], row["text"]) == ("q" + question, "a" + text)
