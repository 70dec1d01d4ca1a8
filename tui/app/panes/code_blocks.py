"""Finding code in an answer, for copying."""

from markdown_it import MarkdownIt


def last_code_block(markdown: str) -> str | None:
    """The text inside the last fenced or indented code block; None when there is none."""
    blocks = [token.content for token in MarkdownIt().parse(markdown) if token.type in ("fence", "code_block")]
    return blocks[-1] if blocks else None
