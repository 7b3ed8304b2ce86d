"""Splits over nights: what is held out stays so, what would come to train holds the release, frozen ones stay."""

import json

from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.run_record import Verdict
from tests.outputs import Output, open_gate, run_on

PROMPTS = [
    f"설명해 주세요: {word}는 어떻게 만들어지고 어디에 쓰이나요"
    for word in ("구름", "소금", "유리", "비누", "종이", "기와", "한지", "옹기")
]
WORDS = [
    "바다",
    "하늘",
    "사막",
    "호수",
    "언덕",
    "들판",
    "동굴",
    "폭포",
    "계곡",
    "바위",
    "모래",
    "안개",
    "우박",
    "서리",
    "이슬",
    "번개",
]


def write(path, prompts):
    path.parent.mkdir(exist_ok=True)
    lines = [
        {"data_id": f"{path.stem}-{i}", "question": prompt, "answer": f"{path.stem * 12} {i * 7919} {i}"}
        for i, prompt in enumerate(prompts)
    ]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def splits(output):
    return {row["question"]: row["split"] for row in output.published("sft")}


def test_another_salt_would_train_on_what_is_held_out_and_is_held(tmp_path):
    raw, out, suites = tmp_path / "raw", tmp_path / "out", open_gate(tmp_path / "suites")
    write(raw / "a.jsonl", [f"{word}에 대해 세 문장으로 알려 줄래" for word in WORDS])
    shares = ("splits.train=0.4", "splits.validation=0.3", "splits.test=0.3")
    first = Output(out, run_on([raw], out, suites, *shares).report)
    assert len(set(splits(first).values())) == 3
    again = run_on([raw], out, *shares, "splits.salt=other")
    assert again.verdict is Verdict.HELD and "prompt_no_longer_held_out" in str(again.report["gate"]["failed"])


def test_frozen_prompts_stay_whatever_is_drawn_and_what_ties_them_is_quarantined(tmp_path):
    raw, out, suites = tmp_path / "raw", tmp_path / "out", open_gate(tmp_path / "suites")
    prompts = [f"{word}에 대해 세 문장으로 알려 줄래" for word in WORDS]
    write(raw / "a.jsonl", prompts)
    shares = ("splits.train=0.4", "splits.validation=0.3", "splits.test=0.3")
    before = splits(Output(out, run_on([raw], out, suites, *shares).report))
    frozen = tmp_path / "frozen.parquet"
    done = CliRunner().invoke(app, ["splits", "freeze", "--out", str(out), "--to", str(frozen)])
    assert done.exit_code == 0 and f"{len(prompts)} prompts" in done.output
    write(raw / "b.jsonl", [f"{prompts[0]}?", "전혀 다른 새 물음입니다만 답해 주시겠어요"])
    settings = (*shares, "splits.salt=other", f"splits.frozen={frozen}")
    second = Output(out, run_on([raw], out, suites, *settings).report)
    after = splits(second)
    assert {prompt: after[prompt] for prompt in prompts} == before
    assert after[f"{prompts[0]}?"] == after[prompts[0]]


def test_a_record_between_frozen_train_and_test_prompts_gives_way(tmp_path):
    raw, out, suites = tmp_path / "raw", tmp_path / "out", open_gate(tmp_path / "suites")
    old = "please explain slowly and in order how the tall ships of the old harbour were built by hand"
    young = "please explain slowly and in order how the tall ships of the new harbour were drawn by hand"
    bridge = "please explain slowly and in order how the tall ships of the old harbour were drawn by hand"
    settings = ("near.threshold=0.75", "splits.train=0.5", "splits.validation=0", "splits.test=0.5")
    write(raw / "a.jsonl", [old, young])
    for salt in range(40):
        first = Output(out, run_on([raw], out, suites, *settings, f"splits.salt=s{salt}").report)
        before = splits(first)
        if len(set(before.values())) == 2:
            break
    frozen = tmp_path / "frozen.parquet"
    CliRunner().invoke(app, ["splits", "freeze", first.report["release_id"], "--out", str(out), "--to", str(frozen)])
    write(raw / "b.jsonl", [bridge])
    second = Output(out, run_on([raw], out, suites, *settings, f"splits.frozen={frozen}").report)
    assert splits(second) == before
    (row,) = second.quarantine
    assert row["reasons"] == ["prompt_in_held_out_split"]


def test_a_wrong_list_is_one_line_before_anything_is_read(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", PROMPTS)
    (tmp_path / "list.csv").write_text("prompt,split\n")
    done = CliRunner().invoke(
        app,
        [
            "run",
            str(tmp_path / "raw"),
            "--out",
            str(tmp_path / "out"),
            "--set",
            f"splits.frozen={tmp_path / 'list.csv'}",
        ],
    )
    assert done.exit_code == 2 and not (tmp_path / "out").exists()
    empty = CliRunner().invoke(app, ["splits", "freeze", "--out", str(tmp_path / "none")])
    assert empty.exit_code == 2
