"""Actions of the race: rows, columns, and what is shown below the table."""

from functools import partial

from tui.app.actions.action import Action, Place

_race = partial(Action, place=Place.RACE, section="Race")

RACE = (
    Action("view.race", "f3", "race", "All targets in one table, and where their time went.", Place.DASHBOARD,
           "Moving", "open_view('race')"),
    _race("race.down", "j,down", "next target", "To the target below.", call="row(1)"),
    _race("race.up", "k,up", "previous target", "To the target above.", call="row(-1)"),
    _race("race.top", "g,home", "first target", "To the first row.", call="row(-1000)"),
    _race("race.end", "G,end", "last target", "To the last row.", call="row(1000)"),
    _race("race.column.previous", "<,left", "column before", "To the column at the left; the table scrolls with it.",
          call="column(-1)"),
    _race("race.column.next", ">,right", "next column", "To the column at the right; the table scrolls with it.",
          call="column(1)"),
    _race("race.sort", "s", "sort", "Sort by this column; once more, the other way round.", call="sort", in_bar=True),
    _race("race.plot", "p", "plot", "Waterfall, plot of the token rate, or both where there is room.", call="plot",
          in_bar=True),
    _race("race.open", "enter", "open", "This target's answer, in a pane with all the room.", call="open",
          in_bar=True),
    _race("race.copy", "y", "copy table", "Copy all columns, with tabs between, for a spreadsheet.",
          call="copy_table"),
)  # fmt: skip
