"""What the dashboard does about blind rounds: begin one, take the vote, tell who was who, show the scores."""

import asyncio
from typing import Final

from tui.app.blind.ballots import Ballots
from tui.app.blind.blind import Round
from tui.app.blind.contest import Candidate, candidates, hindrance
from tui.app.blind.scores_screen import ScoresScreen
from tui.app.blind.vote_dialog import Ballot, VoteDialog
from tui.app.dashboard_part import DashboardPart
from tui.app.notices import say
from tui.app.shown import content, toast
from tui.core.clean import clean, clean_line
from tui.core.redact import Redactor
from tui.core.scores import scores_of
from tui.core.votes import Verdict, Vote

_NAMED: Final = 4
"""Targets that a sentence names; of more, the titles of their panes tell."""


class BlindActions(DashboardPart):
    """The part of the dashboard that hides and tells."""

    ballots: Ballots

    # -- the mode ---------------------------------------------------------------------------------------------------

    @property
    def is_blind(self) -> bool:
        """Whether the mode is on."""
        return self.run.blind.is_on

    def action_toggle_blind(self) -> None:
        """Switch the mode; a round that was not voted is told."""
        blind = self.run.blind
        blind.is_on = not blind.is_on
        if blind.is_on:
            asked = "; it begins a new conversation" if self.run.prompt is not None else ""
            say(self, f"Blind from the next prompt on{asked}. {self.key_named('blind.vote')} votes.")
        else:
            say(self, " ".join(["Blind mode is off.", *self._told_without_vote()]))
            self._end_round()
        self.refresh_bindings()
        self.show_mode()
        self.show_now()

    def show_mode(self) -> None:
        """Say in the prompt box what the next prompt will do."""
        blind = self.run.blind
        blind.vote_key = self.key_named("blind.vote")
        if not blind.is_on:
            words = "Ask all of them…"
        elif blind.hides:
            words = f"Go on with all of them, or vote: {self.key_named('blind.vote', while_typing=True)}…"
        elif blind.round is not None:
            words = "The next prompt begins a new conversation, and another blind round…"
        else:
            words = "Ask all of them, blind…"
        self.prompt_box.placeholder = content(clean_line(words))

    def begin_round_if_due(self, prompt: str) -> None:
        """A prompt to all is about to be sent; in blind mode it begins a round, unless one is being played."""
        blind = self.run.blind
        if not blind.is_on or blind.hides:
            return
        self.run.begin_anew()
        blind.begin(self.run.targets, prompt)
        self.deal()

    def end_round_for_line_up(self) -> None:
        """The line-up changes: what was voted stands, and the panes go back to its order."""
        self.run.blind.end()
        self.show_mode()

    def deal(self) -> None:
        """Every place on the screen may stand for another target now, and nothing may tell which it was."""
        for view in self.all_views():
            view.dealt()
        self.refresh_bindings()
        self.show_mode()

    def _end_round(self) -> None:
        was_played = self.run.blind.round is not None
        self._tell()
        self.run.blind.end()
        if was_played:
            for view in self.all_views():
                view.targets_changed({})

    def _tell(self) -> None:
        """Names and figures, everywhere and at once."""
        if self.run.blind.hides:
            self.run.blind.uncover()
            self.conversing.end()
            for view in self.all_views():
                view.revealed()
            self.refresh_bindings()

    def _told_without_vote(self) -> list[str]:
        played = self.run.blind.round
        if played is None or not played.is_hidden:
            return []
        return ["Nothing was voted.", *_who_was_who(played)]

    # -- the vote ---------------------------------------------------------------------------------------------------

    def action_vote(self) -> None:
        """Ask for the vote, or say why there can be none."""
        played = self.run.blind.round
        if not self.is_blind:
            say(self, f"A vote belongs to a blind round; {self.key_named('blind.toggle')} switches the mode on.")
        elif played is None or played.is_settled:
            say(self, "There is nothing to vote on; the next prompt begins a blind round.")
        elif played.is_hidden and (why := hindrance(self.run)):
            say(self, why)
        elif played.is_hidden:
            self._ask_for_vote(played, candidates(self.run, played, self.lineups))
        elif played.contestants:
            self._ask_for_vote(played, [Candidate(each, clean_line(each.target)) for each in played.contestants])

    def _ask_for_vote(self, played: Round, standing: list[Candidate]) -> None:
        contestants = tuple(candidate.contestant for candidate in standing)
        absent = [letter for letter in played.letters.values() if letter not in {each.letter for each in contestants}]

        def take(ballot: Ballot | None) -> None:
            if ballot is not None and self.run.blind.round is played:
                played.contestants = contestants
                self._take(played, ballot)

        self.app.push_screen(VoteDialog(self.keymap, standing, absent, _ballot_of(played.vote)), take)

    def _take(self, played: Round, ballot: Ballot) -> None:
        before = played.vote
        if ballot.verdict is None:
            played.vote = None
            words = f"The vote is taken back. {self.key_named('blind.vote')} votes anew, until the next prompt."
        else:
            id, at = (before.id, before.at) if before else self.ballots.stamp()
            # What a vote remembers of the prompt goes to a file, like everything else without keys and controls.
            prompt = clean(Redactor.of_targets(self.run.targets).text(played.prompt))
            played.vote = Vote(id, at, prompt, ballot.verdict, ballot.marked(played.contestants))
            words = f"{_told(played, played.vote)} {self.key_named('blind.vote')} changes it until the next prompt."
        self._tell()
        self.show_mode()
        self.show_now()
        say(self, words)
        self.run_worker(self._keep(played.vote, before), exit_on_error=True)

    async def _keep(self, vote: Vote | None, before: Vote | None) -> None:
        problem = ""
        if vote is not None:
            problem = await self.ballots.cast(vote)
        elif before is not None:
            problem = await self.ballots.take_back(before)
        if problem:
            toast(self.app, clean_line(problem), "warning", seconds=10)

    # -- the scores -------------------------------------------------------------------------------------------------

    def action_scores(self) -> None:
        """What all votes come to; not while they could sway one."""
        if self.run.blind.hides:
            say(self, f"The scores come after the vote ({self.key_named('blind.vote')}).")
        else:
            self.run_worker(self._show_scores(), group="scores", exclusive=True)

    async def _show_scores(self) -> None:
        votes, problem = await self.ballots.every()
        scores = await asyncio.to_thread(scores_of, votes)
        if not self.run.blind.hides:
            self.app.push_screen(ScoresScreen(self.keymap, scores, problem))


def _ballot_of(vote: Vote | None) -> Ballot | None:
    if vote is None:
        return None
    return Ballot(vote.verdict, vote.best.letter if vote.best else "")


def _told(played: Round, vote: Vote) -> str:
    """Who it was, in a sentence."""
    if vote.best is not None:
        name = next(name for name, letter in played.letters.items() if letter == vote.best.letter)
        return f"{vote.best.letter} was {clean_line(name)}: voted best."
    words = "A tie." if vote.verdict is Verdict.TIE else "All voted bad."
    return " ".join([words, *_who_was_who(played)])


def _who_was_who(played: Round) -> list[str]:
    if len(played.letters) > _NAMED:
        return []
    return [f"{', '.join(f'{letter} was {clean_line(name)}' for name, letter in played.letters.items())}."]
