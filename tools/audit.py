"""``make audit``: what is installed is what is locked, unchanged, under licences we take, and without known faults.

Known faults are looked up in a file of advisories, so that a machine without a network can do it too: OSV's export for
PyPI (``PyPI/all.zip`` of its public bucket), as one zip of JSON files. Exit codes: 0 all is well; 1 found something;
2 found nothing, but known faults were NOT CHECKED, because no advisories were given.
"""

import ast
import base64
import csv
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
# What makes a virtual environment, and ourselves.
_NOT_LOCKED = {"pip", "setuptools", "sftrm-quality"}
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)")
# As classifiers and free texts of older packages name them.
_PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|CC0|Unlicense|Public Domain")
# As licence expressions do (SPDX).
_PERMISSIVE_IDS = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"),
    *("CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
}
# Weak copyleft binds changes to their own files, and we change none.
_LICENCES_TAKEN = {
    "certifi": "MPL 2.0",
    "hypothesis": "MPL 2.0, only for tests",
    "orjson": "MPL 2.0 for a part; imported as it is",
    "pathspec": "MPL 2.0, only for checks",
    "pygal": "LGPL 3, imported as it is",
    "text-unidecode": "Artistic License by choice; imported as it is",
}


def pins(lock: str) -> dict[str, str]:
    """Package → version of a lock. Raises ValueError for a line that is no pin: a range, a path, an address."""
    found: dict[str, str] = {}
    for line in lock.splitlines():
        if line and not line.lstrip().startswith("#"):
            match = _PIN.fullmatch(line.partition(";")[0].strip())
            if match is None:
                raise ValueError(f"{line!r} is not name==version")
            found[canonicalize_name(match["name"])] = match["version"]
    return found


def differences(locked: Mapping[str, str], installed: Mapping[str, str]) -> Iterator[str]:
    """What is installed and not locked, or the other way round, or in another version."""
    for name in sorted(locked.keys() | installed.keys() - _NOT_LOCKED):
        if locked.get(name) != installed.get(name):
            yield f"{name}: locked {locked.get(name, 'not at all')}, installed {installed.get(name, 'not at all')}"


def changed_files(package: metadata.Distribution) -> Iterator[str]:
    """Files of a package whose bytes are not those that its wheel had (its RECORD)."""
    for path, digest, _ in csv.reader((package.read_text("RECORD") or "").splitlines()):
        if digest:
            kind, _, expected = digest.partition("=")
            file = Path(str(package.locate_file(path)))
            content = file.read_bytes() if file.is_file() else b""
            found = base64.urlsafe_b64encode(hashlib.new(kind, content).digest()).rstrip(b"=").decode()
            if found != expected:
                yield f"{package.metadata['Name']}: {path} is {'changed' if file.is_file() else 'missing'}"


def licence_problem(package: metadata.Distribution) -> str | None:
    """What is wrong with a package's licence.

    Args:
        package: As it is installed; what it says of itself counts.

    Returns:
        A line for people where it is neither permissive nor in the list of those that were looked at, else None.
    """
    # What it is; the protocol that it is declared as lacks `get`.
    about = cast(Message, package.metadata)
    name = canonicalize_name(about["Name"])
    if name in _LICENCES_TAKEN:
        return None
    if expression := about.get("License-Expression"):
        said, permissive = expression, is_permissive(expression)
    else:
        classifiers = [
            c.rpartition("::")[2].strip() for c in about.get_all("Classifier", []) if c.startswith("License")
        ]
        said = "; ".join(classifiers) or (about.get("License") or "none")[:80]
        permissive = bool(_PERMISSIVE.search(said)) and not re.search("GPL", said)
    return None if permissive else f"{name}: licence {said}, which nobody has looked at yet"


def is_permissive(expression: str) -> bool:
    """Whether a licence expression (SPDX) leaves a choice that binds nobody to anything: of AND all parts must.

    Args:
        expression: For instance ``MPL-2.0 AND (Apache-2.0 OR MIT)``; what is no expression is not permissive.
    """
    try:
        canonical = canonicalize_license_expression(expression)
    except InvalidLicenseExpression:
        return False
    # The same as Python, whose parser knows what binds first: AND before OR, brackets before both.
    python = re.sub(
        r"[^\s()]+(?: WITH [^\s()]+)?",
        lambda found: {"AND": "and", "OR": "or"}.get(found[0]) or str(found[0] in _PERMISSIVE_IDS),
        canonical,
    )
    return _value(ast.parse(python, mode="eval").body)


def _value(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        parts = map(_value, node.values)
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    assert isinstance(node, ast.Constant)
    return bool(node.value)


def known_faults(advisories: Path, locked: Mapping[str, str]) -> Iterator[str]:
    """Advisories (OSV schema 1) that a locked version is affected by. Raises OSError, ValueError for no such zip."""
    try:
        with zipfile.ZipFile(advisories) as archive:
            for name in archive.namelist():
                advisory = json.loads(archive.read(name))
                if "withdrawn" not in advisory:
                    for affected in advisory.get("affected", []):
                        about = affected["package"]
                        package = canonicalize_name(about["name"])
                        if about["ecosystem"] == "PyPI" and _affects(affected, locked.get(package)):
                            said = " ".join((advisory.get("summary") or "").split())
                            yield f"{package} {locked[package]}: {advisory['id']} {said}"
    except zipfile.BadZipFile as error:
        raise ValueError(f"{advisories}: not a zip of OSV's advisories: {error}") from error


def _affects(affected: Mapping[str, Any], version: str | None) -> bool:
    if version is None:
        return False
    ranges = [r["events"] for r in affected.get("ranges", []) if r["type"] == "ECOSYSTEM"]
    return version in affected.get("versions", []) or any(_within(events, Version(version)) for events in ranges)


def _within(events: list[dict[str, str]], version: Version) -> bool:
    """Whether the last event at or before a version leaves it affected."""
    steps = []
    for event in events:
        ((kind, text),) = event.items()
        try:
            steps.append((Version(text), kind))
        except InvalidVersion:
            return True  # rather looked at by a person than passed over
    inside = False
    for at, kind in sorted(steps):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def main(advisories: str) -> int:
    """The exit code; what is found is printed. advisories: path of the zip, empty for none."""
    locked = pins(LOCK.read_text("utf-8"))
    packages: dict[str, metadata.Distribution] = {
        canonicalize_name(package.metadata["Name"]): package for package in metadata.distributions()
    }
    found = [*differences(locked, {name: package.version for name, package in packages.items()})]
    for name in sorted(locked.keys() & packages.keys()):
        found += changed_files(packages[name])
        found += filter(None, [licence_problem(packages[name])])
    if advisories:
        found += known_faults(Path(advisories), locked)
    print(*found, f"{len(locked)} locked packages, {len(found)} findings", sep="\n")
    if not advisories:
        print("known faults: NOT CHECKED; give OSV's export for PyPI with make audit ADVISORIES=all.zip")
    return 1 if found else 0 if advisories else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
