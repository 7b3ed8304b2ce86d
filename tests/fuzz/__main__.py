"""Coverage-guided fuzzing with atheris: ``python -m tests.fuzz TARGET [-max_total_time=300 …]``.

Targets are in `targets.py`; further arguments are libFuzzer's. What ends the fuzzer is said in `reading_checks.py` and
`mapping_checks.py`. The kernels run uncompiled, so that their branches are seen.
"""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["sftrm_quality.reading", "sftrm_quality.formats", "sftrm_quality.intake"],
    exclude=["sftrm_quality.dedup", "sftrm_quality.text"],
):
    from tests.fuzz.targets import TARGETS

# Bytes: a small workbook or Parquet file has that many. Texts are read uncompiled, as slowly as they are long.
_LONGEST = 8192
# Uncompiled, the hash of a key overflows with a warning.
warnings.simplefilter("ignore", RuntimeWarning)


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"expected one of {', '.join(TARGETS)}")
    target = TARGETS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as folder:
        seeds, work = Path(folder) / "seeds", Path(folder) / "work"
        seeds.mkdir()
        work.mkdir()
        for number, seed in enumerate(target.seeds()):
            if len(seed) <= _LONGEST:
                (seeds / str(number)).write_bytes(seed)
        given = [sys.argv[0], f"-max_len={_LONGEST}", "-timeout=60", *sys.argv[2:], str(seeds)]
        more = {}
        if (mutated := target.mutated) is not None:
            more["custom_mutator"] = lambda data, longest, seed: mutated(data, longest, seed, atheris.Mutate)
        atheris.Setup(given, lambda data: target.check(data, work), **more)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
