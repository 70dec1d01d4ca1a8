"""Texts of many scripts, mixed by hypothesis from pieces that terminals measure in different ways."""

from hypothesis import strategies as st

from tui.core.clean import clean

PIECES = [
    *("a", "word ", " ", "  ", "-", "é", "e\u0301", "Привет ", "中文", "한글", "שלום", "سلام "),
    *("हिन्दी ", "का", "प्रकाश", "क्\u200dष", "தமிழ் ", "สวัสดี", "น้ำ", "ខ្មែរ", "မြန်မာ "),
    *(
        "👨\u200d👩\u200d👧\u200d👦",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d🚀",
        "👍🏽",
        "🏽",
        "🇯🇵",
        "🇧",
        "❤\ufe0f",
        "⚠",
        "1\ufe0f\u20e3",
        "🎉",
    ),
    *("\u200d", "\ufe0f", "\u0301", "\u093e", "각", "䷀", "\u1abe", "\u0600"),
]

mixed_texts = st.lists(st.sampled_from(PIECES), max_size=25).map(lambda parts: clean("".join(parts)))
