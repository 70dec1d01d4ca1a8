"""Actions of blind rounds: the mode, the vote and its dialog, the scores."""

from functools import partial

from tui.app.actions.action import Action, Place

_blind = partial(Action, place=Place.DASHBOARD, section="Blind rounds")
_vote = partial(Action, place=Place.VOTE, section="Here")

BLIND = (
    _blind("blind.toggle", "f9", "blind mode", "Letters in the place of names and figures until you vote, or not.",
           call="toggle_blind"),
    _blind("blind.vote", "v,alt+v", "vote", "Say which answer is best; then names and figures are told.", call="vote",
           in_bar=True),
    _blind("blind.scores", "V", "scores", "What all votes come to, pair by pair.", call="scores"),
)  # fmt: skip
BLIND_DIALOGS = (
    _vote("vote.take", "enter", "take", "Vote as the line says.", call="take_vote"),
    _vote("vote.down", "down", "down", "The choice below.", call="choose_vote(1)"),
    _vote("vote.up", "up", "up", "The choice above.", call="choose_vote(-1)"),
    *(
        _vote(f"vote.best.{letter.lower()}", f"{letter},{letter.lower()}", f"best is {letter}",
              "That answer is the best one.", call=f"vote_best('{letter}')")
        for letter in "ABCDEFGHIJKLMNOP"
    ),
    _vote("vote.tie", "=,T,t", "tie", "Nobody is better than another.", call="vote_tie"),
    _vote("vote.bad", "0", "all bad", "Nobody is any good.", call="vote_bad"),
    _vote("vote.take_back", "U,u", "take back", "As if nothing had been voted.", call="take_back"),
    _vote("vote.close", "escape,q", "close", "Without a vote.", call="close_vote"),
    Action("scores.close", "escape,q,V", "close", "Back to the dashboard.", Place.SCORES, "Here", call="close_scores"),
)  # fmt: skip
