"""One target's pane: its border, its figures, its answer, and the area all panes share."""
