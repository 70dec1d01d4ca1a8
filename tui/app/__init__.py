"""The screen: screens, widgets and themes. Pulls from the board once per frame; knows nothing of HTTP."""
