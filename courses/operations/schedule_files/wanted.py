"""What a file asks of one session, with the rows that its codes and names mean, and what of that is not so yet."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from academy.tables.faults import Fault
from academy.tables.writing import GETA
from courses.models import Course, Instructor, Program, Venue
from courses.schedules.asked import Asked, slots_of
from courses.schedules.reading import Schedule
from courses.schedules.values import Follows, Row
from courses.schedules.written import Stored, as_cp932, key, label
from courses.scheduling import Slot


@dataclass(frozen=True)
class Known:
    """What codes and names mean: the courses that may be planned, venues, and instructors by label and by name."""

    courses: Mapping[str, Course]
    venues: Mapping[str, Venue]
    labels: Mapping[str, Sequence[Instructor]]
    names: Mapping[str, Sequence[Instructor]]
    from_cp932: bool


@dataclass
class Wanted:
    """What is asked: values by the names of columns, meetings where the file has any, and what is wrong with them."""

    values: dict[str, Any] = field(default_factory=dict)
    slots: list[Slot] | None = None
    instructors: list[Instructor] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def changes(self, stored: Stored) -> list[str]:
        """The names of the columns that say something else than what is stored; `meetings` for all of theirs."""
        found = [name for name, value in self.values.items() if value != stored.values[name]]
        if self.slots is not None and self.slots != list(stored.slots):
            found.append("meetings")
        return found


def known(schedule: Schedule, programs: QuerySet[Program]) -> Known:
    """Read what the file refers to: three statements, however many rows it has."""
    codes = {asked.course for asked in schedule.sessions}
    courses = Course.objects.filter(code__in=codes, program__in=programs.values("pk"))
    venues = {row["venue"] for asked in schedule.sessions for row in asked.rows if row["venue"]}
    named = any(asked.fields.get("instructors") for asked in schedule.sessions)
    instructors = list(Instructor.objects.order_by("pk")) if named else []
    return Known(
        courses={course.code: course for course in courses},
        venues={venue.code: venue for venue in Venue.objects.filter(code__in=venues)},
        labels=_by(label, instructors),
        names=_by(lambda each: label(Instructor(name=each.name)), instructors),
        from_cp932=schedule.encoding == "cp932",
    )


def _by(text: Callable[[Instructor], str], instructors: Iterable[Instructor]) -> dict[str, list[Instructor]]:
    found: dict[str, list[Instructor]] = defaultdict(list)
    for each in instructors:
        for written in {key(text(each)), key(as_cp932(text(each)))}:
            found[written].append(each)
    return found


class Reader:
    """Understands one session after another against what is stored of it."""

    def __init__(self, found: Known) -> None:
        self.found = found

    def wanted(self, asked: Asked, course: Course, stored: Stored | None) -> Wanted:
        wanted = Wanted(values=asked.fields)
        values, held = wanted.values, stored.values if stored else {}
        for name in ("title_ja", "title_en"):
            if name in values:
                values[name] = self._text(asked, name, values[name], held.get(name, ""), wanted)
        if "title_ja" in values:
            values["title_ja"] = values["title_ja"] or course.title_ja
        if stored and values.get("all_time_ordinal") is Follows.NEXT:
            values["all_time_ordinal"] = None
        if "rule" in values:
            values["rule"] = self._rule(asked, values["rule"], held.get("rule"), wanted)
        if "instructors" in values:
            wanted.instructors = self._instructors(asked, values["instructors"], stored, wanted)
            values["instructors"] = frozenset(each.pk for each in wanted.instructors)
        wanted.slots = self._slots(asked, stored.slots if stored else (), wanted)
        return wanted

    def _rule(self, asked: Asked, rule: Any, held: Any, wanted: Wanted) -> Any:
        if rule is Follows.STORED:
            if held is None:
                wanted.faults.append(asked.fault("rule", "not_json"))
            return held
        if self.found.from_cp932 and held is not None:
            as_written = json.loads(as_cp932(json.dumps(held, ensure_ascii=False)))
            return held if rule == as_written else rule
        return rule

    def _text(self, asked: Asked, name: str, text: str, held: str, wanted: Wanted, line: int | None = None) -> str:
        """What CP932 does not have became 〓 on the way out: it is not taken for a change, and not written anew."""
        if text == held.strip() or (self.found.from_cp932 and text == as_cp932(held).strip()):
            return held
        if self.found.from_cp932 and GETA in text:
            wanted.faults.append(asked.fault(name, "unmapped_character", line))
        return text

    def _instructors(self, asked: Asked, text: str, stored: Stored | None, wanted: Wanted) -> list[Instructor]:
        found: list[Instructor] = []
        held = {each.pk for each in stored.instructors} if stored else set()
        for written in self._separate(text):
            several = [each for each in self._fitting(written) if each not in found]
            own = [each for each in several if each.pk in held]
            if own or len(several) == 1:
                found.append((own or several)[0])
            elif several:
                wanted.faults.append(asked.fault("instructors", "ambiguous_instructor"))
            else:
                twice = bool(self._fitting(written))
                wanted.faults.append(asked.fault("instructors", "repeated" if twice else "unknown_instructor"))
        return found

    def _fitting(self, written: str) -> Sequence[Instructor]:
        """Those of this name and affiliation; else those of this name."""
        text = key(written)
        return self.found.labels.get(text) or self.found.names.get(text) or ()

    def _separate(self, text: str) -> list[str]:
        """One name each; what is no name as a whole may be several, apart by the marks of Japanese."""
        parts = [part.strip() for part in text.split(";") if part.strip()]
        return [
            each.strip()
            for part in parts
            for each in ([part] if self._fitting(part) else re.split("[；、]", part))
            if each.strip()
        ]

    def _slots(self, asked: Asked, stored: Sequence[Slot], wanted: Wanted) -> list[Slot] | None:
        def venue_of(row: Row) -> Venue | None:
            code = row["venue"]
            if code and code not in self.found.venues:
                wanted.faults.append(asked.fault("venue", "unknown_venue", row.line))
            return self.found.venues.get(code)

        slots = slots_of(asked, stored, venue_of)
        if slots is None:
            return None
        wanted.faults += [each for each in slots if isinstance(each, Fault)]
        found = [each for each in slots if isinstance(each, Slot)]
        for place, slot in enumerate(found):
            held = stored[place] if place < len(stored) else Slot()
            line = asked.meetings[place].line if place < len(asked.meetings) else None
            found[place] = replace(
                slot,
                title_ja=self._text(asked, "meeting_title_ja", slot.title_ja, held.title_ja, wanted, line),
                title_en=self._text(asked, "meeting_title_en", slot.title_en, held.title_en, wanted, line),
            )
        return found
