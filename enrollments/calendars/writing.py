"""A calendar as a file. The same entries give the same bytes: nothing here reads a clock.

UID is the meeting's id and stays when it is moved or cancelled; SEQUENCE is how often the meeting was changed, and
DTSTAMP says when it, or the person's part in it, last was: of two copies a calendar program keeps the one with the
higher SEQUENCE, and at equal ones that with the later DTSTAMP (RFC 5546, 2.1.5). Times carry TZID=Asia/Tokyo.
"""

import datetime as dt
import re
from collections.abc import Sequence

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from academy.text import Text
from courses.models import MeetingForm, Session, SessionStatus
from enrollments.calendars.entries import Entry, Part, Standing

PRODUCT = "-//Digital Academy//Training calendar//JA"
UID_DOMAIN = "digital-academy"  # no host: the id stays when the service moves
# RFC 5546 wants an organizer. Nobody reads mail at this name, and `.invalid` (RFC 2606) says so.
ORGANIZER, ORGANIZER_NAME = "mailto:nobody@digital-academy.invalid", Text("デジタルアカデミー", "Digital Academy")
REFRESHED = dt.timedelta(hours=1)

CALENDAR_NAME = Text("研修の予定", "Training")
TEACHING, OFFER = Text("【講師】", "[Teaching] "), Text("【繰上げ案内中】", "[Seat offered] ")
ARCHIVE = Text("【アーカイブ配信】", "[Recording] ")
IN_MONTH = Text("{month}月中(日程調整中) {title}", "{title} (in {name}, day to be fixed)")
NUMBER = Text("{title} 第{number}コマ", "{title}, part {number}")
NAMED = Text("{title} {part}", "{title}: {part}")
ONLINE = Text("オンライン", "Online")
ADDRESS = Text("参加用アドレス: {address}", "To take part: {address}")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def personal_calendar(entries: Sequence[Entry]) -> bytes:
    """What a person takes part in and teaches, in the reader's language."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", str(CALENDAR_NAME))
    calendar.add("x-wr-calname", str(CALENDAR_NAME))
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _file(calendar, entries)


def session_calendar(session: Session, entries: Sequence[Entry]) -> bytes:
    """The meetings of a session; of a cancelled one the message that cancels those that were still to come."""
    if session.status != SessionStatus.CANCELLED:
        return _file(_calendar("PUBLISH"), entries)
    return _file(_calendar("CANCEL"), [entry for entry in entries if entry.standing is Standing.CANCELLED])


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    zone = Timezone.from_tzinfo(settings.BUSINESS_TIME_ZONE)
    zone.pop("COMMENT", None)  # about the years for which it was worked out; Japan has one offset
    calendar.add_component(zone)
    return calendar


def _file(calendar: Calendar, entries: Sequence[Entry]) -> bytes:
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    meeting, event = entry.meeting, Event()
    event.add("uid", f"{meeting.public_id}@{UID_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    begins, ends = _times(entry)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", clean(_summary(entry)))
    event.add("description", clean(_description(entry)))
    if place := _place(entry):
        event.add("location", clean(place))
    if entry.address:
        event.add("url", clean(entry.address).replace("\n", ""))
    event.add("status", entry.standing.value)
    event.add("transp", "OPAQUE" if _binds(entry) else "TRANSPARENT")
    event.add("organizer", _organizer())
    return event


def _times(entry: Entry) -> tuple[dt.date, dt.date]:
    """Begin and end; where only the month is known, the whole month."""
    meeting = entry.meeting
    if meeting.during is not None:
        zone = settings.BUSINESS_TIME_ZONE
        return meeting.during.lower.astimezone(zone), meeting.during.upper.astimezone(zone)
    if meeting.month is None:
        raise ValueError("a meeting has a time or a month: a constraint keeps it")
    return meeting.month, (meeting.month + dt.timedelta(days=31)).replace(day=1)


def _binds(entry: Entry) -> bool:
    """Whether the person is busy: a recording is watched at any time, and a month is no time yet."""
    return entry.meeting.form == MeetingForm.LIVE and entry.meeting.during is not None


def _summary(entry: Entry) -> str:
    meeting, session = entry.meeting, entry.meeting.session
    title = _in(session.title_ja, session.title_en)
    part = _in(meeting.title_ja, meeting.title_en)
    if str(part):
        title = NAMED.format(title=title, part=part)
    elif entry.numbered:
        title = NUMBER.format(title=title, number=(meeting.archive_of or meeting).position)
    if meeting.month is not None:
        title = IN_MONTH.format(month=meeting.month.month, name=MONTHS[meeting.month.month - 1], title=title)
    archive = str(ARCHIVE) if meeting.form == MeetingForm.ARCHIVE else ""
    parts = {Part.TEACHING: str(TEACHING), Part.OFFER: str(OFFER)}
    return f"{parts.get(entry.part, '')}{archive}{title}"


def _description(entry: Entry) -> str:
    course = entry.meeting.session.course
    lines = [_in(course.program.title_ja, course.program.title_en), _in(course.title_ja, course.title_en)]
    if entry.address:
        lines.append(ADDRESS.format(address=entry.address))
    return "\n".join(dict.fromkeys(str(line) for line in lines))


def _place(entry: Entry) -> str:
    venue = entry.meeting.venue
    if venue is not None:
        return str(_in(venue.name_ja, venue.name_en))
    return str(ONLINE) if entry.meeting.session.online_address else ""


def _organizer() -> vCalAddress:
    address = vCalAddress(ORGANIZER)
    address.params["CN"] = vText(str(ORGANIZER_NAME))
    return address


def _in(ja: str, en: str) -> Text:
    """A title in both languages; where there is no English one, the Japanese."""
    return Text(ja, en or ja)


def clean(text: str) -> str:
    """Text that a calendar may hold: every end of a line as one, and no control characters (RFC 5545, 3.1)."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
