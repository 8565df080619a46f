"""The lines of a version of a plan, in the columns in which they come in: what is written here and read again changes nothing."""

from collections.abc import Iterator

from django.db.models import F

from courses.models import Course, PlanLine, Program, ProgramPlan
from courses.plan_tables.lines import HEADINGS, KNOWN

NAME = "program_plan"
__all__ = ["CHOICES", "HEADINGS", "choices", "rows"]
CHOICES = ("研修コード", "研修名", "講座コード", "講座名", "列", "書き方")


def rows(plan: ProgramPlan) -> Iterator[tuple[str, ...]]:
    """The cells of each line, as text."""
    lines = PlanLine.objects.filter(plan=plan).select_related("program", "course")
    for line in lines.order_by(
        "program__code", F("course__code").asc(nulls_first=True), F("quarter").asc(nulls_first=True)
    ):
        yield (
            line.program.code,
            line.course.code if line.course else "",
            _number(line.quarter),
            str(line.sessions),
            _number(line.seats),
            _number(line.yen),
            "○" if line.provisional else "",
            line.note,
        )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def choices() -> Iterator[tuple[str, ...]]:
    """What may be written: the programmes and courses, and how each column is written."""
    lists: list[list[tuple[str, str]]] = [
        list(Program.objects.order_by("code").values_list("code", "title_ja")),
        list(Course.objects.order_by("code").values_list("code", "title_ja")),
        [(known.heading, known.note.ja) for known in KNOWN],
    ]
    for number in range(max(map(len, lists))):
        yield tuple(cell for each in lists for cell in (each[number] if number < len(each) else ("", "")))
