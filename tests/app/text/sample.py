"""A text with every kind of Markdown, for pictures and splits."""

SAMPLE = """# Streaming compared

A **quick** look at *how* `sidestream` shows text from [the docs](https://example.org/docs).

- The first token arrives after a moment, which depends on the model
  - nested, with `code`
1. First
2. Second

> A quote with **strong** words, long enough to be wrapped.

```python
def measure(stream: Stream, limit: int = 10) -> float:
    for chunk in stream:  # one read
        return time.monotonic()
    raise ValueError(f"no token in {limit} s")
```

| Model | TTFT | Tokens/s |
|:------|-----:|:--------:|
| alpha | 312 ms | 84.2 |
| beta | 1 204 ms | 131.0 |
"""
