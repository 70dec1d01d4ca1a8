"""Themes: the shipped files are complete and readable, a bad file costs one sentence, and all of them switch live."""

import itertools
import os
import tomllib
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Static

from tui.app.themes import (
    VARIABLES,
    ThemeFileError,
    load_theme_file,
    load_themes,
    shipped_directory,
    variable_defaults,
    variables_for,
)
from tui.app.themes.catalogue import _shipped_beside
from tui.app.themes.variables import contrast

SHIPPED = load_themes([shipped_directory()])
NAMES = {"sidestream-dark", "sidestream-light", "high-contrast", "colour-blind", "ember", "paper"}
FILLS = {"code-background", "search-hit"}
PHASES = [name for name in VARIABLES if name.startswith("phase-")]

MINIMAL = """\
name = "mine"
dark = true
primary = "#6cb6ff"
secondary = "#8ba3c7"
accent = "#c3a6ff"
foreground = "#d8e0ea"
background = "#10151c"
surface = "#171e28"
panel = "#212b38"
warning = "#edc274"
error = "#f58a8f"
success = "#7fd1a0"
"""

every_shipped = pytest.mark.parametrize("theme", SHIPPED.themes, ids=lambda theme: theme.name)


def _write(directory: Path, file_name: str, text: str | bytes) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / file_name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ---- the shipped folder


def test_every_shipped_file_loads() -> None:
    assert SHIPPED.problems == ()
    assert {theme.name for theme in SHIPPED.themes} >= NAMES


@pytest.mark.parametrize("path", sorted(shipped_directory().glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_file_leaves_nothing_to_computation(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert table["name"] == path.stem
    assert table["license"] == "MIT"
    assert table["author"]
    assert table["description"].endswith(".")
    assert set(VARIABLES) <= set(table["variables"])


def test_the_installed_folder_goes_before_the_checkout(tmp_path: Path) -> None:
    package = tmp_path / "site" / "tui"
    package.mkdir(parents=True)
    assert _shipped_beside(package) == tmp_path / "site" / "themes"
    (package / "themes").mkdir()
    assert _shipped_beside(package) == package / "themes"


# ---- contrast


def test_contrast_is_the_ratio_wcag_defines() -> None:
    assert contrast(Color.parse("white"), Color.parse("black")) == pytest.approx(21)
    # #777777: ((0x77/255 + 0.055) / 1.055) ** 2.4 = 0.1845; 1.05 / 0.2345 = 4.48, the well-known near miss
    assert contrast(Color.parse("#777777"), Color.parse("white")) == pytest.approx(4.48, abs=0.005)


def _required(theme: Theme) -> float:
    return 7.0 if theme.name == "high-contrast" else 4.5


def _too_faint(theme: Theme, texts: dict[str, str], grounds: dict[str, str], required: float) -> list[str]:
    return [
        f"{name} {text} on {ground_name} {ground}"
        for (name, text), (ground_name, ground) in itertools.product(texts.items(), grounds.items())
        if contrast(Color.parse(text), Color.parse(ground)) < required
    ]


def _grounds(theme: Theme, *names: str) -> dict[str, str]:
    return {name: getattr(theme, name) for name in names}


@every_shipped
def test_text_can_be_read_everywhere(theme: Theme) -> None:
    fills = {name: theme.variables[name] for name in FILLS}
    grounds = _grounds(theme, "background", "surface", "panel") | fills
    assert _too_faint(theme, {"foreground": str(theme.foreground)}, grounds, _required(theme)) == []


@every_shipped
def test_every_own_colour_can_be_read_as_text(theme: Theme) -> None:
    """Stricter than the 3:1 that a glyph would need: phases and metrics are words and digits too."""
    texts = {name: theme.variables[name] for name in VARIABLES if name not in FILLS | {"pane-border"}}
    assert _too_faint(theme, texts, _grounds(theme, "background", "surface"), _required(theme)) == []


@every_shipped
def test_the_focused_border_stands_out_from_the_others(theme: Theme) -> None:
    focus, other = (Color.parse(theme.variables[name]) for name in ("pane-border-focus", "pane-border"))
    assert contrast(focus, other) >= 2


@every_shipped
def test_footer_and_selection_can_be_read(theme: Theme) -> None:
    generated = theme.to_color_system().generate()
    footer = Color.parse(generated["footer-background"])
    for name in ("footer-key-foreground", "footer-description-foreground"):
        assert contrast(Color.parse(generated[name]), footer) >= _required(theme)
    colour, _, percent = generated["input-selection-background"].partition(" ")
    selection = Color.parse(colour).multiply_alpha(float(percent.rstrip("%") or 100) / 100)
    selected = Color.parse(str(theme.surface)) + selection
    assert contrast(Color.parse(str(theme.foreground)), selected) >= 4.5


# ---- colour vision

# Machado, Oliveira & Fernandes (2009), severity 1.0, applied to linear RGB.
COLOUR_VISION = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# CIE76: 2.3 is just noticeable between large patches side by side. A word in a terminal is thin strokes, and its
# neighbour is panes away, so ask for five times that and a little.
APART = 12.0

Triple = tuple[float, float, float]


def _seen(colour: Color, vision: str) -> Triple:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    rows = COLOUR_VISION[vision]
    mixed = [sum(weight * channel for weight, channel in zip(row, linear, strict=True)) for row in rows]
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in mixed)
    return red, green, blue


def _lab(rgb: Triple) -> Triple:
    """CIE L*a*b* (D65) of linear sRGB."""
    red, green, blue = rgb
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _distance(one: str, other: str, vision: str) -> float:
    pair = zip(_lab(_seen(Color.parse(one), vision)), _lab(_seen(Color.parse(other), vision)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pair) ** 0.5)


def test_the_distance_is_cie76() -> None:
    assert _distance("#ffffff", "#000000", "usual") == pytest.approx(100, abs=0.1)  # L* from 0 to 100
    # A red and a green that a deuteranope confuses are far apart for everybody else.
    assert _distance("#b04040", "#707040", "usual") > 40
    assert _distance("#b04040", "#707040", "deuteranopia") < APART


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_phases_of_the_colour_blind_theme_stay_apart(vision: str) -> None:
    variables = _shipped("colour-blind").variables
    close = [
        (one, other, round(distance, 1))
        for one, other in itertools.combinations(PHASES, 2)
        if (distance := _distance(variables[one], variables[other], vision)) < APART
    ]
    assert close == []


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_good_warn_and_bad_of_the_colour_blind_theme_stay_apart(vision: str) -> None:
    variables = _shipped("colour-blind").variables
    grades = [variables[f"metric-{grade}"] for grade in ("good", "warn", "bad")]
    assert min(_distance(*pair, vision) for pair in itertools.combinations(grades, 2)) >= 2 * APART


def _shipped(name: str) -> Theme:
    return next(theme for theme in SHIPPED.themes if theme.name == name)


# ---- files


def test_a_minimal_file_gets_every_variable_from_its_own_colours(tmp_path: Path) -> None:
    theme = load_theme_file(_write(tmp_path, "mine.toml", MINIMAL))
    assert set(VARIABLES) == set(theme.variables)
    assert theme.variables["phase-streaming"] == "#6cb6ff"
    assert theme.variables["phase-failed"] == "#f58a8f"


def test_every_key_is_taken_over(tmp_path: Path) -> None:
    text = MINIMAL + (
        'boost = "#ffffff0a"\nluminosity_spread = 0.2\ntext_alpha = 1\nauthor = "A"\nlicense = "MIT"\n'
        'description = "D"\n[variables]\nspark = "red"\nblock-cursor-text-style = "bold not underline"\n'
        'text-muted = "auto 70%"\nborder = "#fff 40%"\nprimary-lighten-1 = "hsl(0,100%,50%)"\n'
    )
    theme = load_theme_file(_write(tmp_path, "mine.toml", b"\xef\xbb\xbf" + text.encode()))
    assert (theme.name, theme.dark, theme.boost) == ("mine", True, "#ffffff0a")
    assert (theme.luminosity_spread, theme.text_alpha) == (0.2, 1)
    assert theme.variables["spark"] == "#ff0000"
    assert theme.variables["block-cursor-text-style"] == "bold not underline"
    assert theme.variables["text-muted"] == "auto 70%"
    assert theme.variables["border"] == "#fff 40%"
    assert theme.variables["primary-lighten-1"] == "#ff0000"


def test_a_theme_may_be_called_like_a_colour(tmp_path: Path) -> None:
    path = _write(tmp_path, "red.toml", MINIMAL.replace('"mine"', '"red"'))
    assert load_theme_file(path).name == "red"


def _with(line: str) -> str:
    """The minimal file with one of its lines replaced, or one added above the tables."""
    key = line.partition(" =")[0]
    kept = [old for old in MINIMAL.splitlines() if not old.startswith(f"{key} =")]
    return "\n".join([line, *kept]) + "\n"


OPAQUE = 'expected a colour such as "#6cb6ff", without transparency'
BAD_FILES = {
    "unknown key": (_with('primray = "#fff"'), "unknown key `primray`, did you mean `primary`?"),
    "unknown key with a hyphen": (
        _with("text-alpha = 1"),
        "unknown key `text-alpha`, did you mean `text_alpha`?",
    ),
    "unknown key like nothing": (_with("zzzzqq = 1"), "unknown key `zzzzqq`"),
    "missing key": (MINIMAL.replace('panel = "#212b38"\n', ""), f"`panel` is missing: {OPAQUE}"),
    "missing dark": (MINIMAL.replace("dark = true\n", ""), "`dark` is missing: expected true or false"),
    "number for a colour": (_with("error = 255"), f"`error` is 255, {OPAQUE}"),
    "bad colour": (_with('error = "#ff00"0"'.replace('0"0', "0zz")), f'`error` is "#ff00zz", {OPAQUE}'),
    "reference": (_with('error = "$warning"'), f'`error` is "$warning", {OPAQUE}'),
    "transparent base": (_with('surface = "#ffffff80"'), f'`surface` is "#ffffff80", {OPAQUE}'),
    "terminal colour": (_with('error = "ansi_red"'), f'`error` is "ansi_red", {OPAQUE}'),
    "colour and line end": (_with('error = "#ffffff\\n"'), f'`error` is "#ffffff\\n", {OPAQUE}'),
    "escape sequence": (_with('error = "\\u001b[31m"'), f'`error` is "\\x1b[31m", {OPAQUE}'),
    "long value": (_with(f'error = "{"x" * 99}"'), f'`error` is "{"x" * 60}…", {OPAQUE}'),
    "word for dark": (_with('dark = "yes"'), '`dark` is "yes", expected true or false'),
    "number for text": (_with("author = 3"), "`author` is 3, expected text"),
    "true for a number": (_with("text_alpha = true"), "`text_alpha` is true, expected a number from 0 to 1"),
    "number out of range": (_with("text_alpha = 1.5"), "`text_alpha` is 1.5, expected a number from 0 to 1"),
    "not a number": (_with("text_alpha = nan"), "`text_alpha` is nan, expected a number from 0 to 1"),
    "huge number": (
        _with(f"text_alpha = 0x{'f' * 5000}"),
        "`text_alpha` is a very large number, expected a number from 0 to 1",
    ),
    "bad name": (
        _with('name = "My Theme"'),
        '`name` is "My Theme", expected lower-case letters, digits and hyphens such as "my-theme", at most 40',
    ),
    "variables not a table": (_with("variables = []"), "`variables` is a list, expected a table of colours"),
    "unknown variable": (
        MINIMAL + '[variables]\nphase-streeming = "#fff"\n',
        "unknown variable `phase-streeming`, did you mean `phase-streaming`?",
    ),
    "base colour as variable": (
        MINIMAL + '[variables]\nprimary = "#fff"\n',
        "`variables.primary` belongs above the [variables] table, as `primary`",
    ),
    "bad variable": (MINIMAL + '[variables]\nspark = "blu"\n', f'`variables.spark` is "blu", {OPAQUE}'),
    "transparent own variable": (
        MINIMAL + '[variables]\nspark = "red 50%"\n',
        f'`variables.spark` is "red 50%", {OPAQUE}',
    ),
    "bad style": (
        MINIMAL + '[variables]\nlink-style = "fat"\n',
        '`variables.link-style` is "fat", expected words such as "bold underline" or "none"',
    ),
    "rules in a variable": (
        MINIMAL + '[variables]\nborder = "red; display: none"\n',
        '`variables.border` is "red; display: none", expected a colour such as "#6cb6ff", "#6cb6ff 40%" or "auto 60%"',
    ),
    "blend for a shade": (
        MINIMAL + '[variables]\nbackground-darken-1 = "red 50%"\n',
        '`variables.background-darken-1` is "red 50%", expected a colour such as "#6cb6ff"',
    ),
    "not UTF-8": (b'name = "\xff"', "the file is not UTF-8 text (byte 8)"),
    "not TOML": (
        "primary: '#fff'\n",
        "the file is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 8)",
    ),
    "nested too deep": (
        f"name = {'[' * 20_000}",
        "the file is not a theme: a value is nested too deep or too long",
    ),
    "too many digits": (
        f"name = {'9' * 5000}",
        "the file is not a theme: a value is nested too deep or too long",
    ),
    "too large": ("#" * 70_000, "the file is larger than 64 kB, too large for a theme"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_one_sentence_and_the_others_load(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    bad = _write(tmp_path, "bad.toml", content)
    _write(tmp_path, "good.toml", MINIMAL.replace('"mine"', '"good"'))
    catalogue = load_themes([tmp_path])
    assert catalogue.problems == (f"{bad}: {sentence}",)
    assert [theme.name for theme in catalogue.themes] == ["good"]


def test_everything_wrong_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = _with('error = "rot"').replace("dark = true", "dark = 1")
    with pytest.raises(ThemeFileError) as caught:
        load_theme_file(_write(tmp_path, "bad.toml", text))
    assert [complaint.split("`")[1] for complaint in caught.value.complaints] == ["error", "dark"]


def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    try:
        _write(tmp_path, "a\x1b[2Jb.toml", "")
    except OSError:
        pytest.skip("this file system has no such names")
    [first, *_] = load_themes([tmp_path]).problems
    assert "a\\x1b[2Jb.toml" in first


def test_what_is_no_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    folder, gone = load_themes([tmp_path]).problems
    assert folder == f"{tmp_path / 'folder.toml'}: expected a file, found something else"
    assert gone == f"{tmp_path / 'gone.toml'}: the file cannot be read: No such file or directory"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    [problem] = load_themes([tmp_path]).problems
    assert problem.endswith("expected a file, found something else")


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched rather than `chmod 0`, which does not stop the administrator a container's tests may run as."""
    path = _write(tmp_path, "mine.toml", MINIMAL)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert load_themes([tmp_path]).problems == (f"{path}: the file cannot be read: Permission denied",)


def test_hidden_and_other_files_are_left_alone(tmp_path: Path) -> None:
    _write(tmp_path, ".#mine.toml", "nonsense")
    _write(tmp_path, "README.md", "nonsense")
    catalogue = load_themes([tmp_path])
    assert (catalogue.themes, catalogue.problems) == ((), ())


# ---- directories


def test_a_later_directory_replaces_a_theme_of_the_same_name(tmp_path: Path) -> None:
    _write(tmp_path / "one", "a.toml", MINIMAL)
    _write(tmp_path / "two", "b.toml", MINIMAL.replace("#6cb6ff", "#00ff00"))
    catalogue = load_themes([tmp_path / "one", tmp_path / "two"])
    assert [theme.primary for theme in catalogue.themes] == ["#00ff00"]
    assert catalogue.problems == ()


def test_a_broken_replacement_leaves_the_earlier_theme(tmp_path: Path) -> None:
    _write(tmp_path / "one", "a.toml", MINIMAL)
    _write(tmp_path / "two", "a.toml", _with('primary = "?"'))
    catalogue = load_themes([tmp_path / "one", tmp_path / "two"])
    assert [theme.primary for theme in catalogue.themes] == ["#6cb6ff"]
    assert len(catalogue.problems) == 1


def test_two_files_of_one_directory_cannot_share_a_name(tmp_path: Path) -> None:
    _write(tmp_path, "a.toml", MINIMAL)
    second = _write(tmp_path, "b.toml", MINIMAL.replace("#6cb6ff", "#00ff00"))
    catalogue = load_themes([tmp_path])
    assert [theme.primary for theme in catalogue.themes] == ["#6cb6ff"]
    assert catalogue.problems == (f'{second}: "mine" is already the name of a.toml, expected another',)


def test_a_directory_that_does_not_exist_is_no_problem(tmp_path: Path) -> None:
    assert load_themes([tmp_path / "themes"]).problems == ()


def test_a_file_where_the_directory_should_be_is_a_problem(tmp_path: Path) -> None:
    path = _write(tmp_path, "themes", "")
    [problem] = load_themes([path]).problems
    assert problem.startswith(f"{path}: themes cannot be listed: ")


# ---- variables and the running app


@pytest.mark.parametrize("dark", [True, False])
def test_defaults_name_every_variable(dark: bool) -> None:
    assert set(variable_defaults(dark)) == set(VARIABLES)


@pytest.mark.parametrize("name", BUILTIN_THEMES)
def test_computed_colours_are_readable_under_a_theme_from_elsewhere(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    generated = theme.to_color_system().generate()
    computed = {key: Color.parse(value) for key, value in variables_for(theme).items()}
    assert set(computed) == set(VARIABLES)
    assert {(colour.a, colour.ansi) for colour in computed.values()} == {(1.0, None)}
    if theme.ansi:
        return
    background, foreground = Color.parse(generated["background"]), Color.parse(generated["foreground"])
    # A theme whose own text is fainter than 4.5:1 sets the limit itself.
    limit = min(4.5, contrast(foreground, background), contrast(foreground, Color.parse(generated["surface"])))
    texts = [key for key in VARIABLES if key not in FILLS | {"pane-border"}]
    faint = [key for key in texts if contrast(computed[key], background) < limit - 0.01]
    assert faint == []
    assert contrast(foreground, computed["search-hit"]) >= limit - 0.01


class _EveryVariable(App[None]):
    """One Static per variable, coloured by it through the stylesheet."""

    CSS = "\n".join(f"#{name} {{ color: ${name}; border: round ${name}; }}" for name in VARIABLES)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables_for(self.current_theme)

    def compose(self) -> ComposeResult:
        for name in VARIABLES:
            yield Static(name, id=name)


async def _switch_through(themes: list[Theme]) -> dict[str, dict[str, str]]:
    shown: dict[str, dict[str, str]] = {}
    app = _EveryVariable()
    async with app.run_test() as pilot:
        for theme in themes:
            app.register_theme(theme)
            app.theme = theme.name
            await pilot.pause()
            shown[theme.name] = {name: app.query_one(f"#{name}").styles.color.hex for name in VARIABLES}
    return shown


@pytest.mark.anyio
async def test_every_shipped_theme_switches_in_a_running_app() -> None:
    shown = await _switch_through(list(SHIPPED.themes))
    expected = {theme.name: {name: theme.variables[name].upper() for name in VARIABLES} for theme in SHIPPED.themes}
    assert shown == expected


@pytest.mark.anyio
async def test_built_in_themes_find_every_variable_too() -> None:
    shown = await _switch_through([BUILTIN_THEMES[name] for name in ("nord", "textual-light", "ansi-dark")])
    assert shown["nord"]["phase-streaming"] == "#88C0D0"
    assert shown["ansi-dark"] == {name: value.upper() for name, value in variable_defaults(True).items()}


# ---- documentation


def test_the_documentation_lists_every_variable_and_shipped_theme() -> None:
    document = (Path(__file__).parents[2] / "docs" / "themes.md").read_text(encoding="utf-8")
    for name in [*VARIABLES, *(theme.name for theme in SHIPPED.themes)]:
        assert f"| `{name}` |" in document
