"""Raw folders for nights one after the other; output folders as an outsider sees them, only by json and hashes."""

import hashlib
import json
import re
import shutil
from collections import Counter

from tests.test_determinism import make_records

SFT, RM = make_records(60)
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


def night(raw, number):
    """The raw folder as it is on a night: two files of the first one, and a new one each time."""
    raw.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record) + "\n" for record in SFT]
    (raw / "a_sft.jsonl").write_text("".join(lines[:40]))
    (raw / "b_rm.json").write_text(json.dumps({"data_info": RM[:30]}))
    for later in range(1, number + 1):
        (raw / f"c_{later}.jsonl").write_text("".join(lines[35 + 5 * later : 40 + 5 * later]))
    return raw


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def data_files(release):
    """Name → hash of every file of data and exports of a release, which are those of its manifest, byte for byte."""
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    files = [p for p in release.rglob("*") if p.is_file() and p.parent != release]
    found = {p.relative_to(release).as_posix(): sha256(p) for p in files}
    listed = manifest["data_files"] | {k: v for e in manifest["exports"].values() for k, v in e["files"].items()}
    assert found == {name: file["sha256"] for name, file in listed.items()}, release
    assert (release / "README.md").is_file()
    return found


def current(out):
    """The data files of the release that LATEST names; None without one."""
    latest = out / "LATEST"
    return data_files(out / "releases" / latest.read_text("utf-8").strip()) if latest.exists() else None


def every_release_is_whole(out):
    releases = sorted((out / "releases").iterdir())
    for release in releases:
        data_files(release)
    return len(releases)


def reported(out):
    """Verdicts of all runs. Each has its quarantine and duplicates, or names those of another run."""
    verdicts = []
    for path in sorted(out.glob("reports/*/report.json")):
        report = json.loads(path.read_text("utf-8"))
        assert all((out / report["paths"][name]).is_file() for name in ("quarantine", "duplicates")), path
        verdicts.append(report["verdict"])
    return verdicts


def tree(out):
    """Everything in a folder, by name and by the bytes of what is data. Run ids, which are always others, are left out;
    how many there are is not."""
    names = Counter()
    for path in out.rglob("*"):
        name = _RUN_ID.sub("RUN", path.relative_to(out).as_posix())
        names[name, sha256(path) if path.suffix in (".parquet", ".arrow", ".npy") else ""] += 1
    return names


def again(template, out):
    """A fresh copy of an output folder."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(template, out)
    return out
