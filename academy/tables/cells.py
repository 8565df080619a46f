"""What a cell says, whichever kind of cell it is: `workbooks.MARKS` tell a number, a date, a truth value and an error."""

import datetime as dt

from academy.tables.characters import Unacceptable, visible
from academy.tables.dates import date_of
from academy.tables.workbooks import DATE, ERROR, MARKS, NUMBER, TEXT, TRUTH


def text_of(cell: str) -> str:
    """The text of a cell in which digits are as good as a number."""
    mark = cell[:1]
    if mark not in MARKS:
        return cell
    if mark == ERROR:
        raise Unacceptable("error_cell")
    if mark in (DATE, TEXT):
        raise Unacceptable("control_character" if mark == TEXT else "not_text")
    return cell[1:]


def code_of(cell: str) -> str:
    """The text of a cell in which a leading zero counts: a number has lost it."""
    if cell[:1] in (NUMBER, DATE, TRUTH):
        raise Unacceptable("numeric_cell")
    return text_of(cell)


def day_of(cell: str) -> dt.date:
    """The day of a cell: a date, or a text or number in one of the ways in which dates are written."""
    if cell[:1] in (ERROR, TEXT, TRUTH):
        text_of(cell)
        raise Unacceptable("not_a_date")
    day = date_of(visible(cell[1:] if cell[:1] in MARKS else cell))
    if isinstance(day, str):
        raise Unacceptable(day)
    return day
