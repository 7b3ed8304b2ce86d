"""Characters that nobody sees and letters of a script, as ranges of code points: (first, last).

Written out, because the category of a code point changes between versions of Unicode and a key must not. Those who look
for characters combine the ranges that they mean.
"""

from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]

# Default_Ignorable_Code_Point of Unicode: soft hyphen, zero-width marks, variation selectors, Hangul fillers, the
# inherent vowels of Khmer, byte order mark, tags.
DEFAULT_IGNORABLE: Ranges = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
# The other format characters (Cf): signs of numbers and verses in Arabic, Syriac and Kaithi, interlinear notes,
# Egyptian quadrats.
OTHER_FORMAT: Ranges = (
    *((0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2), (0xFFF9, 0xFFFB)),
    *((0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F)),
)
# Controls that are no white space.
CONTROLS: Ranges = ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F))
# The empty braille cell is no white space to Unicode and nothing but white space to a reader.
EMPTY_CELL = "\u2800"

# Of what nobody sees, what changes the look of its neighbours: joiners of emoji and of Indic and Arabic letters,
# variation selectors, tags (the flags of England, Scotland, Wales).
JOINERS: Ranges = ((0x200C, 0x200D),)
SELECTORS: Ranges = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0020, 0xE007F), (0xE0100, 0xE01EF))
# Characters that Unicode decomposes as <super> and <sub>, but for the trade marks: 10²³ is no 1023.
RAISED: Ranges = (
    *((0xAA, 0xAA), (0xB2, 0xB3), (0xB9, 0xBA), (0x2B0, 0x2B8), (0x2E0, 0x2E4), (0x1D2C, 0x1D2E), (0x1D30, 0x1D3A)),
    *((0x1D3C, 0x1D4D), (0x1D4F, 0x1D61), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF), (0x2070, 0x2071), (0x2074, 0x207F)),
    *((0x3192, 0x319F),),
)
LOWERED: Ranges = ((0x1D62, 0x1D6A), (0x2080, 0x208E), (0x2090, 0x209C), (0x2C7C, 0x2C7C))
SPACES_LIKE_SPACE = "\u00a0\u2007\u202f\u2800\x1c\x1d\x1e\x1f"
"""What is drawn as an ordinary space; the empty braille cell and the separators of ASCII are as wide."""
LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
"""What ends a line."""
SENTENCE_MARKS = ".,!?;:…‥·・。、，！？；：¿¡؟،؛।॥።"
"""Marks that end or divide sentences. Dashes, brackets and operators are none."""
QUOTES = "\"'‘’‚‛“”„‟′″«»‹›「」『』《》〈〉"
"""Quotation marks and apostrophes. The backtick is a mark of code."""

# Letters, by blocks of Unicode. A block also has some signs of its own; they are rare beside its letters.
HANGUL: Ranges = ((0x1100, 0x11FF), (0x3131, 0x3163), (0xAC00, 0xD7A3))
"""Conjoining jamo, the compatibility jamo of today's Korean, syllables."""
OLD_HANGUL: Ranges = ((0x3164, 0x318E), (0xA960, 0xA97F), (0xD7B0, 0xD7FF), (0xFFA0, 0xFFDC))
"""Letters that today's Korean has not, and those of half width."""
LATIN: Ranges = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F))
"""ASCII, Latin-1, Extended-A and -B."""
SIGNS_AMONG_LATIN: Ranges = ((0xD7, 0xD7), (0xF7, 0xF7))
"""× and ÷."""
RARE_LATIN: Ranges = (
    *((0xAA, 0xAA), (0xBA, 0xBA), (0x250, 0x2AF), (0x1D00, 0x1DBF), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F)),
    *((0xA720, 0xA7FF), (0xAB30, 0xAB6F), (0xFB00, 0xFB06), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
)
"""Phonetic letters, further extensions, ligatures, full width."""
OTHER_LETTERS: Ranges = (
    *((0xB5, 0xB5), (0x370, 0x10FF), (0x1200, 0x1CFF), (0x1F00, 0x1FFF), (0x2C00, 0x2C5F), (0x2C80, 0x2DFF)),
    *((0x3005, 0x3007), (0x3031, 0x3035), (0x303C, 0x303C), (0x3041, 0x3130), (0x31A0, 0x31BF), (0x31F0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0xA48F), (0xA4D0, 0xA71F), (0xA800, 0xA95F), (0xA980, 0xAB2F), (0xAB70, 0xABFF)),
    *((0xF900, 0xFAFF), (0xFB07, 0xFDFF), (0xFE70, 0xFEFE), (0xFF66, 0xFF9F), (0x10000, 0x1CFFF), (0x20000, 0x31FFF)),
)
"""Letters of all other scripts."""


KANA_AND_HAN: Ranges = (
    *((0x3005, 0x3007), (0x3041, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    *((0xFF66, 0xFF9F), (0x20000, 0x31FFF)),
)
"""Those of Japanese and Chinese among them."""


def characters_in(ranges: Ranges) -> Iterable[str]:
    """Every character of the ranges."""
    return (chr(code) for first, last in ranges for code in range(first, last + 1))


def python_class(ranges: Ranges) -> str:
    """The ranges as a character class of ``re`` has them."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def re2_class(ranges: Ranges) -> str:
    """The ranges as written in a character class of RE2, the engine of pyarrow."""
    return "".join(f"\\x{{{first:04X}}}-\\x{{{last:04X}}}" for first, last in ranges)
