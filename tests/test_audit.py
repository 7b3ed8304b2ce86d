"""`make audit` finds what it is for."""

import base64
import hashlib
import json
import zipfile
from importlib import metadata

import pytest

from tools import audit


def advisory(name="Victim_Package", ecosystem="PyPI", **affected):
    package = {"name": name, "ecosystem": ecosystem}
    return {"id": "PYSEC-1", "summary": "runs\nanything", "affected": [{"package": package, **affected}]}


def between(*events):
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in events]}]}


@pytest.mark.parametrize(
    ("given", "affects"),
    [
        (advisory(versions=["1.9", "1.10"]), True),
        (advisory(versions=["1.1"]), False),
        (advisory(**between(("introduced", "0"), ("fixed", "1.11"))), True),
        (advisory(**between(("introduced", "0"), ("fixed", "1.10"))), False),
        (advisory(**between(("introduced", "0"), ("fixed", "1.9"))), False),
        (advisory(**between(("introduced", "1.11"))), False),
        (advisory(**between(("introduced", "0"), ("fixed", "1.2"), ("introduced", "1.9"))), True),
        (advisory(**between(("introduced", "0"), ("last_affected", "1.10"))), True),
        (advisory(**between(("introduced", "0"), ("last_affected", "1.9"))), False),
        (advisory(**between(("introduced", "what?"))), True),
        (advisory(name="other", versions=["1.10"]), False),
        (advisory(ecosystem="npm", versions=["1.10"]), False),
        ({**advisory(versions=["1.10"]), "withdrawn": "2026-01-01"}, False),
    ],
)
def test_advisories_are_held_against_the_lock(given, affects, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("PYSEC-1.json", json.dumps(given))
    found = [*audit.known_faults(tmp_path / "all.zip", {"victim-package": "1.10"})]
    assert found == (["victim-package 1.10: PYSEC-1 runs anything"] if affects else [])


def test_what_is_no_zip_of_advisories_is_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / "all.zip").write_text("<html>")
    with pytest.raises(ValueError, match="not a zip of OSV's advisories"):
        list(audit.known_faults(tmp_path / "all.zip", {}))


@pytest.mark.parametrize("line", ["a>=1", "a @ https://example.org/a.whl", "-e .", "./a.whl", "--index-url x", "a"])
def test_a_lock_has_only_pins(line):
    assert audit.pins(f"# by uv\nA.b[x]==1.0\n    # via c\n{audit.LOCK.read_text('utf-8')}")["a-b"] == "1.0"
    with pytest.raises(ValueError, match="is not name==version"):
        audit.pins(line)


def test_what_is_installed_is_what_is_locked():
    assert [*audit.differences({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1", "pip": "9"})] == [
        "b: locked 1, installed 2",
        "c: locked 1, installed not at all",
        "d: locked not at all, installed 1",
    ]


def test_files_that_were_changed_are_found(tmp_path):
    info = tmp_path / "a-1.dist-info"
    info.mkdir()
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"good").digest()).rstrip(b"=").decode()
    (info / "RECORD").write_text("".join(f"{n}.py,sha256={digest},4\n" for n in "abc") + "a-1.dist-info/RECORD,,\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\nLicense: Secret\n")
    (tmp_path / "a.py").write_bytes(b"good")
    (tmp_path / "b.py").write_bytes(b"evil")
    package = metadata.PathDistribution(info)
    assert [*audit.changed_files(package)] == ["a: b.py is changed", "a: c.py is missing"]
    assert audit.licence_problem(package) == "a: licence Secret, which nobody has looked at yet"


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("mit", True),
        ("MPL-2.0", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("MPL-2.0 AND Apache-2.0 OR MIT", True),
        ("(MPL-2.0 OR MIT) AND Apache-2.0", True),
        ("GPL-3.0-only OR BSD-3-Clause", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-MIT", False),
        ("MIT AND", False),
        ("Apache License, MIT", False),
        ("", False),
    ],
)
def test_a_licence_expression_is_parsed(expression, permissive):
    assert audit.is_permissive(expression) is permissive


def says(folder, name, expression):
    info = folder / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\nLicense-Expression: {expression}\n"
    )
    return metadata.PathDistribution(info)


def test_a_licence_that_binds_is_named_unless_somebody_has_looked_at_it(tmp_path):
    expression = "MPL-2.0 AND (Apache-2.0 OR MIT)"
    assert audit.licence_problem(says(tmp_path, "a", expression)) == (
        "a: licence MPL-2.0 AND (Apache-2.0 OR MIT), which nobody has looked at yet"
    )
    assert audit.licence_problem(says(tmp_path, "orjson", expression)) is None
    assert audit.licence_problem(says(tmp_path, "b", "MIT OR MPL-2.0")) is None


@pytest.mark.parametrize(("advisories", "code"), [(False, 2), (True, 0)])
def test_not_checked_is_neither_well_nor_found(advisories, code, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(audit.metadata, "distributions", lambda: [])
    monkeypatch.setattr(audit, "pins", lambda _: {})
    zipfile.ZipFile(tmp_path / "all.zip", "w").close()
    assert audit.main(str(tmp_path / "all.zip") if advisories else "") == code
    assert ("NOT CHECKED" in capsys.readouterr().out) is not advisories
