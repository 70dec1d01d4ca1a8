"""How likely the model found each token of its answer: a dialog over the dashboard."""
