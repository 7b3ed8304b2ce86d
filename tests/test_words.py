"""One thing has one name: the words of the field (docs/reference/README.md), and none of those that they replaced."""

import functools
import re
import subprocess

import pytest

from tests.conftest import ROOT

# What is not said any more → what is said. Patterns of RE, case not regarded; names in code are looked at too.
INSTEAD = {
    r"judg\w*": "check (in this field a judge is a model that rates)",
    r"validat(?!ion\b)\w*": "check (it collides with the split)",
    r"fates?\b": "outcome",
    r"in[_ ]force": "current",
    r"sets?[_ ]aside|setting aside": "quarantined; failing (unreadable or quarantined); excluded (all not published)",
    r"intaker|tak(e|es|ing|en)_in\b": "file intake",
    r"kept[_ ]parts?|taken again": "part cache; reuse",
    r"suspects?\b": "finding",
    r"st(and|ands|ood) out": "finding",
    r"(?<!\w)alone\b": "only",
    r"(?<![\w-])st(ands|ood)\b(?! for\b)": "is",
    r"\b(records|bytes|levels|responses|rows|columns|lines|tokens|characters) an? (?=\w)": "per",
}
# File → pattern → why it may be there.
EXCEPTIONS = {
    "tests/test_words.py": {r".*": "names what it refuses"},
    "CHANGELOG.md": {r".*": "says what was renamed"},
    "sftrm_quality/releases/unfinished.py": {r'"in_force"': "a note of 0.1.0"},
    "tests/test_run_record.py": {r'"suspects"|"aside"': "a report of 0.1.0"},
    "sftrm_quality/run_record/reading.py": {r'"suspects"|"aside"': "a report of 0.1.0"},
    "tests/test_determinism.py": {r"Judge the case": "a prompt of a record"},
    "tests/test_profile.py": {r"Judge the case": "a prompt of a record"},
    "sftrm_quality/formats/proposing/part_names.py": {r"judge?ment": "names of fields in public files"},
}
# Names of libraries, which are not ours to choose, and words that mean something else.
LIBRARIES = re.compile(
    r"model_validate\w*|\w*_validator\b|ValidationError|ValidationInfo|validationMessage|validate_default|AfterValidator|BeforeValidator"
    r"|validated_data|RequestValidationError|Draft202012Validator"
    r"|great_expectations\.validator\.validator|great_expectations\.validator|ValidationDependencies"
    r"|get_validation_dependencies|\bValidator\b|def _validate\(|validate_by_name|\.validate\(",
)


SUFFIXES = (".py", ".md", ".json", ".j2", ".js", ".css", ".yaml", ".toml", "Makefile")


def tracked_texts():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if name.endswith(SUFFIXES) and not name.startswith(
            ("data/raw/", "data/texts/", "tests/fixtures/", "tests/cases/")
        ):
            yield name


@functools.cache
def lines():
    """Of all texts, without what is the words of libraries."""
    return [
        (name, number, LIBRARIES.sub("", line))
        for name in tracked_texts()
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
    ]


@pytest.mark.parametrize("pattern", INSTEAD)
def test_the_words_that_were_replaced_are_gone(pattern):
    instead = re.compile(pattern, re.IGNORECASE)
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, number, line in lines()
        if instead.search(line) and not any(re.search(allowed, line) for allowed in EXCEPTIONS.get(name, {}))
    ]
    assert found == [], f"say {INSTEAD[pattern]}"
