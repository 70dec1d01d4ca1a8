"""Nobody goes round the door to the screen: `tui.app.shown`, which takes only cleaned text.

mypy finds a raw `str` given to the door; these rules find whoever does not use it. They are read from the source, so
they also hold for what no test draws.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "tui"
DOOR = APP / "app" / "shown.py"
GATE = APP / "core" / "clean.py"
BEHIND_THE_DOOR = APP / "app" / "text"
"""The views: they cut and style what was appended to them as `Clean`."""

MAKERS = {"content", "assembled", "stacked"}
"""The door's own makers of contents."""
MADE_BY_THE_DOOR = {"Content", "Segment", "SystemCommand", "Hit", "DiscoveryHit"}
TAKES_MARKUP = {
    *("Static", "Label", "Log", "RichLog", "Markdown", "MarkdownViewer", "Pretty", "Digits", "Link", "Collapsible"),
    *("Header", "Footer", "Placeholder", "Welcome"),
}
"""Widgets for which the door's `Words`, or a view of ours, is used."""
LABELLED = {"Button", "Option", "Checkbox", "RadioButton", "Selection", "TabPane", "ListItem"}
"""Widgets whose text is markup when it is a plain `str`."""
SEE_THROUGH = {"$text", "$text-muted", "$text-disabled"}
"""Colours that Textual blends with their ground, which it does in style sheets only."""
SEE_THROUGH_PARTS = re.compile(r"\.(?!text-view)[a-z-]+--[a-z-]+ \{ color: \$text(?:-muted|-disabled)?;")
"""In a style sheet; the text view blends its own."""
ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "sub_title", "title"}


def rules_broken(source: str, path: Path) -> list[str]:
    """What in a source goes round the door, each with its line."""
    return [
        f"{path.name}:{getattr(node, 'lineno', 0)} {complaint}"
        for node in ast.walk(ast.parse(source))
        for complaint in (*_calls(node, path), *_assignments(node), *_renderers(node, path), *_styles(node))
    ]


def _calls(node: ast.AST, path: Path) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = _name(node.func)
    owner = _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if any(keyword.arg == "markup" and not _is_false(keyword.value) for keyword in node.keywords):
        yield "turns markup on"
    if name == "from_markup":
        yield "makes a content of markup"
    if name == "notify" and path != DOOR:
        yield "says something without toast()"
    if {name, owner} & MADE_BY_THE_DOOR and path != DOOR and not path.is_relative_to(BEHIND_THE_DOOR):
        yield f"makes a {name} or calls it, instead of the door's own"
    if name in TAKES_MARKUP and path != DOOR:
        yield f"makes a {name} instead of Words"
    if name in LABELLED and not all(_is_ours(argument) for argument in node.args[:1]):
        yield f"gives {name} something that is no content"
    if name == "Clean" and path not in (DOOR, GATE) and not _is_literal(node.args[0]):
        yield "claims that something is clean; only a literal is, all else goes through clean() or clean_line()"


def _assignments(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES and not _is_ours(node.value):
            yield f"sets {target.attr} to something that is no content"


def _renderers(node: ast.AST, path: Path) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef) or node.name != "render" or path.is_relative_to(BEHIND_THE_DOOR):
        return
    if isinstance(node.returns, ast.Name) and node.returns.id in ("str", "RenderResult", "Any"):
        yield "renders a str, which is markup"


def _styles(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and SEE_THROUGH & set(node.value.split(" ")):
        yield f"uses {node.value} in a content, where it loses its transparency and is plain white or black"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and SEE_THROUGH_PARTS.search(node.value):
        yield "gives a component class a see-through colour, which a line drawn by hand has plain white or black"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_literal(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


def _is_ours(node: ast.AST) -> bool:
    """A content the door made, nothing at all, or our own words without brackets."""
    if isinstance(node, ast.IfExp):
        return _is_ours(node.body) and _is_ours(node.orelse)
    if isinstance(node, ast.Constant):
        return node.value is None or (isinstance(node.value, str) and "[" not in node.value)
    return isinstance(node, ast.Call) and _name(node.func) in MAKERS


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("path", sorted((APP / "app").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_goes_round_the_door(path: Path) -> None:
    assert rules_broken(path.read_text(encoding="utf-8"), path) == []


def test_only_the_gate_claims_that_a_text_is_clean() -> None:
    paths = [path for part in ("cli", "engine", "config") for path in (APP / part).rglob("*.py")]
    assert paths
    broken = [rule for path in paths for rule in rules_broken(path.read_text(encoding="utf-8"), path)]
    assert [rule for rule in broken if "claims" in rule] == []


@pytest.mark.parametrize(
    "source",
    [
        "app.notify(text)",
        "self.notify('ready')",
        "pane.border_title = name",
        "pane.border_title = f'{name}'",
        "pane.border_subtitle = Content(name)",
        "self.tooltip = clean_line(name)",
        "box.border_title = '[b]keys[/b]'",
        "Content.from_markup('x')",
        "Content.styled(name, '$x')",
        "Static(name)",
        "Label(f'{name}')",
        "Segment(name, style)",
        "Button(name)",
        "Option(clean_line(name))",
        "TextView(markup=True)",
        "TextView(markup=wanted)",
        "SystemCommand(name, '', action)",
        "Clean(name)",
        "Clean(f'{name}')",
        "content(Clean('none'), '$text-muted')",
        "CSS = '.key-bar--key { color: $text-muted; }'",
        "class W:\n    def render(self) -> str: ...",
    ],
)
def test_each_way_round_is_seen(source: str) -> None:
    assert rules_broken(source, APP / "app" / "somewhere.py") != []


@pytest.mark.parametrize(
    "source",
    [
        "toast(app, clean_line(text))",
        "pane.border_title = content(clean_line(name))",
        "pane.border_title = assembled((Clean('x'), '')) if name else None",
        "box.border_title = 'keys'",
        "Button(content(clean_line(name)))",
        "Words(help_text(bindings))",
        "Clean('ready')",
        "content(Clean('none'), '$metric-label')",
        "app.run(markup=False)",
    ],
)
def test_the_door_itself_is_open(source: str) -> None:
    assert rules_broken(source, APP / "app" / "somewhere.py") == []
