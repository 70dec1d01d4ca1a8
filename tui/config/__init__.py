"""What the user configured: providers, keys and limits, as frozen values. Reads the environment; knows no network."""
