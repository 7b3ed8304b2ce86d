"""Records that clients are given: conversations with system messages, earlier turns and tools, long and short, and
rankings; among them texts that files and templates could trip over."""

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SUBJECTS = (
    *("김치찌개", "서울의 지하철", "한글날", "the tides", "compound interest", "봄철 황사", "a bicycle chain", "된장"),
    *("국어사전", "sourdough bread", "주민등록등본", "the moon", "한라산 등반", "an insurance claim", "장마철 빨래"),
    *("binary search", "도서관 예약", "a garden fence", "전세 계약", "the violin", "무궁화호", "thunderstorms"),
)
ODD = (
    '따옴표 "와" \\ 역슬래시',
    "줄\n바꿈\t탭",
    "\u2028 줄 구분 \u2029",
    "😀 👩\u200d🚀",
    "{{ braces }} {% raw %}",
    "<b>&amp;</b>",
)
TOOLS = (
    *(("function_call", '{"name": "찾기", "arguments": {"q": "%s"}}'), ("tool", '{"found": "%s"}')),
    ("tool", '{"also": "%s"}'),
)


def _words(number: int, count: int) -> str:
    """Words that no other number has in this order."""
    return " ".join(
        SUBJECTS[(number * 7 + at * (number % 5 + 3)) % len(SUBJECTS)] + str(number * at) for at in range(count)
    )


def _asked(number: int) -> list[Json]:
    """A system message for every third, then earlier turns, with tools in some, some in a row; the user is last."""
    subject, turns = SUBJECTS[number % len(SUBJECTS)], []
    if number % 3 == 0:
        turns.append(("system", f"{subject} 전문가처럼 답하세요. {number}"))
    for earlier in range((0, 1, 0, 2)[number % 4]):
        turns += [
            ("user", f"{subject}, {earlier + 1} 번째 질문 {number}?"),
            ("assistant", f"먼저 {number * 31 + earlier}."),
        ]
    if number % 8 == 5:
        used = TOOLS if number % 16 == 5 else TOOLS[:-1]
        turns += [("user", f"{subject}을 찾아 주세요 {number}"), *((role, text % subject) for role, text in used)]
        turns.append(("assistant", f"찾았습니다: {number}"))
    turns.append(("user", f"{subject} {ODD[number % len(ODD)]} {_words(number, 60 if number % 5 == 0 else 6)}?"))
    return [{"role": role, "content": text} for role, text in turns]


def sft(number: int) -> Json:
    answer = f"{ODD[(number + 1) % len(ODD)]} {_words(number + 100, 50 if number % 5 == 1 else 8)}."
    return {"messages": [*_asked(number), {"role": "assistant", "content": answer}]}


def rm(number: int) -> Json:
    """Three ranks; of every fourth record all responses begin with the same words, many of them."""
    same = _words(number + 200, 60) if number % 4 == 2 else ""
    better, *worse = (
        f"{same} {_words(number * 3 + at + 300, 5)} {ODD[(number + at) % len(ODD)]}".strip() for at in range(3)
    )
    turns = [{"from": turn["role"], "value": turn["content"]} for turn in _asked(number + 1000)]
    return {"conversations": turns, "chosen": better, "rejected": worse}


def write_labels(folder: Path, count: int = 48) -> Path:
    """Write both kinds of records, so many of each, into a new folder."""
    folder.mkdir(parents=True)
    for name, record in (("sft", sft), ("rm", rm)):
        lines = (json.dumps(record(number), ensure_ascii=False) + "\n" for number in range(count))
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    return folder
