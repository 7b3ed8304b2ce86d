"""Preflight: what a trainer would make of a release with a given tokenizer, before it trains.

A trainer is a module with its rules and where they were read, and a line in `trainers`.
"""

from sftrm_quality.preflight.asking import Asked, asked_of
from sftrm_quality.preflight.measuring import preflights
from sftrm_quality.preflight.tokenizing import Model, read_tokenizer
from sftrm_quality.preflight.trainers import TRAINERS

__all__ = ["TRAINERS", "Asked", "Model", "asked_of", "preflights", "read_tokenizer"]
