"""All trainers, in the order in which they are listed. A new one is a module and a line here (and in `config`)."""

from sftrm_quality.preflight.llama_factory import LLAMA_FACTORY
from sftrm_quality.preflight.trl import TRL_DPO, TRL_REWARD, TRL_SFT

TRAINERS = {trainer.name: trainer for trainer in (TRL_SFT, TRL_REWARD, TRL_DPO, LLAMA_FACTORY)}
