"""The profile of some published records of one label kind."""

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.profile.rankings import rankings
from sftrm_quality.releases.profile.tallies import Tally, add_to, of_lengths, of_names, of_numbers, without_rare_names
from sftrm_quality.scripts import Script, letters, scripts

Profile = dict[str, Tally]
NAMES = ("data_category", "data_subcategory", "question_type")


def profile_of(kind: LabelKind, table: pa.Table) -> Profile:
    """Tallies by name, of rows in the columns of `records.PUBLISHED`."""
    columns = {name: one_array(table[name]) for name in table.column_names}
    profile = {name: of_names(columns[name]) for name in NAMES}
    if kind is LabelKind.RM:
        prompts = letters(columns["prompt"])
        return {
            **profile,
            "prompt_chars": of_lengths(prompts[:, 0]),
            "prompt_scripts": _by_name(of_numbers(scripts(prompts))),
            **rankings(columns["responses"], columns["source_file"]),
        }
    questions, answers = letters(columns["question"]), letters(columns["answer"])
    both = scripts(questions) * len(Script) + scripts(answers)
    return {
        **profile,
        "records": {"all": len(table)},
        "question_chars": of_lengths(questions[:, 0]),
        "answer_chars": of_lengths(answers[:, 0]),
        "scripts": {
            f"{Script(int(pair) // len(Script)).name}>{Script(int(pair) % len(Script)).name}".lower(): count
            for pair, count in of_numbers(both).items()
        },
    }


def _by_name(tally: Tally) -> Tally:
    return {Script(int(code)).name.lower(): count for code, count in tally.items()}


def add(total: Profile, more: Profile) -> None:
    """Add one profile to another of the same label kind, in place. Rare names beyond a thousand go into one count."""
    for name, tally in more.items():
        add_to(total.setdefault(name, {}), tally)
    for name in NAMES:
        if name in total:
            total[name] = without_rare_names(total[name])
