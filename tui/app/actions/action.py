"""What an action is, and where on the screen it can be had."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where an action belongs: who carries it out, and when its keys work."""

    EVERYWHERE = "everywhere"
    """In the whole program, dialogs included; the app carries it out."""
    DASHBOARD = "dashboard"
    """In the prompt box and in every view; the dashboard carries it out."""
    VIEWS = "views"
    """In every view. Letters are text while a prompt is typed; the dashboard carries it out."""
    PROMPT = "prompt"
    """While a prompt is typed; the prompt box carries it out."""
    PANES = "panes"
    """While the panes are on screen; that view carries it out. So for the other views."""
    RACE = "race"
    DIFF = "diff"
    INSPECTOR = "inspector"
    HISTORY = "history"
    MONITOR = "monitor"
    HELP = "help"
    """In the help; that dialog carries it out. So for the other dialogs."""
    FILE = "file"
    SETTINGS = "settings"
    LOGPROBS = "logprobs"
    CALLS = "calls"
    TARGET = "target"
    LINEUPS = "lineups"
    QUESTION = "question"
    VOTE = "vote"
    SCORES = "scores"

    @property
    def is_view(self) -> bool:
        """Whether it is one of the views of a run, and not a dialog or a group of places."""
        return self in _VIEWS

    def shares_keys_with(self, other: "Place") -> bool:
        """Whether one key could mean an action here and one there at the same time."""
        return self is other or other in _ABOVE.get(self, ()) or self in _ABOVE.get(other, ())


_VIEWS = (Place.PANES, Place.RACE, Place.DIFF, Place.INSPECTOR, Place.HISTORY, Place.MONITOR)
_ABOVE = {
    Place.DASHBOARD: (Place.EVERYWHERE,),
    Place.VIEWS: (Place.EVERYWHERE, Place.DASHBOARD),
    Place.PROMPT: (Place.EVERYWHERE, Place.DASHBOARD),
    Place.HELP: (Place.EVERYWHERE,),
    Place.FILE: (Place.EVERYWHERE,),
    Place.SETTINGS: (Place.EVERYWHERE,),
    Place.LOGPROBS: (Place.EVERYWHERE,),
    Place.CALLS: (Place.EVERYWHERE,),
    Place.TARGET: (Place.EVERYWHERE,),
    Place.LINEUPS: (Place.EVERYWHERE,),
    Place.QUESTION: (Place.EVERYWHERE,),
    Place.VOTE: (Place.EVERYWHERE,),
    Place.SCORES: (Place.EVERYWHERE,),
    **dict.fromkeys(_VIEWS, (Place.EVERYWHERE, Place.DASHBOARD, Place.VIEWS)),
}
"""The wider places whose keys also work in a place."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do. Keys, key bar, palette, help and the `[keys]` table are all made from it."""

    id: str
    """What `[keys]` calls it: `stream.cancel`."""
    keys: str
    """Its keys unless they are remapped, comma-separated; the first is the one that is shown."""
    label: str
    """A word or two, for the key bar and the palette."""
    help: str
    """A sentence. Neighbours with the same sentence are one row of the help."""
    place: Place
    section: str
    """Heading it stands under in the help."""
    call: str
    """The method without its `action_`, with arguments if there are any: `focus_pane(1)`."""
    in_bar: bool = False
    """Whether the key bar shows it while there is room."""
    is_urgent: bool = False
    """Works before the focused widget sees the key, and in dialogs."""

    @property
    def title(self) -> str:
        """What the palette calls it."""
        return self.label[:1].upper() + self.label[1:]
