"""Streaming text on the screen: a column of growing sections, at a cost per frame instead of per token.

`wrap`, `rows`, `markdown` and `document` hold the text and its rows; `view` draws them. Nothing here knows what the
text is about.
"""

from tui.app.text.view import TextView

__all__ = ["TextView"]
