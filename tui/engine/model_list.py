"""Asks a provider for its own list of models: by the shared clients, page by page, within bounds and a time limit."""

from typing import Protocol

import anyio

from tui.core.failure import StreamError, without_secrets
from tui.core.figures import grouped
from tui.core.model_list import MAX_BYTES, MAX_MODELS, MAX_PAGES, ModelListError, in_order, list_request, page_of
from tui.core.redact import Redactor
from tui.core.request import HttpRequest
from tui.core.target import Target

LIMIT_S = 30.0
"""How long all pages together may take: somebody is waiting for them."""


class FetchError(Exception):
    """A body that could not be had."""

    def __init__(self, error: StreamError) -> None:
        super().__init__(error.message)
        self.error = error


class Fetcher(Protocol):
    """What gets a whole body; `tui.engine.http.HttpTransport` is the real one."""

    async def fetch(self, target: Target, request: HttpRequest, limit: int, redactor: Redactor) -> bytes:
        """A whole body of at most `limit` bytes. Raises `FetchError`."""


async def list_models(fetcher: Fetcher, endpoint: Target, redactor: Redactor, limit_s: float = LIMIT_S) -> list[str]:
    """The names of the models at `endpoint`, sorted. Raises `ModelListError` with a sentence."""
    pages: list[tuple[str, ...]] = []
    try:
        with anyio.fail_after(limit_s):
            await _read_pages(fetcher, endpoint, redactor, pages)
    except TimeoutError:
        raise ModelListError(f"{endpoint.provider} did not send its list of models within {limit_s:g} s") from None
    except FetchError as exc:
        words = without_secrets(exc.error, redactor.text).message
        raise ModelListError(f"{endpoint.provider} gave no list of models: {words}") from None
    return in_order(redactor.known(name) for page in pages for name in page)


async def _read_pages(fetcher: Fetcher, endpoint: Target, redactor: Redactor, pages: list[tuple[str, ...]]) -> None:
    after: str | None = None
    left = MAX_BYTES
    for _ in range(MAX_PAGES):
        body = await fetcher.fetch(endpoint, list_request(endpoint, after), left, redactor)
        left -= len(body)
        page = page_of(endpoint, body)
        pages.append(page.models)
        if page.after is None or page.after == after:
            return
        after = page.after
        if sum(map(len, pages)) > MAX_MODELS:
            break
    raise ModelListError(
        f"{endpoint.provider} lists more than {grouped(MAX_MODELS)} models or {MAX_PAGES} pages of them"
    )
