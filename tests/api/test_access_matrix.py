"""Every address × everybody: the committed table against the answers. A new address without a line fails."""

import os
from collections.abc import Callable, Iterator

import pytest
import yaml

from tests.api import matrix, props
from tests.api.matrix import Route
from tests.api.props import Props
from tests.cast import assemble

ROUTES = matrix.routes()
WRITES = bool(os.environ.get("WRITE_ACCESS_MATRIX"))
COMMITTED = {} if WRITES else matrix.table()

RowCount = Callable[[], int]


@pytest.fixture(scope="module")
def laid(shared_stage: None) -> Props:
    """The props, laid out once: each cell is undone by itself. Everybody has a token."""
    cast = assemble()
    laid = props.lay_out(cast)
    for name in matrix.EVERYBODY:
        matrix.client_for(cast, laid, name)
    return laid


@pytest.fixture(scope="module")
def rows_everywhere(shared_stage: None) -> Iterator[RowCount]:
    with matrix.counted_rows() as rows_everywhere:
        yield rows_everywhere


def test_every_address_has_its_line() -> None:
    assert WRITES or list(COMMITTED) == [str(route) for route in ROUTES]


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_gets_which_answer(laid: Props, rows_everywhere: RowCount, route: Route) -> None:
    found = matrix.answers(route, laid, rows_everywhere)
    if WRITES:
        written = matrix.table() if matrix.TABLE.exists() else {}
        written[str(route)] = matrix.as_line(found)
        lines = {str(each): written[str(each)] for each in ROUTES if str(each) in written}
        matrix.TABLE.write_text(yaml.safe_dump(lines, sort_keys=False, width=200), encoding="utf-8")
        return
    assert found == matrix.expected(COMMITTED[str(route)])
