"""The lines of a plan come in as a file: it says all of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from academy.errors import Fault as InputFault
from academy.errors import InvalidInput
from academy.models import User
from academy.operations.base import note, operation
from academy.tables.faults import Fault
from courses.errors.schedule_files import FileFaulty
from courses.models import Course, PlanLine, Program, ProgramPlan
from courses.operations.plans import PlanLineInput, set_plan_lines
from courses.operations.schedule_files.placing import in_input
from courses.plan_tables.faults import TEXTS
from courses.plan_tables.lines import PlanRow, PlanTable, read

FIGURES = ("sessions", "seats", "yen", "provisional", "note")
Key = tuple[int, int | None, int | None]
Figures = dict[str, Any]


@dataclass(frozen=True)
class ImportedPlan:
    """The plan, and how its lines differ from what they were."""

    plan: ProgramPlan
    counts: Mapping[str, int]
    ignored: Sequence[str]


@operation
def import_plan_lines(*, plan_id: int, file: BinaryIO, by: User | None) -> ImportedPlan:
    """Replace the lines of a draft by those of a file, all of them or none; the same lines again are no change of it.

    What a column is about that the file does not have stays as it is on the lines that stay.
    """
    plan = ProgramPlan.objects.select_for_update(no_key=True).get(pk=plan_id)
    table = read(file)
    before = {_key(line): _figures(line) for line in PlanLine.objects.filter(plan=plan)}
    lines, faults = _understood(table, before)
    after = {line.names: _figures(line) for line in lines}
    if not faults and (before != after or len(after) < len(lines)):
        faults = _written(plan, table, lines, by)
    if faults:
        raise FileFaulty(faults)
    counts = _difference(before, after)
    note(plan, **counts)
    return ImportedPlan(ProgramPlan.objects.get(pk=plan_id), counts, table.ignored)


def _understood(table: PlanTable, before: Mapping[Key, Figures]) -> tuple[list[PlanLineInput], list[InputFault]]:
    """The lines with the programmes and courses that their codes mean: two statements, however many there are."""
    programs = {each.code: each for each in Program.objects.filter(code__in=_codes(table, "program"))}
    found = Course.objects.filter(code__in=_codes(table, "course")).select_related("program")
    courses = {each.code: each for each in found}
    lines, faults = [], list(table.faults)
    for row in table.rows:
        course = courses.get(row["course"])
        program = programs.get(row["program"]) or (course.program if course and not row["program"] else None)
        wrong = [
            Fault(row.line, table.headings[name], code)
            for name, code, known in (("course", "unknown_course", course), ("program", "unknown_program", program))
            if known is None and row[name]
        ]
        faults += wrong
        if program is not None and not wrong:
            lines.append(_line(row, program, course, before, table.headings))
    return lines, [in_input(fault, TEXTS[fault.code]) for fault in sorted(faults, key=lambda fault: fault.line)]


def _codes(table: PlanTable, name: str) -> set[str]:
    return {row[name] for row in table.rows if row[name]}


def _line(
    row: PlanRow, program: Program, course: Course | None, before: Mapping[Key, Figures], read: Collection[str]
) -> PlanLineInput:
    line = PlanLineInput(program, course, row["quarter"])
    held = before.get(line.names, _figures(line))
    given = {**held, **{name: row[name] for name in FIGURES if name in read}}
    return replace(line, **{**given, "provisional": bool(given["provisional"]), "note": given["note"] or ""})


def _written(plan: ProgramPlan, table: PlanTable, lines: Sequence[PlanLineInput], by: User | None) -> list[InputFault]:
    """Write the lines; what the plan itself refuses of them, at its place in the file."""
    try:
        set_plan_lines(plan_id=plan.pk, lines=lines, by=by)
    except InvalidInput as refusal:
        return [_in_file(table, fault) for fault in refusal.faults]
    return []


def _in_file(table: PlanTable, fault: InputFault) -> InputFault:
    _, _, number, *name = fault.pointer.split("/")
    return in_input(Fault(table.rows[int(number)].line, table.headings.get("".join(name), ""), fault.code), fault.text)


def _key(line: PlanLine) -> Key:
    return line.program_id, line.course_id, line.quarter


def _figures(line: PlanLine | PlanLineInput) -> Figures:
    return {name: getattr(line, name) for name in FIGURES}


def _difference(before: Mapping[Key, Any], after: Mapping[Key, Any]) -> dict[str, int]:
    kept = before.keys() & after.keys()
    found = Counter("unchanged" if before[names] == after[names] else "changed" for names in kept)
    return {
        "added": len(after.keys() - kept),
        "changed": found["changed"],
        "removed": len(before.keys() - kept),
        "unchanged": found["unchanged"],
    }
