"""What others see who import the library: types, and no circle of modules, imports inside functions included.

``lint-imports`` sees circles of neighbours and of their packages. It does not see a module that imports the face of its
own package, which imports the module.
"""

from graphlib import TopologicalSorter
from pathlib import Path

import grimp

import sftrm_quality


def test_no_module_leads_back_to_itself() -> None:
    graph = grimp.build_graph("sftrm_quality", "flows", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 100

    TopologicalSorter(imports).prepare()  # a CycleError names the modules of the circle


def test_the_library_says_that_it_is_typed() -> None:
    assert (Path(sftrm_quality.__file__).parent / "py.typed").is_file()
