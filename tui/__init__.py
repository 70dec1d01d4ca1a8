"""sidestream: several LLM APIs streaming side by side in the terminal, with an honest stopwatch on each."""

__version__ = "0.1.0"
