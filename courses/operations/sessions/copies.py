"""Drafting a session from what there is: another session, or a template."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Unpack, cast

from academy.calendar import fiscal_year, fiscal_year_of
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses import pattern_documents
from courses.models import Instructor, Session, SessionTemplate, Venue
from courses.operations.sessions.drafts import SessionFields, drafted, slots_of
from courses.operations.sessions.numbers import locked_course
from courses.patterns import Part, shifted, slots_on
from courses.scheduling import Days
from courses.titles import pattern_of


@operation
def clone_session(
    *,
    session_id: int,
    starts_on: dt.date,
    course_id: int | None = None,
    keep_instructors: bool = False,
    by: User | None,
) -> Session:
    """Draft a copy that begins on another day, of the same course or another.

    Copied are the titles with the new numbers in them, the way of selection, limits, meetings with their places, and the
    rule of an audience of its own. Not copied: people named in that audience, since each naming is a decision with a reason
    about one session; the window and deadlines set by hand, which are of the old days; the online address; and, unless they
    are kept, the instructors.
    """
    source = Session.objects.select_related("audience", "course").get(pk=session_id)
    course = locked_course(course_id or source.course_id)
    given: SessionFields = {
        "title_ja": pattern_of(source.title_ja, source),
        "title_en": pattern_of(source.title_en, source),
    }
    copied: dict[str, Any] = {name: getattr(source, name) for name in ("selection", "capacity", "minimum")}
    slots = slots_of(source)
    session = drafted(
        Session(course=course, **given, **copied),
        [] if source.undated else shifted(slots, starts_on),
        _days_of_copy(source, any(slot.live for slot in slots), starts_on),
        given,
        rule=None if source.audience is None else source.audience.rule,
        instructors=_instructors_of(source) if keep_instructors else (),
        by=by,
    )
    note(source=source.public_id)
    return session


@operation
def draft_from_template(
    *,
    template_id: int,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    ordinal: int | None = None,
    rule: Any = None,
    instructors: Sequence[Instructor] = (),
    by: User | None,
    **fields: Unpack[SessionFields],
) -> Session:
    """Draft a session of a template's course that begins on a day; what is given takes the place of the template's.

    A template without live meetings needs the last day too.
    """
    template = SessionTemplate.objects.get(pk=template_id)
    course = locked_course(template.course_id)
    faults = Faults()
    parts = parts_of_template(template, faults)
    faults.refuse()
    names = ("title_ja", "title_en", "selection", "capacity", "minimum")
    given = cast(SessionFields, {**{name: getattr(template, name) for name in names}, **fields})
    slots = slots_on(parts, starts_on)
    days = Days() if any(slot.live for slot in slots) else Days(starts_on, ends_on)
    session = drafted(
        Session(course=course, **given), slots, days, given, ordinal=ordinal, rule=rule, instructors=instructors, by=by
    )
    note(template=template.public_id)
    return session


def parts_of_template(template: SessionTemplate, faults: Faults) -> list[Part]:
    """The pattern of a template as it can be used now: a venue may have gone since."""
    named = Venue.objects.filter(public_id__in=pattern_documents.venues_in(template.pattern))
    return pattern_documents.read(template.pattern, {str(row.public_id): row for row in named}, faults)


def _days_of_copy(source: Session, meets: bool, starts_on: dt.date) -> Days:
    """The days of a copy: of its meetings; the whole fiscal year where the source takes one; else as many days."""
    if source.undated:
        return Days(fiscal_year=fiscal_year_of(starts_on), undated=True)
    if meets:
        return Days()
    year = fiscal_year(fiscal_year_of(starts_on))
    if (source.starts_on, source.ends_on) == fiscal_year(source.fiscal_year) and starts_on == year[0]:
        return Days(*year)
    return Days(starts_on, starts_on + (source.ends_on - source.starts_on))


def _instructors_of(source: Session) -> list[Instructor]:
    return [each.instructor for each in source.session_instructors.select_related("instructor").order_by("pk")]
