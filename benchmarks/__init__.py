"""Measured against the product's own targets, the usual script and the peers: ``python -m benchmarks --help``."""
