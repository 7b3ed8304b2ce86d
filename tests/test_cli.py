"""The command as a user starts it: a process of its own, no server running or configured."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.conftest import ROOT
from tests.outputs import report_of
from tests.warm_command import WarmCommand

SFTRM = [sys.executable, "-m", "flows.cli"]
MANY_SHARDS = ["--set", "limits.shard_records=4000"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="module")
def environment(home):
    mine = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    return {**mine, "PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def sftrm(environment):
    def call(*arguments):
        return subprocess.run([*SFTRM, *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True)

    return call


@pytest.fixture(scope="module")
def warm(environment):
    """The same without the seconds that it takes to start, for commands that make no run."""
    with WarmCommand(environment) as command:
        yield command


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A raw file that takes long enough to be stopped in the middle, in many shards, so that this comes soon."""
    raw = tmp_path_factory.mktemp("large") / "a.jsonl"
    line = '{{"data_id": "{0}", "question": "what is {0}?", "answer": "{0} it is, {0} it was"}}\n'
    raw.write_text("".join(line.format(i * 7919) for i in range(400_000)))
    return raw


@pytest.fixture(scope="module")
def first_run(sftrm, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "out"
    return out, sftrm("run", "data/raw", "--out", out)


def test_a_run_ends_quietly_with_verdict_ledger_release_and_report(first_run):
    out, done = first_run
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("PUBLISHED")
    assert any(line.split() == ["SFT", "300", "19", "37", "14", "230"] for line in lines)
    assert (out / "releases").as_posix() in lines[-3] and lines[-1].endswith("index.html")
    assert "Traceback" not in done.stderr and "prefect" not in (done.stdout + done.stderr).lower()
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "read and check",
        "deduplicate",
        "write and read back",
    ]


def test_a_run_at_the_shell_leaves_prefect_alone(first_run, home):
    assert list(home.iterdir()) == []


def test_a_second_run_says_unchanged_and_json_is_the_report(first_run, sftrm):
    out, _ = first_run
    done = sftrm("run", "data/raw", "--out", out, "--json")
    report = json.loads(done.stdout)
    assert done.stderr == ""
    assert (done.returncode, report["verdict"]) == (0, "unchanged")
    assert report == report_of(out, report["run_id"])


@pytest.fixture(scope="module")
def held_run(sftrm, tmp_path_factory):
    """Of one record without an answer, with settings of 700 kB."""
    folder = tmp_path_factory.mktemp("held")
    raw, settings = folder / "a.jsonl", folder / "settings.yaml"
    raw.write_text('{"data_id": "1", "question": "q", "answer": ""}\n')
    settings.write_text(f"splits: {{salt: {'x' * 700_000}}}\n", "utf-8")
    return folder / "out", sftrm("run", raw, "--config", settings, "--out", folder / "out")


def test_a_held_run_is_exit_code_one(held_run):
    out, done = held_run
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert re.fullmatch("HELD  nothing was published  findings: [0-9]+ new", lines[0])
    assert "  a.jsonl: 1 of 1 SFT records (100 %) fail answer_blank; at most 20 % may  sft: answer_blank" in lines
    assert (
        "  Found: SFT share quarantined: 100 %. Expected: At most 30 % of the records received are unreadable or "
        "quarantined  release: share_quarantined_too_high"
    ) in lines
    assert any("publishable" in line for line in lines)
    assert not (out / "LATEST").exists()


def starting(out):
    """Nothing is to be seen yet; half of the imports are done."""
    time.sleep(1.5)
    return True


def locked(out):
    """Prefect has begun the run, and the workers are about to start."""
    return (out / ".lock.json").exists()


def in_the_middle(out):
    """Some of the shards are read."""
    return len(list(out.glob(".staging/*/intake-*/*.arrow"))) >= 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", [starting, locked, in_the_middle])
def test_ctrl_c_and_sigterm_end_it_at_once_with_one_line(environment, large, tmp_path, moment, number):
    """To the whole process group, as a terminal does it, at several moments of a run."""
    out = tmp_path / "out"
    run = subprocess.Popen(
        [*SFTRM, "run", str(large), "--out", str(out), *MANY_SHARDS],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not moment(out):
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    os.killpg(run.pid, number)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 128 + number
    assert told.splitlines()[-1] == "stopped; nothing was published"
    assert "Traceback" not in told
    assert not (out / "LATEST").exists() and not (out / ".staging").exists()


def test_nothing_stays_behind_a_killed_run(environment, large, tmp_path):
    import psutil

    call = [*SFTRM, "run", str(large), "--out", str(tmp_path / "out"), *MANY_SHARDS]
    run = subprocess.Popen(call, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    while not in_the_middle(tmp_path / "out"):
        assert run.poll() is None
        time.sleep(0.02)
    family = psutil.Process(run.pid).children(recursive=True)
    workers = [p for p in family if p.parent() and p.parent().pid != run.pid]
    assert workers
    run.kill()
    run.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, [p.cmdline() for p in alive]


def test_a_reader_that_leaves_early_does_not_change_the_exit_code(first_run, environment):
    out, _ = first_run
    piped = f"{sys.executable} -m flows.cli releases --out {out} | true; exit ${{PIPESTATUS[0]}}"
    assert subprocess.run(["bash", "-c", piped], cwd=ROOT, env=environment, check=False).returncode == 0


def test_why_releases_and_rollback(first_run, warm):
    out, _ = first_run
    listed = warm("releases", "--out", out)
    assert listed.returncode == 0 and "current" in listed.stdout
    release = (out / "LATEST").read_text().strip()
    who = ("--by", "Kim", "--why", "it was better", "--out", out)
    assert warm("rollback", release, *who).stdout.strip() == f"{release} is the current release"
    assert warm("rollback", "r-0", *who).returncode == 2
    planted = json.loads((ROOT / "data" / "planted.json").read_text("utf-8"))
    case = next(c for c in planted["cases"] if c["reasons"] == ["response_blank"])
    import pyarrow.parquet as pq

    row = next(
        r
        for path in (out / "quarantine").rglob("*.parquet")
        for r in pq.read_table(path).to_pylist()
        if (r["source_file"], r["source_index"]) == (case["source_file"], case["source_index"])
    )
    told = warm("why", row["record_id"], "--out", out)
    assert told.returncode == 0
    assert told.stdout.startswith("quarantined  RM rm-")
    assert case["source_file"] in told.stdout and "response_blank" in told.stdout
    assert warm("why", row["data_id"], "--out", out).stdout == told.stdout
    assert "no such output folder" in warm("why", "x", "--out", out / "nowhere").stderr
    nobody = warm("why", "nobody", "--out", out)
    assert (nobody.returncode, nobody.stderr.count("\n")) == (2, 1)


def test_report_tells_of_a_run_and_diff_of_two_releases(first_run, warm):
    out, _ = first_run
    newest, release = sorted(p.parent.name for p in (out / "reports").glob("*/report.json"))[-1], (out / "LATEST")
    told = warm("report", "--out", out)
    assert told.returncode == 0 and told.stdout == warm("report", newest, "--out", out).stdout
    assert f"{out}/reports/{newest}/index.html" in told.stdout
    unknown = warm("report", "nobody", "--out", out)
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1) and newest in unknown.stderr
    name = release.read_text().strip()
    same = warm("diff", name, name, "--out", out)
    assert same.returncode == 0 and "0 added, 0 removed, 230 kept, moved: none" in same.stdout
    assert (out / "reports" / f"diff-{name}-{name}.html").is_file()
    compared = json.loads(warm("diff", name, name, "--out", out, "--json").stdout)
    assert compared == json.loads((out / "reports" / f"diff-{name}-{name}.json").read_text("utf-8"))
    assert warm("diff", name, "r-0", "--out", out).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "no/such/folder"], "no/such/folder"),
        (["run", "--set", "near.treshold=1"], "near.treshold: unknown key, known are threshold"),
        (["run", "--set", "sources=[{format: alpaka}]"], "format is 'alpaka', expected auto or one of"),
        (["run", "--config", "no.yaml"], "no.yaml: configuration file not found"),
        (["run", "--expectations", "tests"], "sft.json: suite not found"),
        (["run", "--workers", "many"], "Invalid value for '--workers'"),
        (["run", "--colour"], "--colour"),
        (["fly"], "fly"),
        (["run", "--workers", "0"], "workers: Input should be greater than or equal to 1"),
        (["rollback", "r-1", "--by", "Kim", "--why", "it was better", "--out", "no/such"], "r-1"),
        (["rollback", "r-1", "--why", "it was better"], "Missing option '--by'"),
        (["rollback", "r-1", "--by", " ", "--why", "it was better"], "--by: 0 visible characters, expected at least 1"),
        (
            ["decide", "r-1", "--publish", "--by", "Kim", "--why", "so it is", "--out", "tests"],
            "no run has meant to publish",
        ),
        (
            ["decide", "--publish", "--by", "Kim", "--why", "so it is", "--out", "no/such"],
            "no/such: no such output folder",
        ),
        (["report", "--out", "no/such"], "no/such: no such output folder"),
        (["diff", "r-1", "r-2", "--out", "no/such"], "no/such: no such output folder"),
        (["diff", "r-1", "--out", "no/such"], "no/such: no such output folder"),
        (["run", os.fsdecode(b"raw\xff")], "raw.0: a name that is not UTF-8; rename it, or name the folder around it"),
        (["run", "--expectations", os.fsdecode(b"\xb0\xa1")], "expectations: a name that is not UTF-8"),
        (["run", "--set", os.fsdecode(b"splits.salt=\xff")], "the value is not YAML"),
        (["serve", os.fsdecode(b"raw\xff")], "raw.0: a name that is not UTF-8"),
        (["run", "s3://bucket/raw"], "Invalid value for 'RAW': s3:// begins an address, expected a path; mount it"),
        (["run", "--expectations", "file:///etc/suites"], "'--expectations': file:// begins an address"),
        (["run", "--config", "https://host/c.yaml"], "'--config': https:// begins an address"),
        (["run", "--set", "raw=[gs://bucket/raw]"], "raw.0: gs:// begins an address, expected a path; mount it"),
        (["serve", "hdfs://host/raw"], "hdfs:// begins an address"),
        (["serve", "--cron", "61 2 * * *"], "--cron '61 2 * * *': not a schedule; expected minute, hour, day"),
        (["serve", "--timezone", "Asia/Seul"], "--timezone 'Asia/Seul': no such time zone"),
        (["serve", "--host", "0.0.0.0"], "--host 0.0.0.0: the report site has no password, so whoever reaches"),
        (["serve", "--host", "labels"], "--host 'labels': expected an IP address of this machine"),
        (
            ["serve", "--site-url", "tools/sftrm"],
            "--site-url 'tools/sftrm' (or SFTRM_REPORT_SITE): expected",
        ),
        (["serve", "--allowed-host", "a b"], "--allowed-host 'a b': expected a host like labels.example.com"),
        (["run", "--set", "timezone=KST9"], "timezone: no such time zone, expected a name like Asia/Seoul or UTC"),
        (["serve", "--notify", "nonsense"], "notify: channel 1 (****) is not an address that apprise understands"),
        (["serve", "--on-hold", "wait"], "--on-hold: 'wait', expected stop or ask"),
        (["serve", "--timeout-hours", "0"], "Invalid value for '--timeout-hours'"),
        (["serve", "--set", "near.threshold=2"], "near.threshold: Input should be less than or equal to 1"),
    ],
    ids=lambda a: ascii(" ".join(a)) if isinstance(a, list) else "",
)
def test_wrong_usage_is_exit_code_two_before_anything_is_read(warm, tmp_path, arguments, message):
    extra = ["--out", tmp_path / "out"] if arguments[0] in ("run", "serve") else []
    done = warm(*arguments, *extra)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("error: ")
    assert not (tmp_path / "out").exists()


def test_what_is_refused_leaves_no_process_behind(environment, tmp_path):
    """Whoever reads the output would wait for it: its imports were begun before everything was looked at."""
    import psutil

    refused = {**environment, "SFTRM_TEST": str(tmp_path)}
    with (tmp_path / "told").open("w") as told:
        done = subprocess.run([*SFTRM, "run", "no/such"], cwd=ROOT, env=refused, stdout=told, stderr=told)
    assert (done.returncode, (tmp_path / "told").read_text().count("\n")) == (2, 1)
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SFTRM_TEST") == str(tmp_path) and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process.cmdline())
    # Python's resource tracker is on its way out; what has ended but for that has no arguments any more.
    assert [line for line in left if line and "resource_tracker" not in " ".join(line)] == []


@pytest.mark.parametrize(
    "command",
    [
        *("run data/raw", "check", "serve", "releases", "report", "why x", "diff r-1 r-2"),
        *("rollback r-1 --by Kim --why because", "decide --publish --by Kim --why because"),
    ],
)
@pytest.mark.parametrize("address", ["s3://bucket/out", "S3:/bucket", "abfss://a@b.c/d"])
def test_an_output_folder_that_is_an_address_makes_no_folder(tmp_path, monkeypatch, command, address):
    from typer.testing import CliRunner

    from flows.cli import app

    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*command.split(), "--out", address])
    assert done.exit_code == 2 and "begins an address, expected a path" in " ".join(done.output.split())
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def screen(tmp_path, monkeypatch):
    """A desktop whose opener says a lot and ends as it is told; what it was asked for is in a file."""
    (tmp_path / "bin").mkdir()
    opener = tmp_path / "bin" / "xdg-open"
    asked = tmp_path / "asked"
    opener.write_text(f'#!/bin/sh\necho "$1" > "{asked}"\necho noise; echo noise >&2\nexit $OPENER_ENDS\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("OPENER_ENDS", "0")
    return asked


def open_report(samples_run):
    from typer.testing import CliRunner

    from flows.cli import app

    done = CliRunner().invoke(app, ["report", "--open", "--out", str(samples_run.out)])
    assert "PUBLISHED WITH WARNINGS" in done.stdout
    return done, samples_run.out / "reports" / samples_run.report["run_id"] / "index.html"


def test_a_report_is_opened_in_silence(samples_run, screen, capfd):
    done, page = open_report(samples_run)
    assert (done.exit_code, done.stderr, capfd.readouterr()) == (0, "", ("", ""))
    assert screen.read_text() == f"{page}\n"


@pytest.mark.parametrize("without", ["a screen", "an opener", "a browser"])
def test_where_there_is_no_browser_one_line_says_which_file_to_open(samples_run, screen, monkeypatch, capfd, without):
    if without == "a screen":
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
            monkeypatch.delenv(name, raising=False)
    elif without == "an opener":
        monkeypatch.setenv("PATH", "/nowhere")
    else:
        monkeypatch.setenv("OPENER_ENDS", "3")
    done, page = open_report(samples_run)
    said = f"error: {page}: no browser can be opened from here; open this file yourself\n"
    assert (done.exit_code, done.stderr, capfd.readouterr()) == (2, said, ("", ""))
    assert screen.exists() == (without == "a browser")


@pytest.mark.parametrize("option", ["--prefect-port", "--report-port"])
def test_a_taken_port_is_one_line(warm, tmp_path, option):
    """Whoever has it might answer like a Prefect server, or be one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        others = {"--prefect-port": 0, "--report-port": 0} | {option: port}
        ports = [part for pair in others.items() for part in pair]
        done = warm("serve", "data/raw", "--out", tmp_path / "out", *ports)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert f"cannot listen on port {port} of 127.0.0.1" in done.stderr and option in done.stderr


def test_an_output_folder_whose_name_is_not_utf8_is_one_line(warm, tmp_path):
    done = warm("run", "data/raw", "--out", os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "out: a name that is not UTF-8; rename it" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_configured_server_that_does_not_answer_is_one_line(environment, tmp_path):
    call = [*SFTRM, "run", "data/raw", "--out", str(tmp_path / "out")]
    configured = {**environment, "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    done = subprocess.run(call, cwd=ROOT, env=configured, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "http://127.0.0.1:1: the Prefect server that PREFECT_API_URL" in done.stderr
    assert not (tmp_path / "out" / "LATEST").exists()


def test_settings_may_be_of_any_size(held_run):
    out, done = held_run
    (report,) = out.glob("reports/*/report.json")
    salt = json.loads(report.read_text("utf-8"))["config"]["splits"]["salt"]
    assert (len(salt), done.returncode) == (700_000, 1), done.stderr[-2000:]


def test_an_output_that_cannot_be_written_is_exit_code_three(warm, tmp_path):
    (tmp_path / "file").write_text("")
    done = warm("run", "data/raw", "--out", tmp_path / "file" / "out")
    assert done.returncode == 3
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr


def test_what_people_look_at_needs_no_frames_suites_and_flows(samples_run):
    code = (
        "import sys; from typer.testing import CliRunner; from flows.cli import app;"
        "looked = lambda *asked: CliRunner().invoke(app, [*asked, '--out', sys.argv[1]]);"
        "codes = [looked(*asked).exit_code for asked in (('releases',), ('report',), ('findings',), ('why', 'none'))];"
        "assert codes == [0, 0, 0, 2], codes;"
        "heavy = {'prefect', 'great_expectations', 'pandas'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code, str(samples_run.out)], cwd=ROOT, check=True)


def test_help_and_settings_import_nothing_heavy():
    code = (
        "import sys; from typer.testing import CliRunner; from flows.cli import app;"
        "assert 'Exit codes' in CliRunner().invoke(app, ['--help']).output;"
        "assert 'threshold: 0.8' in CliRunner().invoke(app, ['config']).output;"
        "heavy = {'prefect', 'great_expectations', 'pandas', 'pyarrow', 'numba', 'numpy'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
