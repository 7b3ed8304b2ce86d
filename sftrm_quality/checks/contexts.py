"""Great Expectations as it is used here: one ephemeral context a call, and nothing done that nobody reads."""

from typing import Any

import great_expectations.execution_engine.pandas_execution_engine as gx_pandas
from great_expectations import get_context
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation

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
