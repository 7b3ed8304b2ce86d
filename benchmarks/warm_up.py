"""Build what is built at first use (numba's machine code), so that the first run of a user does not wait for it."""

import tempfile
from pathlib import Path

from sftrm_quality.config import RunConfig
from sftrm_quality.job import run
from sftrm_quality.run_record import Mode

if __name__ == "__main__":
    samples = Path(__file__).resolve().parent.parent / "data" / "raw"
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"  # of which the samples have none
        table.write_text("data_id,question,answer\n1,why?,so\n")
        run(RunConfig(raw=[samples, table], out=Path(folder) / "out"), Mode.CHECK)
