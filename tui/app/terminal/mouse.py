"""Switching the mouse on and off while the program runs. Reaches into Textual's driver, so every step is guarded."""

from textual.app import App


def set_mouse(app: App[object], on: bool) -> bool:
    """Ask the terminal for mouse events, or leave the mouse to it; False when this driver cannot."""
    driver = app._driver
    switch = getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support", None)
    if driver is None or switch is None:
        return False
    if on:
        driver._mouse = True  # without it the driver takes the request for a mistake
    switch()
    driver._mouse = on
    return True
