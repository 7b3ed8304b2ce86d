"""Raw formats: which one a file is in, decided by its records, never by its name.

A format is a declaration (``declaration.py``; those that come with the product are in ``builtin/``), read by one of a
few shapes; only the reference format and AI Hub's are code of their own.
"""

from sftrm_quality.formats.declaration import FOR_PEOPLE, Declaration
from sftrm_quality.formats.loading import builtin_declarations, read_declarations
from sftrm_quality.formats.reasons import FORMAT_REASONS, fields_blamed
from sftrm_quality.formats.registry import Formats, NoFormat, declaration_of, formats_of

__all__ = [
    "FORMAT_REASONS",
    "FOR_PEOPLE",
    "Declaration",
    "Formats",
    "NoFormat",
    "builtin_declarations",
    "declaration_of",
    "fields_blamed",
    "formats_of",
    "read_declarations",
]
