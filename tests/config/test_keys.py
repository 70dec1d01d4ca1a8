"""Where a key comes from: each source, and what is said when it has none that can be used. Never the key itself."""

import os
import shlex
import sys
import types
from pathlib import Path

import pytest

from tui.config.key_command import key_from_command
from tui.config.keys import KeySource, read_key, warning_about
from tui.core.errors import ConfigError

KEY = "canary-5up3rs3cr3t"
CONFIG = Path("/etc/sidestream/config.toml")


def value_of(source: KeySource, environment: dict[str, str] | None = None) -> str | None:
    key = read_key(source, "work", {} if environment is None else environment)
    return key.reveal() if key else None


def refusal(source: KeySource, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read_key(source, "work", {} if environment is None else environment)
    assert KEY not in str(caught.value)
    assert "work" in str(caught.value)
    return str(caught.value)


def python(script: str) -> str:
    """A command that runs `script`."""
    return shlex.join([sys.executable, "-c", script])


def key_file(directory: Path, text: str, mode: int = 0o600) -> str:
    path = directory / "key"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


# -- variables and api_key -----------------------------------------------------------------------------------


def test_a_provider_with_nowhere_to_look_needs_no_key() -> None:
    assert value_of(KeySource()) is None


def test_the_first_variable_that_is_set_is_taken() -> None:
    source = KeySource(variables=("FIRST", "SECOND"))
    assert value_of(source, {"FIRST": " ", "SECOND": f" {KEY}\n"}) == KEY
    assert value_of(source, {"FIRST": "other", "SECOND": KEY}) == "other"


def test_a_missing_variable_is_named() -> None:
    assert refusal(KeySource(variables=("FIRST", "SECOND"))) == (
        "work needs a key: set the environment variable FIRST or SECOND"
    )
    assert value_of(KeySource(variables=("FIRST",), is_optional=True)) is None


@pytest.mark.parametrize("key", [f"{KEY}\x07", f"{KEY} x", f"{KEY}\r\nX-Evil: 1", f"{KEY}é"])
def test_a_key_that_no_header_can_carry_is_refused_without_printing_it(key: str) -> None:
    assert refusal(KeySource(variables=("WORK",)), {"WORK": key}).startswith("the key in $WORK, for work, holds spaces")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${A}", "one"),
        ("${A}-${B_2}", "one-two"),
        ("id:${A}", "id:one"),
        ("plain", "plain"),
        ("$A", "$A"),
        ("$${A}", "$one"),
    ],
)
def test_variables_stand_inside_of_what_is_written(written: str, value: str) -> None:
    assert value_of(KeySource(api_key=written), {"A": "one", "B_2": "two"}) == value


def test_what_is_configured_comes_before_the_variables() -> None:
    assert value_of(KeySource(variables=("V",), api_key="${A}"), {"A": KEY, "V": "other"}) == KEY


def test_a_value_is_not_looked_into_again() -> None:
    assert value_of(KeySource(api_key="${A}"), {"A": "${B}", "B": "x"}) == "${B}"


def test_a_variable_that_api_key_asks_for_and_that_is_not_set_is_named() -> None:
    source = KeySource(api_key="${GATEWAY_KEY}", written_in=CONFIG)
    assert refusal(source, {"GATEWAY_KEY": " "}) == (
        "work needs a key: api_key of work in /etc/sidestream/config.toml asks for the environment variable "
        "GATEWAY_KEY; set it"
    )


@pytest.mark.parametrize("written", ["${A", "${}", "${A-B}", "${1}"])
def test_a_variable_that_is_none_is_refused(written: str) -> None:
    assert "write it as ${NAME}" in refusal(KeySource(api_key=written), {"A": "x"})


def test_two_configured_sources_are_one_too_many() -> None:
    source = KeySource(api_key=KEY, api_key_command="x", written_in=CONFIG)
    assert refusal(source) == "work in /etc/sidestream/config.toml has api_key and api_key_command; keep one of them"


def test_a_source_does_not_show_a_key_written_in_it() -> None:
    assert KEY not in repr(KeySource(api_key=KEY))


# -- a key written in the configuration ----------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="file modes")
@pytest.mark.parametrize(("mode", "who"), [(0o644, "all users"), (0o640, "its group"), (0o600, None)])
def test_a_key_in_a_readable_configuration_is_warned_about(tmp_path: Path, mode: int, who: str | None) -> None:
    path = Path(key_file(tmp_path, f"api_key = {KEY}", mode))
    warning = warning_about(KeySource(api_key=KEY, written_in=path), "work")
    assert (who is None and warning is None) or (who is not None and warning is not None and who in warning)
    assert KEY not in str(warning)


@pytest.mark.parametrize("written", ["${A}", "keyring:work"])
def test_the_name_of_a_place_is_no_secret(tmp_path: Path, written: str) -> None:
    path = Path(key_file(tmp_path, "", 0o644))
    assert warning_about(KeySource(api_key=written, written_in=path), "work") is None


# -- key files -----------------------------------------------------------------------------------------------


def test_a_key_file_gives_its_first_line(tmp_path: Path) -> None:
    assert value_of(KeySource(api_key_file=key_file(tmp_path, f"\ufeff{KEY}\r\nnote\n"))) == KEY


def test_a_relative_path_begins_beside_the_configuration(tmp_path: Path) -> None:
    key_file(tmp_path, KEY, 0o400)
    assert value_of(KeySource(api_key_file="key", written_in=tmp_path / "config.toml")) == KEY


def test_home_is_found(user_home: Path) -> None:
    key_file(user_home, KEY)
    assert value_of(KeySource(api_key_file="~/key", written_in=CONFIG)) == KEY


@pytest.mark.skipif(os.name != "posix", reason="file modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o601])
def test_a_key_file_open_to_others_is_not_used(tmp_path: Path, mode: int) -> None:
    found = refusal(KeySource(api_key_file=key_file(tmp_path, KEY, mode)))
    assert f"is not used, because it is open to others (mode {mode:04o}); run chmod 600" in found


@pytest.mark.skipif(os.name != "posix", reason="file owners")
def test_another_users_key_file_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = key_file(tmp_path, KEY)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert "because it belongs to another user" in refusal(KeySource(api_key_file=path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "because it is no plain file" in refusal(KeySource(api_key_file=str(tmp_path / "pipe")))


@pytest.mark.parametrize(
    ("name", "reason"), [("missing", "No such file"), (".", "no plain file"), ("a\0b", "null byte")]
)
def test_a_key_file_that_is_none_is_named(tmp_path: Path, name: str, reason: str) -> None:
    assert reason in refusal(KeySource(api_key_file=f"{tmp_path}/{name}"))


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    assert refusal(KeySource(api_key_file=key_file(tmp_path, "\n"))) == (
        "work needs a key, and api_key_file of work gave none"
    )


# -- commands ------------------------------------------------------------------------------------------------


def test_a_commands_first_line_is_the_key() -> None:
    assert value_of(KeySource(api_key_command=python(f"print('{KEY}\\nnote')"))) == KEY


def test_a_command_is_not_given_to_a_shell(tmp_path: Path) -> None:
    command = f"{python('import sys; print(len(sys.argv))')} $(id) ; > {tmp_path / 'file'}"
    assert value_of(KeySource(api_key_command=command)) == "5"
    assert not list(tmp_path.iterdir())


def test_a_command_sees_its_own_tokens_and_no_key() -> None:
    script = "import os; print(*sorted(name for name in os.environ if name.startswith('T_') or 'API' in name), sep='|')"
    environment = {"T_SESSION": "1", "T_OTHER": KEY, "OPENAI_API_KEY": KEY, "WORK_API_KEY": KEY}
    key = read_key(KeySource(api_key_command=python(script)), "work", environment, [KeySource(api_key="${T_OTHER}")])
    assert key is not None
    assert key.reveal() == "T_SESSION"


def test_a_failed_command_says_how_it_ended() -> None:
    script = f"print('{KEY}'); raise SystemExit(3)"
    assert refusal(KeySource(api_key_command=python(script), written_in=CONFIG)).startswith(
        f"api_key_command of work in /etc/sidestream/config.toml: {Path(sys.executable).name} ended with status 3"
    )


def test_a_failed_command_may_say_why_but_not_the_key() -> None:
    script = (
        f"import sys; print('{KEY}'); print('first\\nno {KEY} \\x1b[2J sk-abcdefghijklmnop', file=sys.stderr); exit(3)"
    )
    assert refusal(KeySource(api_key_command=python(script))).endswith("ended with status 3: no ‹hidden› ␛[2J ‹hidden›")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_command_ended_by_a_signal_says_so() -> None:
    assert "was ended by signal 9" in refusal(KeySource(api_key_command=python("import os; os.kill(os.getpid(), 9)")))


def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ConfigError, match=r"api_key_command of work: \S+ did not finish within 0.2 s"):
        key_from_command(python("import time; time.sleep(60)"), "api_key_command of work", {}, limit_s=0.2)


def test_a_command_that_closes_its_output_and_stays_is_ended() -> None:
    script = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    with pytest.raises(ConfigError, match="did not finish"):
        key_from_command(python(script), "api_key_command of work", {}, limit_s=0.5)


def test_a_command_that_never_stops_writing_is_ended() -> None:
    script = f"import sys\nwhile True: sys.stdout.write('{KEY}' * 1000)"
    assert "wrote more than 64 KiB" in refusal(KeySource(api_key_command=python(script)))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/nowhere/at-all", "cannot run at-all: No such file"),
        ("say 'no", "cannot be read as a command: no closing quotation"),
        ("''", "cannot run"),
        ("  ", "names no command"),
        ("a\0b", "cannot run"),
    ],
)
def test_a_command_that_cannot_be_run_is_named(command: str, reason: str) -> None:
    assert reason in refusal(KeySource(api_key_command=command))


def test_a_silent_command_is_no_key() -> None:
    assert "gave none" in refusal(KeySource(api_key_command=python("")))


# -- the keyring ---------------------------------------------------------------------------------------------


class NoKeyringError(Exception):
    pass


class KeyringError(Exception):
    pass


def install_keyring(
    monkeypatch: pytest.MonkeyPatch, entries: dict[tuple[str, str], str], error: type[Exception] | None = None
) -> None:
    """Puts a keyring in the place of the library, with the two names of it that are used."""

    def get_password(service: str, name: str) -> str | None:
        if error:
            raise error(KEY)
        return entries.get((service, name))

    errors = types.ModuleType("keyring.errors")
    errors.NoKeyringError = NoKeyringError  # type: ignore[attr-defined]
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    library = types.ModuleType("keyring")
    library.get_password = get_password  # type: ignore[attr-defined]
    library.errors = errors  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_a_key_is_found_in_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    install_keyring(monkeypatch, {("sidestream", "work"): KEY})
    assert value_of(KeySource(api_key="keyring:work")) == KEY


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install 'sidestream[keyring]'" in refusal(KeySource(api_key="keyring:work"))


def test_an_entry_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    install_keyring(monkeypatch, {})
    assert refusal(KeySource(api_key="keyring:work")).endswith("store it with: keyring set sidestream work")
    assert refusal(KeySource(api_key="keyring:")).endswith("write it as keyring:NAME")


@pytest.mark.parametrize(
    ("error", "words"), [(NoKeyringError, "has none that can be used"), (KeyringError, "is it locked?")]
)
def test_a_keyring_that_fails_is_reported_in_our_words(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str
) -> None:
    install_keyring(monkeypatch, {}, error)
    assert words in refusal(KeySource(api_key="keyring:work"))
