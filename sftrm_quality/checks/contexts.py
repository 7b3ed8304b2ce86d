"""Great Expectations as it is used here: one ephemeral context a call, and nothing done that nobody reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
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
from great_expectations.validator.validator import Validator

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


@dataclass
class Graphs:
    """What Great Expectations makes of a suite and its parameters before it looks at a frame.

    made: the graph of metrics of each expectation, the configurations of these, and what is made of them; None until
    the first call. Set at once: calls in other threads may look at it.
    """

    made: tuple[tuple[Any, ...], tuple[ExpectationConfiguration, ...], _Made] | None = None


_graphs_of_a_call: ContextVar[Graphs | None] = ContextVar("graphs of a call", default=None)


@contextmanager
def remembering(graphs: Graphs) -> Iterator[None]:
    """Inside, the configuration of an expectation is made once, and the expectation of a configuration too.

    Great Expectations makes them anew each time that it asks for one of their values: half of the 50 ms that a suite
    takes. Within a call neither changes. Both are private; a test watches that they are still what is replaced here.

    Args:
        graphs: Of the suite that is run, and of its parameters: made by the first call, and used by all others.
    """
    before, graphs_before = _made_in_a_call.set({}), _graphs_of_a_call.set(graphs)
    try:
        yield
    finally:
        _made_in_a_call.reset(before)
        _graphs_of_a_call.reset(graphs_before)


def kept_in_a_call(of: object) -> dict[Any, Any]:
    """What is made of an object, for as long as the call is that it is seen in.

    Args:
        of: The object.

    Returns:
        The same dict inside of one ``remembering``, else a new one.
    """
    known = _made_in_a_call.get()
    kept: dict[Any, Any] = {} if known is None else known.setdefault(id(of), (of, {}))[1]
    return kept


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


def _graphs(
    its: Validator,
    expectation_configurations: Any,
    processed_configurations: Any,
    catch_exceptions: Any,
    runtime_configuration: Any = None,
) -> Any:
    """What theirs gives: it is asked by the first call with a suite and its parameters only."""
    known, made = _graphs_of_a_call.get(), _made_in_a_call.get()
    if known is None or made is None or known.made is None:
        graphs, failed, configurations = _their_graphs(
            its, expectation_configurations, processed_configurations, catch_exceptions, runtime_configuration
        )
        if known is None or made is None or failed:
            return graphs, failed, configurations
        for one in graphs:
            # It has the frame. What follows asks the graph of the whole suite, which gets one of its own.
            one.graph._execution_engine = None
        # Of each configuration its expectation, and of that its configuration.
        both = [*configurations, *(made[id(one)][1] for one in configurations)]
        ours = {id(one): made[id(one)] for one in both if id(one) in made}
        known.made = tuple(graphs), tuple(configurations), ours
    graphs, configurations, ours = known.made
    made.update(ours)
    return list(graphs), [], list(configurations)


# A fifth of the time to check a frame of some rows. It follows from the suite, its parameters and the name of the
# batch, which is always the same, and Great Expectations only reads it from then on.
_their_graphs = Validator._generate_metric_dependency_subgraphs_for_each_expectation_configuration
Validator._generate_metric_dependency_subgraphs_for_each_expectation_configuration = _graphs


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
    """One whose settings are written nowhere and name no variables.

    Another writes them all as YAML when something is added to it (3 ms), and copies the environment for each that is
    looked at (2 ms).
    """

    def _save_project_config(self) -> None:
        pass

    def _register_providers(self, config_provider: object) -> None:
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
