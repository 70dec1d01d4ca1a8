"""From configured providers and line-ups to targets."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.config.files import Place
from tui.config.resolve import Overrides, resolve_targets
from tui.core.bounds import MIB
from tui.core.errors import ConfigError
from tui.core.target import Target

WORK = """
[providers.work]
base_url = "https://gateway.example/v1/"
api_key = "${GATEWAY_KEY}"
headers = { X-Team = "blue", X-Other = "1" }
query = { v = "2" }
options = { temperature = 0, top_p = 1, seed = 1 }
include_usage = false
proxy = ""
http2 = true
[providers.work.timeouts]
idle = 7
[limits]
event_bytes = "1 MiB"
[lineups.daily]
targets = ["work/a", "cold=work/b,temperature=5"]
options = { top_p = 2, seed = 2 }
"""
KEYS = {"GATEWAY_KEY": "canary", "OPENAI_API_KEY": "theirs", "AZURE_OPENAI_API_KEY": "azures"}


def resolved(
    place: Place, *written: str, environment: dict[str, str] | None = None, lineup: str | None = None, **overrides: Any
) -> list[Target]:
    variables = KEYS if environment is None else environment
    settings = place.settings(variables)
    chosen = settings.lineups[lineup] if lineup else None
    return resolve_targets(written, Overrides(**overrides), variables, settings, chosen)


def key_of(target: Target) -> str | None:
    return None if target.key is None else target.key.reveal()


def test_a_configured_provider(place: Place) -> None:
    (target,) = resolved(place.write(WORK), "work/org/llama")
    assert (target.provider, target.model, target.name) == ("work", "org/llama", "org/llama")
    assert target.url("chat/completions") == "https://gateway.example/v1/chat/completions?v=2"
    assert key_of(target) == "canary"
    assert dict(target.headers) == {"X-Team": "blue", "X-Other": "1"}
    assert dict(target.options) == {"temperature": 0, "top_p": 1, "seed": 1, "include_usage": False}
    assert (target.network.proxy, target.network.http2) == ("", True)
    assert (target.policy.timeouts.idle, target.policy.bounds.event_bytes) == (7.0, MIB)


def test_a_lineup_comes_first_and_the_nearer_option_wins(place: Place) -> None:
    targets = resolved(place.write(WORK), "work/c", lineup="daily", options={"seed": 3}, headers={"x-team": "red"})
    assert [(target.name, target.model) for target in targets] == [("a", "a"), ("cold", "b"), ("c", "c")]
    kept = [{name: value for name, value in target.options.items() if name != "include_usage"} for target in targets]
    assert kept == [
        {"temperature": 0, "top_p": 2, "seed": 3},
        {"temperature": 5, "top_p": 2, "seed": 3},
        {"temperature": 0, "top_p": 1, "seed": 3},
    ]
    assert all(target.headers == {"X-Other": "1", "x-team": "red"} for target in targets[:2])


def test_only_the_keys_of_those_in_use_are_looked_for(place: Place) -> None:
    place.write(WORK)
    (target,) = resolved(place, "ollama/x", environment={})
    assert target.key is None
    with pytest.raises(
        ConfigError, match=r"work needs a key: api_key of work in .*config.toml asks for .* GATEWAY_KEY"
    ):
        resolved(place, "work/x", environment={})


def test_a_key_command_runs_once_for_all_targets_of_its_provider(place: Place, tmp_path: Path) -> None:
    count = tmp_path / "count"
    program = tmp_path / "key.py"
    program.write_text(f"open({str(count)!r}, 'a').write('x'); print('from-command')")
    place.write(
        "[providers.work]\nbase_url = 'https://gateway.example/v1'\n"
        f'api_key_command = \'"{sys.executable}" "{program}"\''
    )
    targets = resolved(place, "work/a", "work/b")
    assert [key_of(target) for target in targets] == ["from-command"] * 2
    assert count.read_text() == "x"


@pytest.mark.parametrize(
    ("config", "written", "key"),
    [
        ("", "openai/x", "theirs"),
        ('[providers.openai]\nbase_url = "https://api.openai.com/v2"', "openai/x", "theirs"),
        ('[providers.openai]\nbase_url = "https://gateway.example/v1"', "openai/x", None),
        ('[providers.openai]\nbase_url = "https://api.openai.com:8443/v1"', "openai/x", None),
        (
            '[providers.openai]\nbase_url = "https://gateway.example/v1"\napi_key = "${GATEWAY_KEY}"',
            "openai/x",
            "canary",
        ),
        ('[providers.azure]\nbase_url = "https://east.example"', "azure/x", "azures"),
    ],
)
def test_a_usual_key_goes_to_its_usual_host_alone(place: Place, config: str, written: str, key: str | None) -> None:
    assert key_of(resolved(place.write(config), written)[0]) == key


def test_a_moved_provider_speaks_its_dialects_at_the_same_paths(place: Place) -> None:
    place.write('[providers.ollama]\nbase_url = "http://gpu-box:1"\ndialect = "chat"')
    bases = [target.base_url for target in resolved(place, "ollama/x", "ollama/x,dialect=ollama")]
    assert bases == ["http://gpu-box:1/v1", "http://gpu-box:1"]


def test_azure_may_be_configured(place: Place) -> None:
    place.write('[providers.azure]\nbase_url = "https://east.example/"\nquery = { api-version = "2024-10-21" }')
    (target,) = resolved(place, "azure/gpt")
    url = "https://east.example/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    assert target.url("chat/completions") == url


def test_a_server_given_by_its_address_has_the_general_limits_and_nothing_of_a_provider(place: Place) -> None:
    (target,) = resolved(place.write(WORK), "work/x", base_url="http://localhost:1/v1")
    assert (target.provider, target.model, target.key, dict(target.headers)) == ("custom", "work/x", None, {})
    assert target.policy.bounds.event_bytes == MIB
