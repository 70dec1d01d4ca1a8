"""A paste is one text, however it was cut into reads, and nothing in it is a key."""

import pytest
from textual import events
from textual.drivers import linux_driver

from tests.hostile.corpus import LARGE, SMALL
from tui.app.terminal.pasting import PasteParser, guard_pastes
from tui.core.clean import clean, typed

BEGIN, END = "\x1b[200~", "\x1b[201~"


def messages(data: str, size: int) -> list[object]:
    parser = PasteParser()
    return [message for at in range(0, len(data), size) for message in parser.feed(data[at : at + size])]


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 10_000])
def test_every_hostile_text_is_one_paste_and_no_key(size: int) -> None:
    for text in (*SMALL, "x\x1b[2Jy\r\x11\x03quit\n", END[:-1] + "!", BEGIN):
        found = messages(BEGIN + text.replace("\0", "") + END, size)
        assert [type(message) for message in found] == [events.Paste], text
        assert isinstance(found[0], events.Paste)
        assert found[0].text == text.replace("\0", "").replace("\x1b", "␛")


def test_keys_before_between_and_after_pastes_are_keys() -> None:
    found = messages(f"a{BEGIN}one{END}b{BEGIN}two{END}\x1b[A", 4)
    shown = [message.text if isinstance(message, events.Paste) else getattr(message, "key", "") for message in found]
    assert shown == ["a", "one", "b", "two", "up"]


def test_the_driver_reads_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_driver, "XTermParser", None)
    guard_pastes()
    assert vars(linux_driver)["XTermParser"] is PasteParser


def test_what_is_put_in_is_clean_without_marks_where_nothing_was_seen() -> None:
    assert typed("co\u00adop\u200b\u202e \x1b[2J\tx") == "coop ␛[2J\tx"
    assert typed("one\rtwo\r\nthree\n\rfive\t\r") == "one\ntwo\nthree\n\nfive\t\n"
    assert all(clean(typed(text)) == typed(text) for text in (*SMALL, *LARGE) if "\t" not in text)
