"""Every address × everybody: the committed table against the answers. A new address without a line fails."""

import os

import pytest
import yaml

from tests.api import matrix, props
from tests.api.matrix import Route
from tests.cast import Cast

ROUTES = matrix.routes()
WRITES = bool(os.environ.get("WRITE_ACCESS_MATRIX"))


def test_every_address_has_its_line() -> None:
    if WRITES:
        return
    assert list(matrix.table()) == [str(route) for route in ROUTES]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_gets_which_answer(cast: Cast, route: Route) -> None:
    found = matrix.answers(route, cast, props.lay_out(cast))
    if WRITES:
        written = matrix.table() if matrix.TABLE.exists() else {}
        written[str(route)] = matrix.as_line(found)
        lines = {str(each): written[str(each)] for each in ROUTES if str(each) in written}
        matrix.TABLE.write_text(yaml.safe_dump(lines, sort_keys=False, width=200), encoding="utf-8")
        return
    assert found == matrix.expected(matrix.table()[str(route)])
