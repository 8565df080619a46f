"""The schedule of a fiscal year: a row for each meeting of its sessions, in the columns in which a schedule comes in.

What is written here and read again for the same year changes nothing. The online address of a session is not written.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from academy.text import in_both
from courses.models import Course, MeetingForm, Program, Selection, Session, Venue
from courses.operations.schedule_files.stored import stored
from courses.schedules.columns import HEADINGS, KNOWN
from courses.schedules.written import rows as rows_of

NAME = "schedule"
__all__ = ["HEADINGS", "choices", "rows"]
CHOICES = ("講座コード", "講座名", "会場コード", "会場名", "選考方法", "形態", "列", "書き方")


def rows(fiscal_year: int, planned: QuerySet[Program], course: Course | None = None) -> Iterator[tuple[str, ...]]:
    """The cells of each row, as text: of the sessions of the programmes, or of one course of theirs."""
    sessions = Session.objects.filter(fiscal_year=fiscal_year, course__program__in=planned.values("pk"))
    if course is not None:
        sessions = sessions.filter(course=course)
    for _, each in stored(sessions.order_by("course__code", "ordinal")):
        yield from rows_of(each)


def choices(planned: QuerySet[Program]) -> Iterator[tuple[str, ...]]:
    """What may be written: the courses, the venues, the words of two columns, and how each column is written."""
    courses = Course.objects.filter(program__in=planned.values("pk")).order_by("code").values_list("code", "title_ja")
    lists: list[list[tuple[str, ...]]] = [
        list(courses),
        list(Venue.objects.order_by("code").values_list("code", "name_ja")),
        [(in_both(each.label).ja,) for each in Selection],
        [("実施",) if each == MeetingForm.LIVE else ("アーカイブ",) for each in MeetingForm],
        [(known.heading, known.note.ja) for known in KNOWN],
    ]
    widths = (2, 2, 1, 1, 2)
    for number in range(max(map(len, lists))):
        cells: list[str] = []
        for values, width in zip(lists, widths, strict=True):
            cells += values[number] if number < len(values) else ("",) * width
        yield tuple(cells)
