"""No upload hurts (T10). The files are made one after another: together they would fill the memory that they attack."""

from collections.abc import Callable, Iterator

import pytest

from tests.academy.rosters import bombs
from tests.academy.rosters.cases import Case

GROUPS = [bombs.archives, bombs.liars, bombs.documents, bombs.sheets, bombs.disguises]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_upload_is_refused_or_read_as_it_is_written(group: Callable[[], Iterator[Case]]) -> None:
    assert {case.name: case.differences() for case in group() if case.differences()} == {}
