"""Everything that can be configured, said once.

The loader, `sidestream config init`, the JSON schema and the tables of docs/configuration.md are all made from this, so
they cannot disagree. Defaults come from the values of core that they end up in.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tui.config.kinds import (
    DOLLARS,
    FILE_PATH,
    HEADER_VALUE,
    PROXY,
    SECONDS,
    SECONDS_OR_NONE,
    TEXT,
    URL,
    Anything,
    Choice,
    Flag,
    Keys,
    Kind,
    Size,
    Text,
    Texts,
    Whole,
)
from tui.config.settings import ToolCommand, Ui
from tui.core.bounds import DEFAULT_BOUNDS
from tui.core.deadlines import Timeouts
from tui.core.dialects import DIALECTS
from tui.core.retries import Retries

Trust = Literal["any", "own provider", "user"]
"""Whose file may set a key: any file; a project's only for a provider that the project itself adds; the user's alone.
See `tui.config.trust`."""


@dataclass(frozen=True)
class Table:
    """Keys with fixed names."""

    fields: "tuple[Field, ...]"

    def field(self, name: str) -> "Field | None":
        """The key called `name`."""
        return next((found for found in self.fields if found.name == name), None)


@dataclass(frozen=True)
class Entries:
    """Keys whose names the user chooses, all of one shape."""

    of: "Table | Kind"
    called: str
    """What a name is, in capitals for docs."""
    name: Text = TEXT
    """What a name may look like."""
    is_header: bool = False
    """Whether names are those of headers, where a variable's `_` stands for `-`."""


@dataclass(frozen=True)
class Field:
    """One key."""

    name: str
    shape: "Kind | Table | Entries"
    meaning: str
    """A sentence without its end."""
    default: Any = None
    """None when nothing is set unless somebody sets it."""
    example: Any = None
    """For `config init` and docs where the default says too little."""
    trust: Trust = "any"
    is_required: bool = False
    """Whether its table is of no use without it. It may come from another file than the rest."""

    @property
    def default_as_written(self) -> Any:
        """The default as a file would have it. None when there is none."""
        if self.default is None or not isinstance(self.shape, Kind):
            return None
        return self.shape.as_written(self.default)


_TIMEOUTS = Timeouts()
_RETRIES = Retries()
_UI = Ui()
_TOOL = ToolCommand("", ())
_COUNT = Whole(1, 1_000_000)
_PROVIDER_NAME = Text("a name of letters, digits, dots, hyphens and underscores", "[A-Za-z0-9][A-Za-z0-9._-]*")
_NAME = Text("a name of letters, digits, spaces, dots, hyphens and underscores", "[A-Za-z0-9][A-Za-z0-9 ._-]*")
_HEADER_NAME = Text("a header's name such as X-Team", "[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ACTION = Text("an action's id such as pane.zoom", "[a-z][a-z0-9_.-]*")
_SECRET = Text('a place such as "${GATEWAY_KEY}" or "keyring:work"', is_secret=True)

TIMEOUTS = Table(
    (
        Field("connect", SECONDS, "Name lookup, TCP and TLS together, seconds", _TIMEOUTS.connect),
        Field("first_byte", SECONDS, "From the connection to the first byte of the answer", _TIMEOUTS.first_byte),
        Field("first_token", SECONDS, "From the request to the first text or tool call", _TIMEOUTS.first_token),
        Field("idle", SECONDS, "Between tokens; keep-alive comments are none", _TIMEOUTS.idle),
        Field("total", SECONDS, "The whole answer", _TIMEOUTS.total),
    )
)
RETRIES = Table(
    (
        Field("attempts", Whole(0, 10), "Tries after the first one; 0 sends every request once", _RETRIES.attempts),
        Field("first_wait", SECONDS_OR_NONE, "Seconds before the first retry, doubled for each", _RETRIES.first_wait),
        Field("longest_wait", SECONDS_OR_NONE, "Where doubling stops, seconds", _RETRIES.longest_wait),
        Field(
            "longest_retry_after",
            SECONDS_OR_NONE,
            "The longest wait a server may ask for; beyond it the stream fails at once",
            _RETRIES.longest_retry_after,
        ),
    )
)
LIMITS = Table(
    (
        Field("event_bytes", Size(), "One event, one line or one JSON body of a server", DEFAULT_BOUNDS.event_bytes),
        Field("response_bytes", Size(), "Text, reasoning and arguments of one answer", DEFAULT_BOUNDS.answer_chars),
        Field("error_body_bytes", Size(), "What is read of an error's body", DEFAULT_BOUNDS.error_body_bytes),
        Field("tape_bytes", Size(), "What is kept of one stream for the inspector", DEFAULT_BOUNDS.tape_bytes),
        Field("tool_calls", _COUNT, "Tool calls of one choice", DEFAULT_BOUNDS.tool_calls),
        Field("choices", _COUNT, "Choices of one answer", DEFAULT_BOUNDS.choices),
    )
)
PROVIDER = Table(
    (
        Field(
            "base_url",
            URL,
            "Where requests go; a provider of your own needs it",
            example="https://gateway.example/v1",
            trust="own provider",
        ),
        Field("dialect", Choice(tuple(sorted(DIALECTS))), "The wire format it speaks", "chat"),
        Field(
            "api_key",
            _SECRET,
            "The key: a variable, keyring:NAME, or (less safe) the key itself",
            example="${GATEWAY_KEY}",
            trust="user",
        ),
        Field(
            "api_key_command",
            TEXT,
            "A command whose first line of output is the key; run without a shell",
            example="pass show gateway",
            trust="user",
        ),
        Field("api_key_file", FILE_PATH, "A file whose first line is the key", example="~/keys/gateway", trust="user"),
        Field(
            "auth",
            Choice(("bearer", "x-api-key", "api-key", "x-goog-api-key")),
            "How the key is sent, when not in the dialect's own way",
            example="api-key",
        ),
        Field(
            "headers",
            Entries(HEADER_VALUE, "NAME", _HEADER_NAME, is_header=True),
            "Headers sent with every request",
            example={"X-Team": "blue"},
            trust="own provider",
        ),
        Field(
            "query",
            Entries(TEXT, "NAME"),
            "Parameters added to every URL",
            example={"api-version": "2024-10-21"},
            trust="own provider",
        ),
        Field(
            "options",
            Entries(Anything(), "NAME"),
            "Request options for all its models; a line-up's and a target's own win",
            example={"temperature": 0},
        ),
        Field("include_usage", Flag(), "Ask for usage; false for servers that refuse stream_options", True),
        Field(
            "proxy",
            PROXY,
            "The proxy to use instead of HTTPS_PROXY and the like; empty for none",
            example="http://proxy.example:3128",
            trust="user",
        ),
        Field(
            "ca_file",
            FILE_PATH,
            "PEM file of the certificates to trust instead of the system's",
            example="~/certs/gateway.pem",
            trust="user",
        ),
        Field("http2", Flag(), "Speak HTTP/2 where the server offers it; needs the http2 extra", False),
        Field("allow_http", Flag(), "Whether the key may go unencrypted to another machine", False, trust="user"),
        Field("timeouts", TIMEOUTS, "Time limits of this provider; see [timeouts]"),
        Field("retries", RETRIES, "Retries of this provider; see [retries]"),
        Field("limits", LIMITS, "Limits of this provider; see [limits]"),
    )
)
LINEUP = Table(
    (
        Field(
            "targets",
            Texts("a list of 1 to 16 targets", most=16),
            "Who is asked, written as with -m",
            example=["openai/gpt-5.2", "cold=openai/gpt-5.2,temperature=0"],
            is_required=True,
        ),
        Field("system", Text(pattern=r"[\s\S]*"), "The system prompt", example="Be brief."),
        Field(
            "options",
            Entries(Anything(), "NAME"),
            "Request options for all its targets; a target's own win",
            example={"max_tokens": 500},
        ),
    )
)
PRICE = Table(
    (
        Field("input", DOLLARS, "Prompt tokens", example=1.25, is_required=True),
        Field("output", DOLLARS, "Answer tokens", example=10, is_required=True),
        Field("cached_input", DOLLARS, "Prompt tokens read from a cache; as input unless set", example=0.125),
        Field("reasoning", DOLLARS, "Reasoning tokens; as output unless set", example=10),
    )
)
TOOL = Table(
    (
        Field(
            "command",
            Texts('a list of words such as ["weather", "--json"]'),
            "The program and its arguments; the call's arguments come as JSON on its standard input",
            example=["weather", "--json"],
            trust="user",
            is_required=True,
        ),
        Field("timeout", SECONDS, "Seconds it may take", _TOOL.timeout, trust="user"),
        Field("output_bytes", Size(), "What is read of its output", _TOOL.output_bytes, trust="user"),
    )
)
UI = Table(
    (
        Field("theme", TEXT, "Colours to start with; see docs/themes.md", example="sidestream-dark"),
        Field("layout", Choice(("grid", "columns", "rows", "tabs")), "How panes are arranged", _UI.layout),
        Field("mouse", Flag(), "Whether the program takes the mouse; false leaves it to the terminal", _UI.mouse),
        Field("reduced_motion", Flag(), "No animation and no blinking", _UI.reduced_motion),
        Field("markdown", Flag(), "Start with answers rendered; false starts with plain text", _UI.markdown),
        Field("bell", Flag(), "Ring when the last answer of a run of more than 5 s has ended", _UI.bell),
        Field("blind", Flag(), "Start in blind mode: letters for names and figures until you vote", _UI.blind),
    )
)
ROOT = Table(
    (
        Field("lineup", _NAME, "The line-up to start with when no target is named", example="daily"),
        Field(
            "trusted_projects",
            Texts("a list of folders", least=0),
            "Folders whose .sidestream.toml is trusted like this file",
            example=["~/src/gateway"],
            trust="user",
        ),
        Field("providers", Entries(PROVIDER, "NAME", _PROVIDER_NAME), "Servers, and changes to the built-in ones"),
        Field("lineups", Entries(LINEUP, "NAME", _NAME), "Targets that are asked together"),
        Field("timeouts", TIMEOUTS, "Time limits in seconds"),
        Field("retries", RETRIES, "Retries before the first token"),
        Field("limits", LIMITS, "How much a server may make us hold; over it the stream is cut off and says so"),
        Field("prices", Entries(PRICE, "MODEL"), "US dollars per million tokens, by PROVIDER/MODEL or MODEL"),
        Field("keys", Entries(Keys(), "ACTION", _ACTION), "Keys of actions", example={"pane.zoom": ["z", "f10"]}),
        Field("tools", Entries(TOOL, "TOOL"), "Programs that answer tool calls, each run only after your yes"),
        Field("ui", UI, "The dashboard"),
    )
)
"""The whole file."""
