"""Great Expectations as it is used here: one ephemeral context a call, and nothing done that nobody reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import great_expectations.execution_engine.pandas_execution_engine as gx_pandas
import orjson
from great_expectations import get_context
from great_expectations.core.id_dict import IDDict
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

# Frames up to this number of bytes are hashed on every validation, all of them by default: 6 s and 700 MB per million
# rows for a fingerprint that nobody reads. The setting is private; a test watches that no frame is hashed.
gx_pandas.HASH_THRESHOLD = 0


def _domain_kwargs(expectation: Expectation) -> dict[str, Any]:
    given = expectation.configuration.kwargs
    return {key: given.get(key, expectation._get_default_value(key)) for key in expectation.domain_keys}


def _success_kwargs(expectation: Expectation) -> dict[str, Any]:
    given = expectation.configuration.kwargs
    own = {key: given.get(key, expectation._get_default_value(key)) for key in expectation.success_keys}
    return own | _domain_kwargs(expectation)


# Great Expectations' own methods make the configuration of an expectation anew for each key that they ask it for, a
# hundred times for each of its standard expectations: 40 of the 145 ms to check the figures of a release. They are
# private; a test watches that they are still those that these do the same as.
Expectation._get_domain_kwargs = _domain_kwargs
Expectation._get_success_kwargs = _success_kwargs


_Made = dict[int, tuple[object, Any]]
_made_in_a_call: ContextVar[_Made | None] = ContextVar("made in a call", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, the configuration of an expectation is made once, and the expectation of a configuration too.

    Great Expectations makes them anew each time that it asks for one of their values: half of the 50 ms that a suite
    takes. Within a call neither changes. Both are private; a test watches that they are still what is replaced here.
    """
    before = _made_in_a_call.set({})
    try:
        yield
    finally:
        _made_in_a_call.reset(before)


def _once(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def made(of: Any) -> Any:
        known = _made_in_a_call.get()
        if known is None:
            return make(of)
        # By identity, and with the object itself, so that its number is nobody else's meanwhile.
        if id(of) not in known:
            known[id(of)] = of, make(of)
        return known[id(of)][1]

    return made


Expectation.configuration = property(_once(Expectation.configuration.fget))
ExpectationConfiguration.to_domain_obj = _once(ExpectationConfiguration.to_domain_obj)


def _id_of(values: IDDict, id_keys: Any = None, id_ignore_keys: Any = None) -> Any:
    if id_keys is None and id_ignore_keys is None and not values._id_ignore_keys and len(values) > 1:
        # One of what JSON has no type for goes the long way.
        with suppress(TypeError):
            return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
    return _their_id_of(values, id_keys, id_ignore_keys)


# Metrics are known by it, 900 of them for the figures of a release; theirs asks of every value whether it is of twenty
# types before it is made JSON, and hashes that: two fifths of the time. Either way equal values have equal ids, and
# others other ones.
_their_id_of = IDDict.to_id
IDDict.to_id = _id_of


def _context_settings() -> DataContextConfig:
    """No temporary documentation site, no progress bars, nothing sent anywhere."""
    return DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
    )


class _ContextOfACall(EphemeralDataContext):  # type: ignore[misc]  # Great Expectations is not followed
    """Another context writes all of its settings as YAML when something is added to it (3 ms)."""

    def _save_project_config(self) -> None:
        pass


# Great Expectations wants a global project, but one that saw a frame would keep it alive, and threads that share one
# get each other's results. So the global one stays empty, and every call makes a context of its own (2 ms).
get_context(mode="ephemeral", project_config=_context_settings())


def context_of_a_call() -> EphemeralDataContext:
    """A context that is given to nobody else.

    Returns:
        A new one, with nothing in it.
    """
    return _ContextOfACall(project_config=_context_settings())
