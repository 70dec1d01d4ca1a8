"""Answers that follow a schema: laid out while they grow, judged at the end."""

from typing import Any

import pytest

from tests.app.scripted import answer_shown, draw, make_app, subtitle, title
from tests.app.test_hostile import assert_harmless
from tests.hostile.corpus import BY_CLASS

pytestmark = pytest.mark.anyio

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"properties": {"price": {"type": "number"}}}}},
    "required": ["items"],
}


async def test_json_is_laid_out_while_it_grows_and_judged_at_the_end() -> None:
    app, engine = make_app("ada", prompt="prices", schema=SCHEMA)
    async with app.run_test(size=(80, 30)) as pilot:
        engine.connect("ada")
        engine.receive("ada", {"content": '{"items":[{"price":1},{"pri'})
        draw(app)
        await pilot.pause()
        growing = answer_shown(app, "ada")
        assert growing.splitlines()[:4] == ["{", '  "items": [', "    {", '      "price": 1']
        assert growing.endswith('"pri')
        engine.receive("ada", {"content": 'ce":"2"}]}'}, finish="stop")
        engine.done("ada")
        draw(app)
        await pilot.pause()
        shown = answer_shown(app, "ada")
        assert "✗ does not follow the schema\n  $.items[1].price: expected number, found string" in shown
        assert "✗ schema" in subtitle(app, "ada")
        assert engine.launched[0][1].schema == SCHEMA


async def test_a_valid_answer_says_so_and_m_shows_it_as_written() -> None:
    app, engine = make_app("ada", prompt="prices", schema=SCHEMA)
    async with app.run_test(size=(80, 30)) as pilot:
        engine.answer("ada", '{"items":[]}')
        draw(app)
        await pilot.pause()
        assert answer_shown(app, "ada") == '{\n  "items": []\n}\n\n✓ follows the schema'
        assert "stop · ✓ schema" in subtitle(app, "ada")
        await pilot.press("tab", "m")
        draw(app)
        assert answer_shown(app, "ada") == '{"items":[]}\n\n✓ follows the schema'


async def test_text_instead_of_json_is_shown_as_the_text_it_is() -> None:
    app, engine = make_app("ada", prompt="prices", schema=SCHEMA)
    async with app.run_test(size=(80, 30)) as pilot:
        engine.answer("ada", "Sure! Here are **prices**.")
        draw(app)
        await pilot.pause()
        shown = answer_shown(app, "ada")
        assert shown.startswith("Sure! Here are prices.")
        assert "$: no JSON: line 1, column 1" in shown


@pytest.mark.parametrize("name", BY_CLASS)
async def test_hostile_json_does_no_harm(name: str) -> None:
    app, engine = make_app("ada", prompt="prices", schema=SCHEMA)
    async with app.run_test(size=(80, 30)) as pilot:
        for text in BY_CLASS[name]:
            hostile = text.replace('"', "").replace("\\", "")
            engine.launch(app.dashboard.panes["ada"].target, engine.launched[0][1])
            engine.answer("ada", f'{{"{hostile}": ["{hostile}"], "items": "{hostile}"}}')
            draw(app)
            await pilot.pause()
            assert "complete" in title(app, "ada")
            assert_harmless(app)
