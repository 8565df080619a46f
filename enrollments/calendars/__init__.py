"""Calendars: the meetings that a person attends or teaches, and those of one session, as iCalendar (RFC 5545, 5546).

`entries` reads what belongs into a calendar and with which standing; `writing` turns that into a file.
"""

from enrollments.calendars.entries import Entry, Part, Standing, entries_of_person, entries_of_session
from enrollments.calendars.writing import personal_calendar, session_calendar

__all__ = [
    "Entry",
    "Part",
    "Standing",
    "entries_of_person",
    "entries_of_session",
    "personal_calendar",
    "session_calendar",
]
