"""Texts as shards of the library, for benchmarks of single steps of it."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from sftrm_quality import dedup
from sftrm_quality.config import NearDuplicates
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind


def write_shard(folder: Path, name: str, questions: pa.Array, answers: pa.Array, threshold: float) -> dedup.ShardKeys:
    """SFT records of these texts and their fingerprints for a threshold, in two files of a folder."""
    schema = CANDIDATE_FIELDS[LabelKind.SFT]
    given = {"question": questions, "answer": answers}
    columns = [given.get(field.name, pa.nulls(len(questions), field.type)) for field in schema]
    records = pa.table(columns, schema=schema)
    forms, warnings = dedup.form_columns(LabelKind.SFT, records), np.zeros(len(records), np.uint16)
    keys = dedup.fingerprint(LabelKind.SFT, records, forms, warnings, NearDuplicates(threshold=threshold))
    paths = [folder / f"{part}-{name}.arrow" for part in ("keys", "records")]
    for path, table in zip(paths, (keys, records), strict=True):
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return dedup.ShardKeys(*paths, LabelKind.SFT, len(records))
