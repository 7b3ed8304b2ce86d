"""``croissant.json``: the data files of a release and their columns, as MLCommons' Croissant 1.0 describes data sets.

Read on 2026-11-29 from mlcroissant 1.1.1, which accepts it: a file object with a hash for each data file, a
file set over those of a label kind, a record set with the columns that hold text and positions. What lies in lists
(responses, earlier turns) is a field with sub-fields. A record set has the records of all splits; which one a record is
in is a field, taken from the name of its file, by which they are told apart (``filters={"sft/split": "train"}``).
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from sftrm_quality.config import CardSettings
from sftrm_quality.records import COLUMNS, PUBLISHED, LabelKind, SplitName
from sftrm_quality.run_record import DataFile, Making

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {pa.string(): "sc:Text", pa.int32(): "sc:Integer", pa.int64(): "sc:Integer", pa.float64(): "sc:Float"}


def croissant(
    release_id: str, created: str, made: Making, data_files: Mapping[str, DataFile], settings: CardSettings
) -> dict[str, Any]:
    """The description of a release.

    Args:
        release_id: Its id.
        created: When it was made.
        made: What the manifest says of it.
        data_files: By their paths in the release.
        settings: What was declared of it.

    Returns:
        The JSON-LD of ``croissant.json``.
    """
    kinds = [kind for kind in LabelKind if any(file.label_kind is kind for file in data_files.values())]
    distribution = [_file(name, file) for name, file in sorted(data_files.items()) if file.split is not None]
    distribution += [_files_of(kind) for kind in kinds]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": release_id,
        "description": "SFT and RM label data that was checked, deduplicated and split by prompt.",
        "version": made.versions.get("sftrm-quality", ""),
        "datePublished": created,
        **({"license": settings.license} if settings.license else {}),
        **({"inLanguage": list(settings.languages)} if settings.languages else {}),
        "distribution": distribution,
        "recordSet": [_splits(), *(_records_of(kind) for kind in kinds)],
    }


def _file(name: str, file: DataFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _files_of(kind: LabelKind) -> dict[str, Any]:
    """Not contained in anything, it is looked for beside ``croissant.json``."""
    return {
        "@type": "cr:FileSet",
        "@id": f"{kind}-files",
        "name": f"{kind}-files",
        "encodingFormat": "application/x-parquet",
        "includes": f"{kind}/*.parquet",
    }


def _records_of(kind: LabelKind) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": str(kind),
        "name": str(kind),
        "key": {"@id": f"{kind}/record_id"},
        "field": [_split_field(kind), *(_field(kind, field) for field in PUBLISHED[kind])],
    }


def _splits() -> dict[str, Any]:
    """The names of all splits, which fields refer to."""
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "name": "splits/name", "dataType": "sc:Text"}],
        "data": [{"splits/name": str(split)} for split in SplitName],
    }


def _split_field(kind: LabelKind) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{kind}/split",
        "name": f"{kind}/split",
        "description": "Train, validation or test.",
        "dataType": "sc:Text",
        "references": {"field": {"@id": "splits/name"}},
        "source": {
            "fileSet": {"@id": f"{kind}-files"},
            "extract": {"fileProperty": "filename"},
            "transform": {"regex": f"^({'|'.join(SplitName)}).*$"},  # put to its own result too
        },
    }


def _field(kind: LabelKind, field: pa.Field) -> dict[str, Any]:
    name = f"{kind}/{field.name}"
    described = {"@type": "cr:Field", "@id": name, "name": name, "description": COLUMNS[field.name]}
    source = {"fileSet": {"@id": f"{kind}-files"}, "extract": {"column": field.name}}
    if not pa.types.is_list(field.type):
        return {**described, "dataType": _TYPES[field.type], "source": source}
    if not pa.types.is_struct(field.type.value_type):
        return {**described, "repeated": True, "dataType": _TYPES[field.type.value_type], "source": source}
    inner = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{part.name}",
            "name": f"{name}/{part.name}",
            "dataType": _TYPES[part.type],
            "source": {**source, "transform": {"jsonPath": part.name}},
        }
        for part in field.type.value_type
    ]
    return {**described, "repeated": True, "subField": inner}
