"""What ``python -m benchmarks verdicts`` measures, by name."""

from benchmarks.verdicts import personal
from benchmarks.verdicts.frame import Module

MODULES: dict[str, Module] = {"personal": personal.MODULE}
