"""A request as a command line that sends the same again, for a POSIX shell. Secrets are named, never written.

The key is taken from the environment variable it is usually in; what else is secret (a header, part of the URL) from a
variable named after its place. The prompt is written as it was sent, so whoever pastes the command shows it.
"""

import re
import shlex
from collections.abc import Iterator
from typing import Final

from tui.core.redact import HIDDEN, Redactor, is_secret_name
from tui.core.request import HttpRequest
from tui.core.target import Target

_ANY_KEY: Final = "API_KEY"
_IN_URL: Final = "URL_SECRET"
_CURLS_OWN: Final = frozenset({"host", "content-length", "connection", "transfer-encoding"})
"""Headers that curl writes itself, as they must be."""
_ARGUMENT_BYTES: Final = 100_000
"""Linux takes no single argument over 128 KiB. A larger body goes through a pipe, from a printf that is the shell's."""
_EXPECT_BYTES: Final = 1_000_000
"""From here on curl would first ask whether it may send the body."""
_PLACE: Final = re.compile(r"‹(?:hidden|…[^‹›]{1,8})›")


def curl_command(request: HttpRequest, target: Target, redactor: Redactor) -> str:
    """The command that sends `request` to `target` and shows the answer as it comes."""
    key = target.key_variable or _ANY_KEY
    method = [] if request.method == "POST" else [f"-X {shlex.quote(request.method)}"]
    parts = [
        " ".join(["curl -N", *method, _word(request.url, redactor.text(request.url), _IN_URL)]),
        *_way(target, redactor),
        *_key_header(target, key),
        *(_header(name, value, redactor, key) for name, value in request.headers.items() if _is_ours(name)),
    ]
    body = request.body.decode("utf-8", "replace")
    written = _word(body, redactor.known(body), key)
    if len(request.body) <= _ARGUMENT_BYTES:
        return " \\\n  ".join([*parts, f"--data-raw {written}"])
    expect = ["-H 'Expect:'"] if len(request.body) >= _EXPECT_BYTES else []
    return f"printf %s {written} |\n" + " \\\n  ".join([*parts, *expect, "--data-binary @-"])


def key_header(target: Target) -> tuple[str, str] | None:
    """Name of the header the key goes in, and what stands before it. None without a key."""
    if target.key is None:
        return None
    return ("authorization", "Bearer ") if target.auth == "bearer" else (target.auth, "")


def _key_header(target: Target, variable: str) -> Iterator[str]:
    if found := key_header(target):
        name, before = found
        yield f"-H '{name}: {before}'\"${variable}\""


def _is_ours(name: str) -> bool:
    return name.lower() not in _CURLS_OWN


def _header(name: str, value: str, redactor: Redactor, key: str) -> str:
    if not value:
        return f"-H {shlex.quote(f'{name};')}"  # how curl wants an empty one
    hidden = redactor.text(value)
    if not is_secret_name(name):
        return f"-H {_word(f'{name}: {value}', f'{name}: {hidden}', key)}"
    known = redactor.known(value)  # keeps a `Bearer` before it
    hidden = known if known != value else HIDDEN
    return f"-H {_word(f'{name}: {value}', f'{name}: {hidden}', _variable(name))}"


def _way(target: Target, redactor: Redactor) -> Iterator[str]:
    """The provider's own way to the network; what the environment says curl reads too."""
    network = target.network
    if network.proxy:
        yield f"--proxy {_word(network.proxy, redactor.text(network.proxy), 'PROXY_PASSWORD')}"
    elif network.proxy == "":
        yield "--noproxy '*'"
    if network.ca_file:
        yield f"--cacert {shlex.quote(network.ca_file)}"


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()


def _word(text: str, hidden: str, variable: str) -> str:
    """`text` as one word of the shell; where `hidden` hides something, a variable is named instead."""
    if hidden == text:
        return shlex.quote(text)
    literal = [shlex.quote(part) if part else "" for part in _PLACE.split(hidden)]
    return f'"${variable}"'.join(literal)
