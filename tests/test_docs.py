"""The docs are true: their commands run, their settings load, the files they name exist."""

import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sftrm_quality.config_loading import load_config
from sftrm_quality.formats import formats_of
from tests.clients.tiny_tokenizer import make_tokenizer
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
SITE = runpy.run_path(str(ROOT / "docs" / "site" / "conf.py"))
# What the site has as pages, and a reader of the repository as files.
DOCS = sorted({str(path.relative_to(ROOT)) for glob in SITE["include_patterns"] for path in ROOT.glob(glob)})
# Commands that publish, decide or serve are run in tests of their own; here only that they and their options are known.
ONLY_KNOWN = ("run", "check", "serve", "decide", "rollback", "act", "corrections")


def blocks(language, text=README):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_make_targets_of_the_docs_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {m for name in DOCS for m in re.findall(r"^make (\w+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)}
    assert {"run", "test", "check"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_the_clients_of_the_readme_have_the_versions_that_are_installed():
    clients = dict(re.findall(r"^\| ([\w-]+) \| (\d[\d.]+) \|.*`test_", README, re.MULTILINE))
    pinned = "".join((ROOT / "tests" / "clients" / n).read_text("ascii") for n in ("requirements.lock", "trainers.txt"))
    found = dict(re.findall(r"^([\w-]+)==([\d.]+)", pinned, re.MULTILINE))
    assert len(clients) == 11
    assert clients == {name: found[name.lower().replace("llama-factory", "llamafactory")] for name in clients}


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("README.md", 18),
        ("docs/morning.md", 8),
        ("README.ko.md", 15),
        ("docs/morning.ko.md", 8),
        ("docs/vendors.ko.md", 6),
        ("docs/nightly.md", 5),
        ("docs/rows.md", 4),
        ("docs/vendors.md", 7),
        ("docs/formats.md", 2),
        ("docs/exports.md", 3),
        ("docs/preflight.md", 3),
        ("docs/housekeeping.md", 3),
    ],
)
def test_the_commands_of_the_docs_are_commands(samples_run, tmp_path, monkeypatch, name, commands):
    from typer.testing import CliRunner

    from flows.cli import app

    monkeypatch.chdir(tmp_path)
    text = (ROOT / name).read_text("utf-8").replace("\\\n", "")
    lines = [line.split("#")[0] for block in blocks("sh", text) for line in block.splitlines() if "sftrm" in line]
    assert len(lines) == commands
    for block in blocks("yaml", text):
        (tmp_path / "sftrm.yaml").write_text(block, "utf-8")
    row = next(row for end, row in samples_run.outcomes.values() if end == "duplicate")
    # `sftrm export` writes into it.
    out = shutil.copytree(samples_run.out, tmp_path / "out")
    values = {"RECORD_OR_DATA_ID": row["record_id"], "RELEASE_ID": samples_run.report["release_id"]}
    values["RUN_ID"] = samples_run.report["run_id"]
    values["OTHER_ID"] = values["RELEASE_ID"]
    values["path/to/labels/a.jsonl"] = str(ROOT / "data" / "raw" / "sft_2026-11-01.json")
    if "path/to/tokenizer" in text:
        values["path/to/tokenizer"] = str(make_tokenizer(tmp_path / "tokenizer", [README]))
    for line in lines:
        command, *arguments = shlex.split(line)
        assert command == ".venv/bin/sftrm"
        arguments = [values.get(a, a.replace("path/to/output", str(out))) for a in arguments]
        if arguments[0] in ONLY_KNOWN:
            assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
        else:
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, done.output


def test_the_guide_to_exports_has_every_export_every_rule_and_every_way_to_take_pairs(tmp_path):
    from sftrm_quality.releases.exports import TARGETS
    from sftrm_quality.releases.exports.pairing import RULES
    from sftrm_quality.releases.exports.turns_as_texts import NOT_IN_TURNS
    from sftrm_quality.releases.profile import TAKES

    text = (ROOT / "docs" / "exports.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+)", text, re.MULTILINE)
    kinds = {name: kind.lower() for name, kind in rows if kind in ("SFT", "RM")}
    assert kinds == {name: target.label_kind for name, target in TARGETS.items()}
    assert {name for name, _ in rows} - kinds.keys() == {NOT_IN_TURNS, *RULES, *TAKES}
    loaded = []
    for number, block in enumerate(blocks("yaml", text)):
        (tmp_path / f"{number}.yaml").write_text(block, "utf-8")
        loaded.append(load_config(tmp_path / f"{number}.yaml"))
    assert [export.name for config in loaded for export in config.exports] == ["messages", "pairs"]
    assert loaded[-1].card.license == "cc-by-4.0"


@pytest.mark.parametrize(
    ("name", "source_file", "setting", "value"),
    [
        ("README.md", "vendor_b/x.json", "rank_direction", "highest_is_best"),
        ("docs/morning.md", "hangang/x.json", "retired", True),
        ("docs/vendors.md", "namsan/2025-12-31.json", "encoding", "cp949"),
    ],
)
def test_the_settings_of_the_docs_load(tmp_path, name, source_file, setting, value):
    text, file, found = (ROOT / name).read_text("utf-8"), tmp_path / "c.yaml", []
    for block in blocks("yaml", text):
        file.write_text(block, "utf-8")
        found.append(getattr(load_config(file).source_settings(source_file), setting))
    assert value in found
    for setting in re.findall(r"--set '([^']+)'", text):
        load_config(None, [setting])


def test_the_python_of_the_readme_runs(tmp_path):
    """From standard input, as in ``python - <<EOF``, where there is no file that workers could import."""
    (block,) = blocks("python")
    script = block.replace('"data/out"', f'"{tmp_path / "out"}"')
    done = subprocess.run([sys.executable, "-"], input=script, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("published received=300 unreadable=19 ")


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(text):
    """Of the headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_the_site_is_once_in_its_contents():
    contents = "\n".join(blocks("{toctree}", (ROOT / "docs" / "index.md").read_text("utf-8")))
    lines = [re.sub(r".*<(.+)>", r"\1", line) for line in contents.splitlines() if line and not line.startswith(":")]
    pages = [line.removeprefix("/") if line.startswith("/") else f"docs/{line}" for line in lines]
    assert sorted([f"{page}.md" for page in pages] + ["docs/index.md"]) == DOCS
    assert SITE["root_doc"] == "docs/index"
    # What is written and no page is told to the site would be a warning to nobody.
    texts = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(texts.split()) == set(DOCS)


def test_the_guide_to_the_morning_has_every_finding():
    tables = (ROOT / "docs" / "morning.md").read_text("utf-8").partition("## Every finding")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\|([^|]+)\|", tables, re.MULTILINE))))
    of_suites = {
        entry["meta"]["reason"]: entry["severity"]
        for name in ("delivery", "release")
        for entry in json.loads((ROOT / "expectations" / f"{name}.json").read_text("utf-8"))["expectations"]
    }
    code = "".join(path.read_text("utf-8") for path in (ROOT / "sftrm_quality" / "findings").glob("of_*.py"))
    of_code = set(re.findall(r'(?:reason=|_REASON = |_fits_nothing\()"(\w+)"', code))
    assert {"source_fits_nothing", "folder_fits_nothing", "suite_weakened", "rolled_back"} <= of_code
    assert told == of_suites.keys() | of_code
    # And says rightly whether it holds a release.
    for reason, severity in of_suites.items():
        (row,) = re.findall(rf"^\|[^|]*`{reason}`[^|]*\| (\w+) \|", tables, re.MULTILINE)
        assert row == {"critical": "holds", "warning": "warning"}[severity], reason


@pytest.mark.parametrize("name", DOCS)
def test_links_and_paths_lead_somewhere(name):
    text = (ROOT / name).read_text("utf-8")
    folder = (ROOT / name).parent
    links = [link for link in re.findall(r"\]\(([^)]+)\)", without_code(text)) if not link.startswith("http")]
    for link in links:
        path, _, anchor = link.partition("#")
        target = folder / path if path else ROOT / name
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link
    if name == "ARCHITECTURE.md":
        table = re.search(r"## Where do I go to….*?\n## ", text, re.DOTALL).group()
        for path in re.findall(r"`([\w/]+(?:\.\w+|/))`", table):
            assert any((base / path).exists() for base in (ROOT, ROOT / "sftrm_quality")), path


def test_the_tests_of_the_table_of_faults_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = re.search(r"## Faults, what happens.*?\n## ", text, re.DOTALL).group()
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    tests = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")}
    functions = set(re.findall(r"^def (test_\w+)", "\n".join(tests.values()), re.MULTILINE))
    assert len(rows) >= 15
    for fault, _, shown in rows:
        named = re.findall(r"`(test_[\w.]+)`", shown)
        assert named, fault
        assert set(named) <= functions | tests.keys(), fault


def test_the_tests_that_show_what_is_promised_exist():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 10
    for path, name in named:
        assert f"def {name}" in (ROOT / path).read_text("utf-8"), (path, name)
    # A row without one would be a promise that nobody tries.
    table = text.partition("| promise | test |")[2].partition("## ")[0].strip().splitlines()[1:]
    assert all("`tests/" in row for row in table)


def test_the_formats_of_the_readme_are_those_of_the_code():
    assert re.findall(r"^\| `(\w+)` \| (?:SFT|RM) \|", README, re.MULTILINE) == list(formats_of(()).by_name)


def test_the_dependencies_of_contributing_are_those_of_the_project():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    declared = set(re.findall(r'^    "([\w-]+)[>=<]', text, re.MULTILINE))
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    reasons = " ".join(f"{names} {why}" for names, why in rows)
    assert {name for name in declared if not re.search(rf"(?<![\w-]){name}(?![\w-])", reasons)} == set()
    assert all(len(why) > 10 for _, why in rows if why not in ("why", "---"))


def test_the_output_that_the_readme_shows_is_what_a_run_prints(samples_run):
    """Where it has …, there may be anything."""
    import io

    from rich.console import Console

    from flows.commands.terminal import print_result
    from sftrm_quality.run_record import read_report_json

    printed = io.StringIO()
    report = read_report_json(json.dumps(samples_run.report))
    print_result(Console(file=printed, width=500), report, Path("data/out"))
    (shown,) = [block for block in blocks("text") if "PUBLISHED" in block]
    lines = printed.getvalue().splitlines()
    for line in filter(str.strip, shown.splitlines()):
        pattern = ".*".join(map(re.escape, line.split("…")))
        assert any(re.fullmatch(pattern, found) for found in lines), line
