"""Built-in formats: what their records say goes in, whoever made them, and what is wrong is found, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits
from sftrm_quality.formats import builtin_declarations
from tests import declared
from tests.declared import DAMAGE, MAKERS
from tests.declared_case import mapped

NAMES = [declaration.name for declaration in builtin_declarations()]


def test_each_module_of_records_is_of_a_format():
    modules = {path.stem for path in Path(declared.__file__).parent.glob("*.py")}
    assert modules - {"__init__", "making", "damaging"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_records_say_goes_in_and_what_is_wrong_is_found(name, data):
    right = data.draw(st.lists(MAKERS[name], min_size=1, max_size=6))
    damages = data.draw(st.lists(st.sampled_from(DAMAGE[name]), max_size=len(right)))
    rows = [(record, truth, None) for record, truth in right]
    rows += [(change(record), None, reason) for (reason, change), (record, _) in zip(damages, right, strict=False)]
    rows = data.draw(st.permutations(rows))
    found = mapped([record for record, _, _ in rows], limits=Limits(shard_records=data.draw(st.sampled_from([2, 50]))))
    assert found.format == name
    assert found.reasons == {at: reason for at, (_, _, reason) in enumerate(rows) if reason}
    assert found.parts == {at: truth for at, (_, truth, reason) in enumerate(rows) if not reason}


@pytest.mark.parametrize("declaration", builtin_declarations(), ids=NAMES)
def test_the_example_of_a_format_is_of_it(declaration):
    found = mapped([declaration.example])
    is_message = declaration.tree is not None and declaration.tree.parent is not None  # by itself it is in no tree
    assert (found.format, found.reasons) == (declaration.name, {0: "tree_malformed"} if is_message else {})
    assert len(found.records) + len(found.misfits) == 1
