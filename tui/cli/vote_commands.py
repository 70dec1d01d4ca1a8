"""`sidestream votes`: what was voted in blind rounds, from the shell."""

import json
import shutil
import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from tui.cli.group import AnyOrderGroup
from tui.cli.printing import for_stdout, note, write
from tui.core.clean import Clean, clean_line, escaped_json
from tui.core.csv_rows import csv_text
from tui.core.errors import UsageError

if TYPE_CHECKING:
    from tui.core.votes import Vote
    from tui.storage.database import Database
    from tui.storage.votes import VoteStore

SCHEMA = "sidestream.votes/1"
_ID_CHARS = 8
"""What is shown of an id; where two votes begin so, all of it."""
_PROMPT_CHARS = 60
_PIPE_WIDTH = 120


@click.group(cls=AnyOrderGroup, invoke_without_command=True)
@click.pass_context
def votes(context: click.Context) -> None:
    """What was voted in blind rounds; without a word more, the scores. See docs/blind.md."""
    if context.invoked_subcommand is None:
        context.invoke(scores)


@votes.command(name="list")
def list_votes() -> None:
    """Print every vote, the oldest first: id, time, who was best, who else took part, and the prompt."""
    every = _store().read()
    short = Counter(vote.id[:_ID_CHARS] for vote in every)
    for vote in every:
        id = vote.id if short[vote.id[:_ID_CHARS]] > 1 else vote.id[:_ID_CHARS]
        write(clean_line(f"{id}  {_line(vote)}"))
    if not every:
        note(Clean("sidestream: nothing was voted yet"))


@votes.command()
def scores() -> None:
    """Print what all votes come to: a rating for each target, and the results of each pair."""
    from tui.app.blind.score_lines import score_lines
    from tui.core.scores import scores_of

    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else _PIPE_WIDTH
    for line in score_lines(scores_of(_store().read()), width):
        write(line.text.rstrip())


@votes.command()
@click.option("--format", "output", type=click.Choice(["csv", "json"]), default="json", show_default=True)
def export(output: str) -> None:
    """Print every vote with who took part in it. CSV has a line for each contestant."""
    every = _store().read()
    if output == "json":
        document = {"schema": SCHEMA, "votes": [_as_json(vote) for vote in every]}
        write(escaped_json(json.dumps(document, indent=2, ensure_ascii=False)))
    else:
        write(for_stdout(_as_csv(every)).rstrip("\n"))


@votes.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="Every vote there is.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(ids: tuple[str, ...], every: bool, yes: bool) -> None:
    """Delete votes, named by their ids or the beginnings of these; `votes list` shows them."""
    if bool(ids) == every:
        raise UsageError("name the votes to delete by their ids (`sidestream votes list` shows them), or say --all")
    store = _store()
    chosen = [vote.id for vote in store.read()] if every else [_meant(id, store.read()) for id in ids]
    count = len(set(chosen))
    many = f"{count} vote{'' if count == 1 else 's'}"
    if not yes and count and not click.confirm(f"Delete {many}?", err=True):
        note(Clean("sidestream: nothing was deleted"))
        return
    store.remove(chosen)
    note(clean_line(f"sidestream: deleted {many}"))


@votes.command()
def path() -> None:
    """Print where the votes are."""
    write(clean_line(str(_database().path)))


def _database() -> "Database":
    from tui.config.settings import user_data_directory
    from tui.storage.database import FILE_NAME, Database

    return Database(user_data_directory() / FILE_NAME)


def _store() -> "VoteStore":
    from tui.storage.votes import VoteStore

    return VoteStore(_database())


def _meant(id: str, every: "list[Vote]") -> str:
    """The whole id that begins so."""
    found = [vote.id for vote in every if vote.id.startswith(id)]
    if len(found) != 1:
        why = "more than one vote begins so" if found else "there is no such vote"
        raise UsageError(f"{id!r}: {why}; `sidestream votes list` shows them")
    return found[0]


def _line(vote: "Vote") -> str:
    names = [f"*{each.target}" if each.is_best else each.target for each in vote.contestants]
    prompt = " ".join(vote.prompt.split())
    short = prompt if len(prompt) <= _PROMPT_CHARS else f"{prompt[: _PROMPT_CHARS - 1]}…"
    return f"{vote.at}  {vote.verdict:<7}  {' '.join(names)}  {short}"


def _as_json(vote: "Vote") -> dict[str, object]:
    contestants = [
        {"letter": each.letter, "target": each.target, "model": each.model, "best": each.is_best}
        for each in vote.contestants
    ]
    return {
        "id": vote.id,
        "at": vote.at,
        "prompt": vote.prompt,
        "verdict": str(vote.verdict),
        "contestants": contestants,
    }


def _as_csv(every: "list[Vote]") -> str:
    headings = ("id", "at", "verdict", "letter", "target", "model", "best", "prompt")
    rows = (
        (vote.id, vote.at, str(vote.verdict), each.letter, each.target, each.model, each.is_best, vote.prompt)
        for vote in every
        for each in vote.contestants
    )
    return csv_text(headings, rows, line_end="\n")
