"""Titles that name the number of their session: taken apart, to be put together again for the next.

A title may name `{ordinal}`, `{all_time_ordinal}`, `{fiscal_year}` and `{fiscal_year_ja}` (令和4年度); other braces are
left as they are.
"""

import re
from collections.abc import Iterator

from academy.calendar import in_japanese
from courses.models import Session

_ORDINAL = ("第{}回", "Session {}", "No. {}", "#{}")
_OF_ALL = ("通算第{}回", "通算{}回")


def pattern_of(title: str, session: Session) -> str:
    """The title of a session with its numbers and its fiscal year replaced by their names."""
    for written, named in _spellings(session):
        title = re.sub(rf"(?<!\d){re.escape(written)}(?!\d)", named, title)
    return title


def filled(title: str, session: Session) -> str:
    """The title with the numbers of a session in the places that name them."""
    for name, value in _values(session).items():
        title = title.replace(f"{{{name}}}", str(value))
    return title


def unfilled(title: str) -> bool:
    """Whether a title names the number of all, and the session has none."""
    return "{all_time_ordinal}" in title


def _values(session: Session) -> dict[str, object]:
    of_all = {} if session.all_time_ordinal is None else {"all_time_ordinal": session.all_time_ordinal}
    year = session.fiscal_year
    return {"ordinal": session.ordinal, "fiscal_year": year, "fiscal_year_ja": in_japanese(year), **of_all}


def _spellings(session: Session) -> Iterator[tuple[str, str]]:
    """How the numbers are written, those that contain another first."""
    if session.all_time_ordinal is not None:
        for shape in _OF_ALL:
            yield shape.format(session.all_time_ordinal), shape.format("{all_time_ordinal}")
    for shape in _ORDINAL:
        yield shape.format(session.ordinal), shape.format("{ordinal}")
    yield in_japanese(session.fiscal_year), "{fiscal_year_ja}"
    yield f"{session.fiscal_year}年度", "{fiscal_year}年度"
    yield f"FY{session.fiscal_year}", "FY{fiscal_year}"
