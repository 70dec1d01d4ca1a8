"""The vote: one of the answers, a tie, or none of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.app.actions import Place
from tui.app.actions.keymap import Keymap
from tui.app.blind.contest import Candidate
from tui.app.dialogs.dialog import Dialog
from tui.app.shown import Styled, Words, assembled, content, name_shown
from tui.core.clean import Clean, clean_line
from tui.core.votes import Contestant, Verdict


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the user chose."""

    verdict: Verdict | None
    """None takes back the vote there was."""
    letter: str = ""
    """Of the best one."""

    def marked(self, contestants: Sequence[Contestant]) -> tuple[Contestant, ...]:
        """The contestants with the best one known."""
        return tuple(replace(each, is_best=each.letter == self.letter) for each in contestants)


class VoteDialog(Dialog[Ballot | None]):
    """Dismissed with the ballot, or None. At the bottom, so that the answers can be read above it."""

    DEFAULT_CSS = """
    VoteDialog {
        align: center bottom; background: $background 20%;
        & > Vertical {
            width: 76; height: auto; max-height: 100%;
        }
        & OptionList {
            height: auto; max-height: 18; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        & Words { color: $text-muted; height: auto; width: 100%; }
    }
    """

    def __init__(
        self, keymap: Keymap, candidates: Sequence[Candidate], absent: Sequence[str], last: Ballot | None
    ) -> None:
        """`absent`: letters of those that take no part. `last`: the vote there is, to be changed; None before it."""
        super().__init__()
        keymap.bind(self, Place.VOTE)
        both = "both" if len(candidates) == 2 else "all"
        self._letters = [candidate.contestant.letter for candidate in candidates]
        self._rows: list[tuple[Ballot, Clean, Clean]] = [
            *(
                (
                    Ballot(Verdict.BEST, candidate.contestant.letter),
                    name_shown(candidate.contestant.letter),
                    candidate.preview,
                )
                for candidate in candidates
            ),
            (Ballot(Verdict.TIE), Clean("="), Clean("a tie")),
            (Ballot(Verdict.ALL_BAD), Clean("0"), clean_line(f"{both} bad")),
            *([(Ballot(None), Clean("U"), Clean("take the vote back"))] if last is not None else []),
        ]
        self._absent = absent
        self._last = last
        self._list = OptionList(compact=True)
        self._words = Words()

    def compose(self) -> ComposeResult:
        """The choices, and who is none."""
        with Vertical() as box:
            box.border_title = content(Clean("vote · which answer is best?"))
            box.border_subtitle = content(Clean("enter or its letter takes it · escape closes"))
            yield self._list
            yield self._words

    def on_mount(self) -> None:
        """To the vote there is, or the first answer."""
        self._list.add_options([Option(assembled(*self._line(*row))) for row in self._rows])
        ballots = [ballot for ballot, _, _ in self._rows]
        self._list.highlighted = ballots.index(self._last) if self._last in ballots else 0
        self._list.focus()
        self._words.display = bool(self._absent)
        if self._absent:
            verb = "takes" if len(self._absent) == 1 else "take"
            self._say(f"{', '.join(self._absent)} {verb} no part: failed, interrupted or empty.")

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter or a click on a line."""
        self.dismiss(self._rows[message.option_index][0])

    def action_take_vote(self) -> None:
        """The line the user is at."""
        if self._list.highlighted is not None:
            self.dismiss(self._rows[self._list.highlighted][0])

    def action_choose_vote(self, by: int) -> None:
        """Another line."""
        self._list.highlighted = ((self._list.highlighted or 0) + by) % len(self._rows)

    def action_vote_best(self, letter: str) -> None:
        """This answer, if it takes part."""
        if letter in self._letters:
            self.dismiss(Ballot(Verdict.BEST, letter))
        else:
            self._say(f"There is no answer {letter} to vote for.")

    def action_vote_tie(self) -> None:
        """Nobody is better than another."""
        self.dismiss(Ballot(Verdict.TIE))

    def action_vote_bad(self) -> None:
        """Nobody is any good."""
        self.dismiss(Ballot(Verdict.ALL_BAD))

    def action_take_back(self) -> None:
        """As if nothing had been voted."""
        if self._last is not None:
            self.dismiss(Ballot(None))

    def action_close_vote(self) -> None:
        """Nothing is voted."""
        self.dismiss(None)

    def _say(self, sentence: str) -> None:
        self._words.display = True
        self._words.show(content(clean_line(sentence)))

    def _line(self, ballot: Ballot, sign: Clean, words: Clean) -> tuple[Styled, ...]:
        is_last = Clean("◆ ") if ballot == self._last else Clean("  ")
        return (is_last, "$accent"), (clean_line(f"{sign:<4}"), "bold"), (words, "")
