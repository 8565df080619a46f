"""Valid time: `?as_of=YYYY-MM-DD` asks what was true on that day, as known now (design §6)."""

import datetime as dt
import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from academy import clock
from api.inputs import FIRST_YEAR, LAST_YEAR, OUT_OF_RANGE
from api.pagination import invalid_parameter

AS_OF = "as_of"
PARAMETER = OpenApiParameter(
    AS_OF,
    {"type": "string", "format": "date"},
    OpenApiParameter.QUERY,
    description=(
        "その日に正しかったこと(いま分かっているとおりに)。指定しない場合は日を限らない。 / "
        "What was true on that day, as known now. Without it, the rows of all days."
    ),
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def asked_day(request: Request) -> dt.date | None:
    """The day that is asked about; None where none is given."""
    return day_in(request, AS_OF)


def day_in(request: Request, name: str) -> dt.date | None:
    """The day in a query parameter; None where it is not given."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise invalid_parameter(name, "日付を「2022-07-01」の形で。", "A date: 2022-07-01.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise invalid_parameter(name, OUT_OF_RANGE.ja, OUT_OF_RANGE.en, "out_of_range")
    return day


def day_of_trees(request: Request) -> dt.date:
    """The day whose tree of organisations a filter walks: the one asked about, or today."""
    return asked_day(request) or clock.today()
