"""What costly text costs: work in proportion to its length, and other panes are shown meanwhile.

Work is counted, not timed: characters given to the Markdown parser, and frames.
"""

import pytest
from markdown_it import MarkdownIt

from tests.app.scripted import answer_shown, draw, make_app
from tests.hostile.corpus import LARGE
from tui.app.text.markdown import MarkdownRows
from tui.core.clean import clean

READINGS = 12
"""How often a character may be parsed: to find the borders of its block, again while that grows, and to render it."""
CHARS = 16_000
REPEATED = {
    "blank lines": "\n",
    "blanks": "   \n",
    "table": "|" + " a |" * 80 + "\n",
    "brackets": "[",
    "nested quotes": "> ",
    "list": "- x\n",
    "emphasis": "*_`",
    "fences": "```\n",
    "definitions": "[a]: https://x.example\n",
    "rules": "***\n",
    "headings": "# x\n",
    "entities": "&#x202e;",
    "paragraphs": "a\n\n",
    "hard breaks": "a  \n",
    "backslashes": "\\",
    "html": "<!-- \n",
    "images": "![",
    "word": "x",
    "marks": "e\u0301",
}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of all that was parsed; ends what would never come to an end."""
    lengths: list[int] = []
    parse = MarkdownIt.parse

    def counted(self: MarkdownIt, src: str, env: dict[str, object] | None = None) -> object:
        lengths.append(len(src))
        assert sum(lengths) <= 2 * READINGS * CHARS
        return parse(self, src, env)

    monkeypatch.setattr(MarkdownIt, "parse", counted)
    return lengths


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("text\n", "end"), ("- item\n", "\n\nend"), ("> q\n\n", "x")])
def test_markdown_is_parsed_a_few_times_however_long_it_is(
    name: str, before: str, after: str, parsed: list[int]
) -> None:
    text = clean(before + REPEATED[name] * (CHARS // len(REPEATED[name])) + after)
    rows = MarkdownRows(40, lambda: 0)
    rows.append(text)
    rows.update()
    rows.update(final=True)
    assert rows.source() == text
    assert sum(parsed) <= READINGS * len(text)


@pytest.mark.anyio
@pytest.mark.parametrize("number", range(len(LARGE)))
async def test_another_pane_is_shown_in_the_same_frame(number: int) -> None:
    app, engine = make_app("ada", "bob", prompt="why?")
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        for name in ("ada", "bob"):
            engine.connect(name)
        engine.receive("ada", {"content": LARGE[number]})
        engine.receive("bob", {"content": "here I am"})
        draw(app)
        draw(app)
        await pilot.pause()
        assert answer_shown(app, "bob") == "here I am"
        frames = 0
        while app.dashboard.panes["ada"].answer.is_busy:
            draw(app)
            frames += 1
            assert frames < 400
