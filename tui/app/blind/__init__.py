"""Blind rounds: letters in the place of names until a vote, the vote, and the scores."""
