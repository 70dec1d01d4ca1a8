"""Where a key may go."""

import pytest

from tui.core.network import Network, clear_text_refusal, is_loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1", "0.0.0.0"],
)
def test_what_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.example",
        "mylocalhost",
        "app.localhost",
        "128.0.0.1",
        "127.1",
        "::2",
        "::ffff:10.0.0.1",
        "",
        "fe80::1%lo",
    ],
)
def test_what_may_be_another(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url", ["https://api.example/v1", "http://localhost:8080/v1", "http://[::1]/v1", "http://[::1", ""]
)
def test_a_key_goes_over_https_or_to_loopback(url: str) -> None:
    assert clear_text_refusal(url, Network(), has_key=True) is None


def test_a_key_goes_nowhere_else() -> None:
    url = "http://10.0.0.5:8000/v1"
    refusal = clear_text_refusal(url, Network(), has_key=True)
    assert refusal is not None
    assert refusal.startswith("the key would go to 10.0.0.5 unencrypted")
    assert "allow_http = true" in refusal
    assert clear_text_refusal(url, Network(), has_key=False) is None
    assert clear_text_refusal(url, Network(allow_http=True), has_key=True) is None
