"""The docs are true: their commands run, their settings load, the files they name exist."""

import re
import shlex
import subprocess
import sys

import pytest

from sftrm_quality.config_loading import load_config
from sftrm_quality.formats import FORMATS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
DOCS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", "expectations/README.md"]
DOCS += ["docs/nightly.md", "docs/rows.md", "SECURITY.md"]


def blocks(language, text=README):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_make_targets_of_the_docs_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {m for name in DOCS for m in re.findall(r"^make (\w+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)}
    assert {"run", "test", "check"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


@pytest.mark.parametrize(("name", "commands"), [("README.md", 10), ("docs/rows.md", 4)])
def test_the_commands_of_the_docs_are_commands(samples_run, tmp_path, monkeypatch, name, commands):
    from typer.testing import CliRunner

    from flows.cli import app

    monkeypatch.chdir(tmp_path)
    text = (ROOT / name).read_text("utf-8")
    lines = [line.split("#")[0] for block in blocks("sh", text) for line in block.splitlines() if "sftrm" in line]
    assert len(lines) == commands
    row = next(row for end, row in samples_run.outcomes.values() if end == "duplicate")
    values = {"RECORD_OR_DATA_ID": row["record_id"], "RELEASE_ID": samples_run.report["release_id"]}
    values["RUN_ID"] = samples_run.report["run_id"]
    values["OTHER_ID"] = values["RELEASE_ID"]
    values["path/to/labels/a.jsonl"] = str(ROOT / "data" / "raw" / "sft_2026-11-01.json")
    for line in lines:
        command, *arguments = shlex.split(line)
        assert command == ".venv/bin/sftrm"
        arguments = [values.get(a, a.replace("path/to/output", str(samples_run.out))) for a in arguments]
        if arguments[0] in ("run", "check"):
            # Run for real in test_cli; here only that command, arguments and options are known.
            assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
        else:
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, done.output


def test_the_settings_of_the_readme_load(tmp_path):
    (block,) = blocks("yaml")
    file = tmp_path / "c.yaml"
    file.write_text(block, "utf-8")
    config = load_config(file)
    assert config.source_settings("vendor_b/x.json").rank_direction == "highest_is_best"
    for setting in re.findall(r"--set '([^']+)'", README):
        load_config(None, [setting])


def test_the_python_of_the_readme_runs(tmp_path):
    """From standard input, as in ``python - <<EOF``, where there is no file that workers could import."""
    (block,) = blocks("python")
    script = block.replace('"data/out"', f'"{tmp_path / "out"}"')
    done = subprocess.run([sys.executable, "-"], input=script, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("published received=258 unreadable=15 ")


@pytest.mark.parametrize("name", DOCS)
def test_links_and_paths_lead_somewhere(name):
    text = (ROOT / name).read_text("utf-8")
    folder = (ROOT / name).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert all((folder / link).exists() for link in links), links
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
    assert re.findall(r"^\| `(\w+)` \| (?:SFT|RM) \|", README, re.MULTILINE) == list(FORMATS)


def test_the_dependencies_of_contributing_are_those_of_the_project():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    declared = set(re.findall(r'^    "([\w-]+)[>=<]', text, re.MULTILINE))
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    reasons = " ".join(f"{names} {why}" for names, why in rows)
    assert {name for name in declared if not re.search(rf"(?<![\w-]){name}(?![\w-])", reasons)} == set()
    assert all(len(why) > 10 for _, why in rows if why not in ("why", "---"))
