"""`[keys]`: what may be remapped to what, what is refused in which words, and that the keys then do it."""

import pytest
from textual.keys import _character_to_key

from tests.app.scripted import make_app, screen_text
from tui.app.actions import ACTIONS, BY_ID
from tui.app.actions.keymap import Keymap, Wanted
from tui.app.actions.keys import is_text, key_name, short_key, shown_key

pytestmark = pytest.mark.anyio


def keys(keymap: Keymap, action_id: str) -> tuple[str, ...]:
    return keymap.keys_of(BY_ID[action_id])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("x", "x"),
        ("X", "X"),
        ("shift+x", "X"),
        ("?", "question_mark"),
        ("question_mark", "question_mark"),
        ("[", "left_square_bracket"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("Ctrl+X", "ctrl+x"),
        ("shift+ctrl+up", "ctrl+shift+up"),
        ("page down", "pagedown"),
        ("pagedown", "pagedown"),
        ("F5", "f5"),
        ("f24", "f24"),
        ("alt+enter", "alt+enter"),
        (" escape ", "escape"),
        ("é", "é"),
        ("", None),
        (" ", None),
        ("f25", None),
        ("control+x", None),
        ("ctrl+ctrl+x", None),
        ("ctrl+", None),
        ("escap", None),
        ("\x1b", None),
        ("xy", None),
    ],
)
def test_names_of_keys(written: str, name: str | None) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize("sign", [chr(code) for code in range(0x21, 0x7F)])
def test_every_sign_of_a_keyboard_is_a_key_and_is_shown_as_itself(sign: str) -> None:
    name = key_name(sign)
    assert name is not None
    assert name == (sign if sign.isalnum() else _character_to_key(sign)), "Textual calls it so"
    assert shown_key(name) == sign
    assert is_text(name)


def test_short_names_for_the_key_bar() -> None:
    assert [short_key(key) for key in ("ctrl+x", "escape", "pageup", "question_mark", "alt+enter")] == [
        "^x", "esc", "pgup", "?", "alt+enter",
    ]  # fmt: skip


def test_without_wishes_the_defaults_hold() -> None:
    keymap = Keymap()
    assert keymap.problems == []
    assert keys(keymap, "stream.cancel") == ("x",)
    assert all(keymap.keys_of(action) for action in ACTIONS)


@pytest.mark.parametrize("wish", ["d,ctrl+x", ["d", "ctrl+x"], "d, ctrl+x , d"])
def test_several_keys_in_a_list_or_with_commas(wish: str | list[str]) -> None:
    keymap = Keymap({"stream.cancel": wish})
    assert keys(keymap, "stream.cancel") == ("d", "ctrl+x")
    assert keymap.problems == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"stream.cancle": "d"}, "there is no action 'stream.cancle'; did you mean 'stream.cancel'?"),
        ({"\x1b]0;x": "d"}, "there is no action '␛]0;x'"),
        ({"stream.cancel": "nonsense"}, "stream.cancel keeps 'x': there is no key 'nonsense'; write for example 'x', "),
        ({"app.quit": ""}, "app.quit keeps 'ctrl+q': there is no key ''"),
        ({"stream.cancel": "ctrl+m"}, "stream.cancel keeps 'x': 'ctrl+m' is the same as enter in a terminal"),
        ({"stream.cancel": "ctrl+i"}, "'ctrl+i' is the same as tab"),
        ({"stream.cancel": "ctrl+h"}, "'ctrl+h' is the same as backspace"),
        ({"stream.cancel": "ctrl+["}, "'ctrl+[' is the same as escape"),
        ({"stream.cancel": "ctrl+a"}, "'ctrl+a' belongs to tmux and screen"),
        ({"stream.cancel": ["d", "Ctrl+B"]}, "'Ctrl+B' belongs to tmux and screen"),
        ({"stream.cancel": "r"}, "stream.cancel keeps 'x': 'r' is 'stream.retry' in the same place"),
        ({"pane.zoom": "x"}, "pane.zoom keeps 'z' 'f10': 'x' is 'stream.cancel' in the same place"),
        ({"app.quit": "f1"}, "app.quit keeps 'ctrl+q': 'f1' is 'app.help' in the same place"),
        ({"app.quit": "q"}, "app.quit keeps 'ctrl+q': 'q' is text, and this works while text is typed"),
        ({"prompt.send": "s"}, "prompt.send keeps 'enter': 's' is text in the prompt box"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_the_default_stays(wanted: Wanted, sentence: str) -> None:
    keymap = Keymap(wanted)
    (problem,) = keymap.problems
    assert problem.startswith("[keys]: ")
    assert sentence in problem
    assert all(keymap.keys_of(action) == Keymap().keys_of(action) for action in ACTIONS)


@pytest.mark.parametrize("nothing", ["", []])
def test_an_action_may_go_without_a_key(nothing: str | list[str]) -> None:
    keymap = Keymap({"stream.cancel": nothing, "pane.markdown": "x"})
    assert (keys(keymap, "stream.cancel"), keys(keymap, "pane.markdown"), keymap.problems) == ((), ("x",), [])


def test_two_actions_may_swap_their_keys() -> None:
    keymap = Keymap({"stream.cancel": "r", "stream.retry": "x"})
    assert keymap.problems == []
    assert (keys(keymap, "stream.cancel"), keys(keymap, "stream.retry")) == (("r",), ("x",))


def test_a_swap_of_which_half_is_refused_leaves_no_key_with_two_meanings() -> None:
    keymap = Keymap({"stream.cancel": "r", "stream.retry": "ctrl+m"})
    assert len(keymap.problems) == 2
    assert (keys(keymap, "stream.cancel"), keys(keymap, "stream.retry")) == (("x",), ("r",))


def test_places_that_are_never_there_together_may_share_a_key() -> None:
    keymap = Keymap({"prompt.leave": "f10"})
    assert keymap.problems == []


async def test_a_remapped_key_does_it_and_the_old_one_does_not() -> None:
    app, engine = make_app("ada", prompt="why?", keys={"stream.cancel": "d", "app.quit": "f12", "prompt.send": "f11"})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("tab", "x")
        assert engine.cancelled == []
        await pilot.press("d")
        assert engine.cancelled == ["ada"]
        await pilot.press("i", "h", "enter")
        assert len(engine.launched) == 1
        await pilot.press("f11")
        assert len(engine.launched) == 2
        await pilot.press("ctrl+q")
        assert app.is_running
        assert "f12 quit" in screen_text(app)
        await pilot.press("f12")
        await pilot.pause()
        assert not app.is_running


async def test_problems_are_said_at_start() -> None:
    app, _engine = make_app("ada", keys={"stream.cancel": "ctrl+m"})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert [said for said in app.said if "ctrl+m" in said]
