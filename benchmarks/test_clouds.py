"""The tests of an index in an object store, on Azure's and Google's as their emulators:

    python -m pytest benchmarks/test_clouds.py

`benchmarks/clouds.py` says where they come from; without one its tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.clouds import STORES, MissingProgram
from benchmarks.test_bucket import (  # noqa: F401
    test_a_new_index_keeps_the_passages_of_other_machines,
    test_ray_reads_objects_into_a_bucket_and_is_killed,
    test_two_that_write_at_once_and_are_killed,
    test_writes_that_were_cut_short_are_done_once,
)
from tests.bucket import Proxy, environment
from tests.conftest import *  # noqa: F403
from tests.indexer.test_bucket import (  # noqa: F401
    _whole,
    machines,
    test_a_store_that_is_away_is_no_damage,
    test_a_store_without_conditional_writes_is_refused,
    test_several_homes_write_one_index_and_any_searches_it,
    test_what_goes_with_the_index_is_beside_it,
    test_what_was_indexed_in_the_home_goes_along,
)


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    try:
        with (
            STORES[request.param](tmp_path_factory.mktemp(request.param)) as (proxy, variables),
            environment(variables),
        ):
            yield proxy
    except MissingProgram as error:
        pytest.skip(str(error))
