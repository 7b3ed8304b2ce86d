"""How the samples of ``data/raw`` are made; ``data/make_samples.py`` is the command."""
