"""Which source wins, what every kind of value becomes, and one sentence for everything that is wrong."""

import os
from pathlib import Path

import pytest

from tests.config.files import Place
from tui.config.key_source import KeySource
from tui.config.load import Flags, load_or_default, load_settings
from tui.config.problems import SettingsError
from tui.config.settings import Lineup, Settings, ToolCommand, Ui
from tui.core.bounds import MIB
from tui.core.price import Price

USER = "/config/sidestream/config.toml"
PROJECT = "/src/repo/.sidestream.toml"

EVERYTHING = """
lineup = "daily"

[providers.work]
dialect = "chat"
base_url = "https://gateway.example/v1"
api_key = "${GATEWAY_KEY}"
auth = "api-key"
headers = { X-Team = "blue" }
query = { api-version = "1" }
options = { temperature = 0, reasoning = { effort = "low" } }
include_usage = false
proxy = ""
ca_file = "certs/gateway.pem"
http2 = true
allow_http = true

[providers.work.timeouts]
idle = 300

[lineups.daily]
system = "Be brief."
targets = ["openai/gpt-5.2", "cold=openai/gpt-5.2,temperature=0", "work/llama-3.3-70b"]
options.max_tokens = 500

[timeouts]
idle = 45.5

[retries]
attempts = 0

[limits]
event_bytes = "2 MiB"
response_bytes = 1000
tool_calls = 5

[prices."openai/gpt-5.2"]
input = 1.25
output = 10

[keys]
"pane.zoom" = ["z", "f10"]
"run.retry" = "ctrl+r"
"app.help" = []

[tools.weather]
command = ["weather", "--json"]
timeout = 5

[ui]
theme = "ember"
layout = "columns"
mouse = false
"""


def test_with_nothing_configured_everything_is_built_in(place: Place) -> None:
    loaded = place.load()
    assert (loaded.settings, dict(loaded.leaves), loaded.files) == (Settings(), {}, ())


def test_everything_that_can_be_said(place: Place) -> None:
    settings = place.write(EVERYTHING).settings()
    assert settings.lineup == "daily"
    assert settings.lineups["daily"] == Lineup(
        "daily",
        ("openai/gpt-5.2", "cold=openai/gpt-5.2,temperature=0", "work/llama-3.3-70b"),
        "Be brief.",
        {"max_tokens": 500},
    )
    assert dict(settings.prices) == {"openai/gpt-5.2": Price(1.25, 10.0)}
    assert dict(settings.keys) == {"pane.zoom": ("z", "f10"), "run.retry": "ctrl+r", "app.help": ()}
    assert dict(settings.tools) == {"weather": ToolCommand("weather", ("weather", "--json"), 5.0)}
    assert settings.ui == Ui("ember", "columns", mouse=False)
    assert (settings.policy.timeouts.idle, settings.policy.timeouts.connect) == (45.5, 10.0)
    assert settings.policy.retries.attempts == 0
    bounds = settings.policy.bounds
    assert (bounds.event_bytes, bounds.answer_chars, bounds.tool_calls) == (2 * MIB, 1000, 5)


def test_everything_a_provider_can_be_told(place: Place) -> None:
    work = place.write(EVERYTHING).settings().providers["work"]
    assert (work.dialect, work.base_url, work.auth) == ("chat", "https://gateway.example/v1", "api-key")
    assert work.key == KeySource(api_key="${GATEWAY_KEY}", written_in=place.user)
    assert (dict(work.headers), dict(work.query)) == ({"X-Team": "blue"}, {"api-version": "1"})
    assert dict(work.options) == {"temperature": 0, "reasoning": {"effort": "low"}, "include_usage": False}
    assert (work.network.proxy, work.network.http2, work.network.allow_http) == ("", True, True)
    assert work.network.ca_file == str(place.user.parent / "certs" / "gateway.pem")
    assert (work.policy.timeouts.idle, work.policy.retries.attempts) == (300.0, 0)


# -- precedence -----------------------------------------------------------------------------------------------------


def test_each_source_wins_over_the_one_below_key_by_key(place: Place) -> None:
    place.write(
        "timeouts = { connect = 1, first_byte = 1, first_token = 1, idle = 1 }",
        "timeouts = { first_byte = 2, first_token = 2, idle = 2 }",
    )
    environment = {"SIDESTREAM_TIMEOUTS__FIRST_TOKEN": "3", "SIDESTREAM_TIMEOUTS__IDLE": "3"}
    flags = Flags({"timeouts": {"idle": 4}}, {("timeouts", "idle"): "--idle"})
    loaded = place.load(environment, flags)
    limits = loaded.settings.policy.timeouts
    assert (limits.connect, limits.first_byte, limits.first_token, limits.idle) == (1, 2, 3, 4)
    assert limits.total == 1800.0
    origins = {path[1]: str(leaf.origin).replace(str(place.root), "") for path, leaf in loaded.leaves.items()}
    assert origins == {
        "connect": f"{USER}, line 1",
        "first_byte": f"{PROJECT}, line 1",
        "first_token": "SIDESTREAM_TIMEOUTS__FIRST_TOKEN",
        "idle": "--idle",
    }
    assert loaded.files == (place.user, place.project)


def test_a_lineup_may_be_said_in_parts(place: Place) -> None:
    place.write('[lineups.a]\ntargets = ["ollama/x"]\nsystem = "one"', '[lineups.a]\nsystem = "two"')
    assert place.settings().lineups["a"] == Lineup("a", ("ollama/x",), "two")


@pytest.mark.parametrize(
    ("environment", "idle"),
    [
        ({}, 300),
        ({"SIDESTREAM_TIMEOUTS__IDLE": "3"}, 3),
        ({"SIDESTREAM_PROVIDERS__WORK__TIMEOUTS__IDLE": "7"}, 7),
        ({"SIDESTREAM_TIMEOUTS__IDLE": "3", "SIDESTREAM_PROVIDERS__WORK__TIMEOUTS__IDLE": "7"}, 7),
    ],
)
def test_a_providers_own_limit_wins_unless_the_general_one_is_for_this_run(
    place: Place, environment: dict[str, str], idle: float
) -> None:
    place.write(
        '[timeouts]\nidle = 20\n[providers.work]\nbase_url = "http://localhost:1/v1"\ntimeouts.idle = 300',
        "[timeouts]\nidle = 10",
    )
    assert place.settings(environment).providers["work"].policy.timeouts.idle == idle


def test_the_nearest_project_file_counts_alone(place: Place) -> None:
    place.write(project="[timeouts]\nidle = 2")
    (place.root / "src" / ".sidestream.toml").write_text("[timeouts]\ntotal = 3")
    limits = place.settings().policy.timeouts
    assert (limits.idle, limits.total) == (2.0, 1800.0)


def test_a_named_file_is_read_instead_of_both(place: Place, tmp_path: Path) -> None:
    place.write("[timeouts]\nidle = 1", "[timeouts]\ntotal = 2")
    named = tmp_path / "named.toml"
    named.write_text("[timeouts]\nconnect = 3")
    limits = load_settings({}, named=named, folder=place.project.parent).settings.policy.timeouts
    assert (limits.connect, limits.idle, limits.total) == (3.0, 60.0, 1800.0)


# -- the environment ------------------------------------------------------------------------------------------------


def test_every_kind_of_value_from_the_environment(place: Place) -> None:
    settings = place.write('[providers.my-gate]\nbase_url = "https://a.example/v1"').settings(
        {
            "SIDESTREAM_LINEUP": "daily",
            "SIDESTREAM_LINEUPS__DAILY__TARGETS": "ollama/a ollama/b,top_k=3",
            "SIDESTREAM_PROVIDERS__MY_GATE__BASE_URL": "https://b.example/v1",
            "SIDESTREAM_PROVIDERS__MY_GATE__HEADERS__X_TEAM": "red",
            "SIDESTREAM_PROVIDERS__MY_GATE__OPTIONS__TEMPERATURE": "0.5",
            "SIDESTREAM_LIMITS__EVENT_BYTES": "1 MiB",
            "SIDESTREAM_RETRIES__ATTEMPTS": "0",
            "SIDESTREAM_UI__MOUSE": "No",
            "SIDESTREAM_TOOLS__WEATHER__COMMAND": '["weather", "--unit", "c d"]',
            "SIDESTREAM_DEBUG": "not ours to judge",
            "OTHER_TIMEOUTS__IDLE": "x",
        }
    )
    assert settings.lineups[settings.lineup or ""].targets == ("ollama/a", "ollama/b,top_k=3")
    gate = settings.providers["my-gate"]
    assert (gate.base_url, dict(gate.headers), dict(gate.options)) == (
        "https://b.example/v1",
        {"x-team": "red"},
        {"temperature": 0.5},
    )
    assert (settings.policy.bounds.event_bytes, settings.policy.retries.attempts, settings.ui.mouse) == (MIB, 0, False)
    assert settings.tools["weather"].command == ("weather", "--unit", "c d")


def test_a_provider_may_stand_in_the_environment_alone(place: Place) -> None:
    settings = place.settings({"SIDESTREAM_PROVIDERS__WORK__BASE_URL": "http://localhost:1/v1"})
    assert settings.providers["work"].base_url == "http://localhost:1/v1"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SIDESTREAM_TIMEOUT__IDLE", "3", "unknown section 'timeout'; did you mean timeouts?"),
        ("SIDESTREAM_TIMEOUTS__IDEL", "3", "unknown key 'idel' in timeouts; did you mean idle?"),
        ("SIDESTREAM_PROVIDERS__WORK", "3", "providers.work is a table, expected one of its keys after another __"),
        ("SIDESTREAM_TIMEOUTS__IDLE__X", "3", "idle is a value with nothing below it; found 'x' there"),
        ("SIDESTREAM_TIMEOUTS__IDLE", "", 'timeouts.idle: found "", expected a number of seconds above 0'),
        ("SIDESTREAM_UI__MOUSE", "perhaps", 'ui.mouse: found "perhaps", expected true or false'),
        ("SIDESTREAM_RETRIES__ATTEMPTS", "2.5", 'found "2.5", expected a whole number from 0 to 10'),
        ("SIDESTREAM_TOOLS__X__COMMAND", "[broken", 'found "[broken", expected a list of words'),
    ],
)
def test_a_wrong_variable(place: Place, variable: str, value: str, said: str) -> None:
    (sentence,) = place.problems({variable: value})
    assert sentence.startswith(f"{variable}: ")
    assert said in sentence


# -- references -----------------------------------------------------------------------------------------------------


def test_variables_are_replaced_in_any_text(place: Place) -> None:
    place.write(
        """
        [providers.work]
        base_url = "https://${HOST}/v1"
        headers = { X-User = "${NAME}-${NAME}", X-Literal = "$${NAME} $5" }
        options = { user = "${NAME}", list = ["${NAME}"], deep = { er = "${NAME}" } }
        """
    )
    work = place.settings({"HOST": "gate.example", "NAME": "me"}).providers["work"]
    assert work.base_url == "https://gate.example/v1"
    assert dict(work.headers) == {"X-User": "me-me", "X-Literal": "${NAME} $5"}
    assert dict(work.options) == {"user": "me", "list": ["me"], "deep": {"er": "me"}}


def test_what_a_variable_holds_is_never_told(place: Place) -> None:
    place.write('[providers.work]\nbase_url = "${TOKEN}"')
    (sentence,) = place.problems({"TOKEN": "sk-canary"})
    assert "sk-canary" not in sentence
    assert 'found "${TOKEN}" with its variables replaced, expected an address' in sentence


def test_a_key_is_only_looked_for_when_it_is_needed(place: Place) -> None:
    place.write('[providers.work]\nbase_url = "https://a.example/v1"\napi_key = "${NOT_SET}"')
    assert place.settings().providers["work"].key.api_key == "${NOT_SET}"


# -- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timeout = 3", "line 1: timeout: unknown key; did you mean timeouts?"),
        ("\n\n[timeouts]\n\nidel = 3", "line 5: timeouts.idel: unknown key; did you mean idle?"),
        ("[timeouts]\nzzz = 3", "zzz: unknown key; known are: connect, first_byte, first_token, idle, total"),
        ("timeouts = 3", "timeouts: found 3, expected a table"),
        ("[timeouts]\nidle = true", "timeouts.idle: found true, expected a number of seconds above 0"),
        ("[timeouts]\nidle = nan", "found nan, expected a number"),
        ("[timeouts]\nidle = 0", "found 0, expected a number of seconds above 0"),
        (f"[timeouts]\nidle = {'9' * 400}", "found a huge number, expected"),
        ("[timeouts]\nidle = 1979-05-27", "found a date or a time, expected"),
        ("[retries]\nattempts = 11", "found 11, expected a whole number from 0 to 10"),
        ('[limits]\nevent_bytes = "16 MB "', 'found "16 MB ", expected a number of bytes, or a size such as'),
        ('[ui]\nlayout = "colums"', 'one of "grid", "columns", "rows", "tabs"; did you mean "columns"?'),
        ("[ui]\nmouse = 1", "found 1, expected true or false"),
        ('[keys]\n"pane.zoom" = ["x", 3]', 'keys."pane.zoom": found a list, expected a key such as'),
        ("[keys]\nX = 'x'", "keys.X: found this name, expected an action's id such as pane.zoom"),
        ('[providers."a/b"]\nbase_url = "http://x"', 'line 1: providers."a/b": found this name, expected'),
        ("[providers.work]", "line 1: providers.work.base_url: missing, expected an address"),
        ('[providers.work]\nbase_url = "ftp://x"', 'found "ftp://x", expected an address'),
        ('[providers.work]\nbase_url = "https://me:pw@x/v1"', 'found "https://‹hidden›@x/v1", expected an address'),
        ('[providers.openai]\ndialect = "chatt"', 'did you mean "chat"?'),
        ("[providers.openai]\napi_key = 5", "api_key: found a number, expected a place such as"),
        ('[providers.openai]\napi_key = " "', "api_key: found blank text, expected a place such as"),
        ('[providers.openai]\napi_key = "a"\napi_key_file = "b"', "line 3: providers.openai.api_key_file: api_key is"),
        ('[providers.openai.headers]\nX = "é"', "headers.X: found text, expected printable ASCII"),
        ("[providers.openai.options]\nx = 1979-05-27", "found a date or a time, expected a value that JSON has"),
        ('[providers.openai]\nproxy = "socks5://x:1"', 'found "socks5://x:1", expected a proxy such as'),
        ("[lineups.a]", "lineups.a.targets: missing, expected a list of 1 to 16 targets"),
        ("[lineups.a]\ntargets = []", "found an empty list, expected a list of 1 to 16 targets"),
        ("[lineups.a]\ntargets = ['ollama/x', 3]", "targets: item 2: found 3, expected text"),
        ("[lineups.a]\ntargets = ['opnai/x']", "unknown provider 'opnai' in 'opnai/x'; did you mean openai?"),
        ("[lineups.a]\ntargets = ['x']", "'x' names no provider"),
        ("[lineups.a]\ntargets = ['ollama/x,dialect=chatt']", 'unknown dialect "chatt"; did you mean chat?'),
        ("lineup = 'daily'", 'line 1: lineup: there is no line-up "daily"; there are none'),
        ("lineup = 'dayly'\n[lineups.daily]\ntargets = ['ollama/x']", "did you mean daily?"),
        ("[prices.x]\ninput = 1", "prices.x.output: missing, expected US dollars per million tokens"),
        ("[prices.x]\ninput = -1\noutput = 1", "prices.x.input: found -1, expected US dollars"),
        ("[tools.x]\ncommand = 'rm -rf'", 'tools.x.command: found "rm -rf", expected a list of words'),
        ("[providers.openai.headers]\nX = '${NOPE}'", "headers.X: asks for the environment variable NOPE"),
        ("[providers.openai.headers]\nX = '${1}'", "found ${1}, expected the name of an environment variable"),
        ("[timeouts]\nidle == 3", "the file is not TOML: Invalid value (at line 2, column 7)"),
        (f"x = {'[' * 5000}", "nested too deep or too long"),
        (f"x = {'9' * 5000}", "nested too deep or too long"),
        (b"[ui]\n# \xff", "line 2: the file is not UTF-8 text (byte 7)"),
        (b"#" * (1024 * 1024 + 1), "the file is larger than 1 MiB"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)  # fmt: skip
def test_a_mistake_names_file_line_key_and_what_was_expected(place: Place, text: str | bytes, said: str) -> None:
    (sentence,) = place.write(text).problems()
    assert sentence.startswith(USER)
    assert said in sentence, sentence


def test_all_mistakes_of_all_sources_are_told_at_once(place: Place) -> None:
    place.write("[timeouts]\nidel = 1\n[lineups.a]\ntargets = ['nope/x']", "[ui]\nmouse = 'x'")
    problems = place.problems({"SIDESTREAM_UI__BELL": "x"})
    assert [problem.split(":")[0] for problem in problems] == [
        f"{USER}, line 2",
        f"{PROJECT}, line 2",
        "SIDESTREAM_UI__BELL",
        f"{USER}, line 4",
    ]


def test_what_is_wrong_is_not_missing_too(place: Place) -> None:
    assert len(place.write("[lineups.a]\ntargets = 3").problems()) == 1


def test_an_unreadable_file_is_the_only_complaint(place: Place) -> None:
    (sentence,) = place.write(b"\xff").problems({"SIDESTREAM_LINEUP": "daily"})
    assert "UTF-8" in sentence


def test_control_characters_of_a_file_reach_no_terminal(place: Place) -> None:
    place.write('"\\u001b]0;x\\u0007" = "\\u202e"\n[ui]\ntheme = ["\\u009b"]')
    with pytest.raises(SettingsError) as caught:
        place.load()
    assert not any(character in str(caught.value) for character in "\x1b\x07\u202e\x9b")


def test_where_the_working_directory_is_gone_there_is_no_project(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = place.root / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert load_settings({}).files == ()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file(place: Place, make: object) -> None:
    assert callable(make)
    make(place.user)
    assert "found something that is no file" in place.problems()[0]


def test_a_link_to_nowhere_is_told(place: Place) -> None:
    place.user.symlink_to(place.root / "gone")
    assert "cannot be read: No such file" in place.problems()[0]


def test_a_named_file_has_to_be_there(place: Place) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml: the file cannot be read: No such file"):
        load_settings({}, named=place.root / "gone.toml")


def test_where_no_complaint_can_be_made_the_built_in_settings_do(place: Place) -> None:
    place.write("[ui]\nmouse = 'x'")
    assert load_or_default({}) == Settings()


# -- a project's file -----------------------------------------------------------------------------------------------

TRUST = "if you trust it, add"


@pytest.mark.parametrize(
    ("project", "said"),
    [
        ('[providers.work]\napi_key_command = "curl evil"', "line 2: providers.work.api_key_command: a project"),
        ('[providers.openai]\napi_key = "${AWS_SECRET}"', "may not set api_key"),
        ('[providers.openai]\napi_key_file = "/etc/shadow"', "may not set api_key_file"),
        ('[providers.openai]\nbase_url = "https://evil.example/v1"', "base_url of openai, which is not its own"),
        ('[providers.openai]\nbase_url = "http://localhost:1/v1"', "base_url of openai, which is not its own"),
        ('[providers.mine]\nbase_url = "http://localhost:1/v1"', "may not set base_url of mine, which is not its own"),
        ('[providers.envs]\nbase_url = "http://localhost:1/v1"', "may not set base_url of envs, which is not its own"),
        ('[providers.openai]\nproxy = "http://evil.example:1"', "may not set proxy"),
        ('[providers.openai]\nca_file = "evil.pem"', "may not set ca_file"),
        ("[providers.openai]\nallow_http = true", "may not set allow_http"),
        ('[providers.openai.headers]\nX-Forward-To = "evil"', "may not set headers of openai"),
        ('[providers.new]\nbase_url = "https://evil.example/v1"', "may only add providers on this machine"),
        ('[providers.new]\nbase_url = "http://localhost.evil.example/v1"', "may only add providers on this machine"),
        ('[lineups.a]\ntargets = ["ollama/x"]\nsystem = "${AWS_SECRET}"', "may not read your environment"),
        ('[tools.x]\ncommand = ["rm"]', "may not set command"),
        ('trusted_projects = ["."]', "may not set trusted_projects"),
    ],
    ids=lambda value: value[:50],
)  # fmt: skip
def test_a_project_may_not_name_hosts_keys_or_programs(place: Place, project: str, said: str) -> None:
    place.write('[providers.mine]\nbase_url = "https://mine.example/v1"', project)
    environment = {"AWS_SECRET": "canary", "SIDESTREAM_PROVIDERS__ENVS__BASE_URL": "https://envs.example/v1"}
    sentences = place.problems(environment)
    assert all(sentence.startswith(PROJECT) for sentence in sentences)
    assert any(said in sentence and TRUST in sentence for sentence in sentences), sentences
    assert not any("canary" in sentence for sentence in sentences)


def test_what_a_project_may_say(place: Place) -> None:
    place.write(
        project="""
        lineup = "here"
        [providers.local]
        base_url = "http://127.0.0.1:9000/v1"
        headers = { X-Run = "1" }
        [providers.openai]
        dialect = "responses"
        options = { temperature = 0 }
        [lineups.here]
        targets = ["local/x", "openai/y"]
        """
    )
    settings = place.settings()
    assert settings.lineup == "here"
    assert settings.providers["local"].base_url == "http://127.0.0.1:9000/v1"
    assert settings.providers["openai"].key.variables == ("OPENAI_API_KEY",)


@pytest.mark.parametrize("trusted_by", ["file", "variable"])
def test_a_trusted_project_may_say_everything(place: Place, trusted_by: str) -> None:
    project = '[providers.work]\nbase_url = "https://${HOST}/v1"\napi_key_command = "pass x"'
    folder = str(place.project.parent)
    environment = {"HOST": "gate.example"}
    if trusted_by == "file":
        place.write(f'trusted_projects = ["/elsewhere", "{folder}"]', project)
    else:
        place.write(None, project)
        environment["SIDESTREAM_TRUSTED_PROJECTS"] = folder
    work = place.settings(environment).providers["work"]
    assert (work.base_url, work.key.api_key_command) == ("https://gate.example/v1", "pass x")


def test_trust_is_for_that_folder_alone(place: Place) -> None:
    place.write(
        f'trusted_projects = ["{place.project.parent.parent}"]', '[providers.x]\nbase_url = "https://x.example"'
    )
    assert TRUST in place.problems()[0]
