"""What ``python -m benchmarks verdicts`` measures, by name."""

from benchmarks.verdicts import garbled, leftovers, personal, speakers, stand_ins, template_tokens, turns
from benchmarks.verdicts.frame import Module

MODULES: dict[str, Module] = {
    "personal": personal.MODULE,
    "stand_ins": stand_ins.MODULE,
    "template_tokens": template_tokens.MODULE,
    "garbled": garbled.MODULE,
    "turns": turns.MODULE,
    "leftovers": leftovers.MODULE,
    "speakers": speakers.MODULE,
}
