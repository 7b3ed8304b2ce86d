"""What a check found that is worth a look, before it is known whether somebody was told of it."""

import hashlib
import json
from dataclasses import dataclass

from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.run_record import FoundBy


@dataclass(frozen=True)
class Found:
    """One thing that was found.

    description: of the check, without its full stop. files: names with the hashes of their bytes. allowed: the share
    that may fail. because: the most frequent reasons of the records, with their counts. about: what it is about where
    that is no file: a glob, a change of a suite, what a check of the release found. key: what tells it from others
    that are equal in all that a fingerprint is made of.
    """

    suite: FoundBy
    reason: str
    severity: Severity
    description: str
    source: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    count: int = 0
    of: int = 0
    label_kind: LabelKind | None = None
    usual: float | None = None
    allowed: float | None = None
    because: tuple[tuple[str, int], ...] = ()
    about: tuple[str, ...] = ()
    key: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same reason, source, bytes and count, whatever the files are called."""
        same = [
            self.suite,
            self.reason,
            self.label_kind,
            self.source,
            sorted({h for _, h in self.files}),
            self.count,
            self.key,
        ]
        return hashlib.sha256(json.dumps(same, ensure_ascii=True).encode()).hexdigest()[:16]
