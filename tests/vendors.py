"""Three vendors who deliver night by night, with the noise that deliveries have: 2 to 4 % of each file fails.

``namsan`` sends a file of SFT records each night, ``hangang`` one of RM records, ``inwang`` one file that grows.
"""

import json
import random
from pathlib import Path

SUBJECTS = (
    "한강",
    "남산",
    "기차",
    "도서관",
    "고양이",
    "김치",
    "우주선",
    "피아노",
    "바다",
    "책상",
    "시계",
    "사과",
    "학교",
    "편지",
)
VERBS = ("설명해", "비교해", "요약해", "묘사해", "평가해", "소개해", "분석해", "상상해")


def sft_record(data_id: str, dice: random.Random) -> dict[str, object]:
    subject, other = dice.sample(SUBJECTS, 2)
    number = dice.randrange(10**9)
    return {
        "data_id": data_id,
        "data_category": "일반",
        "question_type": "설명",
        "question_count": 1,
        "question": f"{subject}에 대하여 {number}번째로 {dice.choice(VERBS)} 주세요.",
        "answer": f"{subject} {number}: {other}와 달리 {dice.randrange(10**6)}명이 {dice.choice(VERBS)} 왔습니다. " * 2,
    }


def rm_record(data_id: str, dice: random.Random) -> dict[str, object]:
    sft = sft_record(data_id, dice)
    texts = [f"{sft['answer']} {rank} {dice.randrange(10**6)}" for rank in (1, 2, 3)]
    responses = [{"text": text, "rank": rank} for rank, text in enumerate(texts, 1)]
    return {"data_id": data_id, "prompt": sft["question"], "responses": responses}


def delivery(vendor: str, night: int, records: int, failing: float | None = None) -> list[dict[str, object]]:
    """The records of a file: of these ``failing`` are broken, 2 to 4 % without it."""
    dice = random.Random(f"{vendor} {night}")
    make = rm_record if vendor == "hangang" else sft_record
    found = [make(f"{vendor}-{night}-{number}", dice) for number in range(records)]
    share = dice.uniform(0.02, 0.04) if failing is None else failing
    for broken in dice.sample(found, round(share * records)):
        broken["prompt" if vendor == "hangang" else "answer"] = "  "
    return found


def write(path: Path, records: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def file_of(vendor: str, night: int) -> str:
    return f"{vendor}/{'rm' if vendor == 'hangang' else 'sft'}_2026-11-{night:02d}.jsonl"


def deliver(raw: Path, night: int) -> None:
    """A night on which all is well."""
    write(raw / file_of("namsan", night), delivery("namsan", night, 100))
    write(raw / file_of("hangang", night), delivery("hangang", night, 50))
    write(raw / "inwang/all.jsonl", [record for n in range(1, night + 1) for record in delivery("inwang", n, 50)])
