"""Which versions made a result: of this product, of the libraries whose results it holds, and of the very code."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

import xxhash

from sftrm_quality import __version__

# Their results are in the data files' bytes or in the verdicts.
_PACKAGES = ("great-expectations", "pandas", "pyarrow", "numpy", "numba", "xxhash")


@cache
def versions() -> dict[str, str]:
    """Versions of this product and of the libraries whose results a release holds."""
    return {"sftrm-quality": __version__, **{name: version(name) for name in _PACKAGES}}


@cache
def code_hash() -> str:
    """xxh3_128 of the library's code and declarations: what was cached by others, released or not, is not believed."""
    digest = xxhash.xxh3_128()
    folder = Path(__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
