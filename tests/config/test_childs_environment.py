"""What programs we start may see of our environment."""

import pytest

from tui.config.childs_environment import childs_environment, key_helpers_environment
from tui.core.redact import Redactor
from tui.core.secret import Secret

ORDINARY = {"PATH": "/bin:/usr/bin", "KEYBOARD": "us", "HTTPS_PROXY": "http://proxy:3128", "LANG": "C"}
HELPERS_OWN = {"BW_SESSION": "a", "VAULT_TOKEN": "b", "AWS_SECRET_ACCESS_KEY": "c"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "x"),
        ("A_KEY", "x"),
        ("b_token", "x"),
        ("C_SECRET", "x"),
        ("PGPASSWORD", "x"),
        ("GATEWAY", "sk-proj-abcdefghijklmnop"),
        ("DATABASE_URL", "postgres://me:hush@host/db"),
        ("PLAIN", "known-secret"),
        ("GATE", "x"),
    ],
)
def test_a_child_sees_no_secret(name: str, value: str) -> None:
    environment = {**ORDINARY, **HELPERS_OWN, name: value}
    assert childs_environment(environment, ["GATE"], Redactor([Secret("known-secret")])) == {
        **ORDINARY,
        "BW_SESSION": "a",  # neither its name nor its look says what it is
    }


def test_a_password_manager_keeps_its_own_tokens() -> None:
    environment = {**ORDINARY, **HELPERS_OWN, "GEMINI_API_KEY": "x", "WORK_API_KEY": "x", "GATEWAY": "x"}
    assert key_helpers_environment(environment, ["GATEWAY"]) == {**ORDINARY, **HELPERS_OWN}
