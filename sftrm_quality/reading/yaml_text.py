"""Whether a text is YAML, which is not read: told by its lines, so that no parser sees it."""

import re

_LOOKED_AT, _LINES, _LINE = 64 << 10, 50, 200  # bytes, lines, bytes of a line: enough of any list of records
_COMMENT = re.compile(rb"\s*(#|%|$)")
# A document's beginning; a key, and whether anything follows it; a list of objects, or of lists.
_BEGINS = re.compile(rb"---(\s|$)")
_KEY = re.compile(rb"""(?P<key>[\w\x80-\xff][\w\x80-\xff .-]*|"[^"]*"|'[^']*')\s*:(?P<value>\s+\S|\s*$)""")
_ITEM = re.compile(rb"-\s+(-\s|[\w\x80-\xff\"'][^:]*:(\s|$))")
_BELOW = re.compile(rb"(\s|-\s|-$)")


def is_yaml(head: bytes) -> bool:
    """Whether a text certainly is YAML.

    It is one if its first line begins a document and a key or a list follows; if it is a list of objects of which one
    has a second line; or if all lines that are not indented are keys that differ, and below one of them without a value
    something is indented or listed. Only lines like ``key: value`` may be any text: logs, letters, dialogues.

    Args:
        head: Its beginning.
    """
    lines = [line[:_LINE].rstrip() for line in head[:_LOOKED_AT].splitlines() if not _COMMENT.match(line)][:_LINES]
    if not lines:
        return False
    if _BEGINS.match(lines[0]):
        return len(lines) > 1 and bool(_KEY.match(lines[1]) or re.match(rb"-\s", lines[1]))
    if _ITEM.match(lines[0]):
        return len(lines) > 1 and all(map(_BELOW.match, lines)) and any(line[:1] in (b" ", b"\t") for line in lines)
    keys, nested = [], False
    for line, below in zip(lines, [*lines[1:], b""], strict=True):
        if _BELOW.match(line):
            continue
        key = _KEY.match(line)
        if key is None:
            return False
        keys.append(key["key"])
        nested |= not key["value"].strip() and _BELOW.match(below) is not None
    return nested and bool(keys) and len(set(keys)) == len(keys) and _KEY.match(lines[0]) is not None
