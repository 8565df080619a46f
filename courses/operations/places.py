"""Venues and instructors, and the times for which a published session takes them."""

from typing import TypedDict, Unpack

from django.db import connection

from academy.errors import Faults
from academy.models import Staff, User
from academy.operations.base import note, operation
from courses.models import Instructor, Venue


class VenueFields(TypedDict, total=False):
    name_ja: str
    name_en: str
    seats: int | None


class InstructorFields(TypedDict, total=False):
    name: str
    affiliation: str


@operation
def create_venue(*, code: str, online: bool = False, by: User | None, **fields: Unpack[VenueFields]) -> Venue:
    """A place where meetings are held; an online one may be shared, a room holds one meeting at a time."""
    venue = Venue(code=code, online=online, **fields)
    _check_name(venue.name_ja, "/name_ja")
    venue.fold_names()
    venue.save(force_insert=True)
    return venue


@operation
def change_venue(*, venue_id: int, by: User | None, **fields: Unpack[VenueFields]) -> Venue:
    """Change what is given. Whether a venue is online stays: published meetings have taken it as what it was."""
    venue = Venue.objects.select_for_update(no_key=True).get(pk=venue_id)
    for name, value in fields.items():
        setattr(venue, name, value)
    _check_name(venue.name_ja, "/name_ja")
    venue.fold_names()
    venue.save(update_fields=[*fields, "name_folded"])
    return venue


@operation
def create_instructor(*, name: str, affiliation: str = "", staff: Staff | None = None, by: User | None) -> Instructor:
    """An instructor needs a name and no account; a member of staff is listed once."""
    _check_name(name, "/name")
    instructor = Instructor(name=name, affiliation=affiliation, staff=staff)
    instructor.fold_names()
    instructor.save(force_insert=True)
    note(instructor)
    return instructor


@operation
def change_instructor(*, instructor_id: int, by: User | None, **fields: Unpack[InstructorFields]) -> Instructor:
    """Change what is given; which person an instructor is stays."""
    instructor = Instructor.objects.select_for_update(no_key=True).get(pk=instructor_id)
    for name, value in fields.items():
        setattr(instructor, name, value)
    _check_name(instructor.name, "/name")
    instructor.fold_names()
    instructor.save(update_fields=[*fields, "name_folded"])
    return instructor


def _check_name(name: str, at: str) -> None:
    faults = Faults()
    if not name.strip():
        faults.add(at, "required", "名称が必要です。", "A name is needed.")
    faults.refuse()


def take_places(session_id: int) -> None:
    """Take rooms and instructors for the live meetings of a session, as they are now.

    The database refuses what is taken already: `RoomNotFree`, and `InstructorNotFree` also for one who attends another
    session meanwhile. Call it again when meetings moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE courses_meeting AS meeting SET exclusive_venue_id = venue.id
            FROM courses_venue AS venue
            WHERE meeting.session_id = %s AND venue.id = meeting.venue_id AND NOT venue.online AND meeting.form = 'live'
            """,
            [session_id],
        )
        cursor.execute(
            """
            UPDATE courses_sessioninstructor SET busy = (
                SELECT range_agg(during) FROM courses_meeting
                WHERE session_id = %s AND cancelled_at IS NULL AND form = 'live' AND during IS NOT NULL
            ) WHERE session_id = %s
            """,
            [session_id, session_id],
        )


def free_places(session_id: int) -> None:
    """Give rooms and instructors back: for a session that does not take place."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_meeting SET exclusive_venue_id = NULL WHERE session_id = %s", [session_id])
        cursor.execute("UPDATE courses_sessioninstructor SET busy = NULL WHERE session_id = %s", [session_id])
