"""How often the checks of texts are right: ``python -m benchmarks verdicts``.

Each module here has made-up records for some reasons, planted ones and clean ones, and others that are set apart.
"""
