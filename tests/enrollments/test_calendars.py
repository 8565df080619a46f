"""What stands in a person's calendar and in a session's, as two readers read it: the library, and one written by hand."""

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped] # it comes without
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from academy.models import Staff
from courses.models import Course, Meeting, Program, Session, SessionInstructor, Venue
from enrollments import calendars
from enrollments.calendars import Entry, Part, Standing
from enrollments.calendars.writing import clean
from enrollments.models import Enrollment, MeetingExemption, Status
from enrollments.operations import changes
from tests import content_lines, records, stage
from tests.cast import Cast
from tests.conftest import THE_DAY, Clock
from tests.content_lines import Component
from tests.enrollments import scene

JULY_14 = (("2022-07-14 14:00", "2022-07-14 16:00"),)
TWO_DAYS = (*JULY_14, ("2022-07-15 14:00", "2022-07-15 16:00"))


@pytest.fixture(autouse=True)
def _in_japanese() -> Iterator[None]:
    with override("ja"):
        yield


def calendar_of(staff: Staff, now: dt.datetime = THE_DAY) -> bytes:
    return calendars.personal_calendar(calendars.entries_of_person(staff.pk, now=now))


def events(content: bytes) -> list[Component]:
    return content_lines.read(content).all("VEVENT")


def stood(content: bytes) -> list[tuple[str, str, str]]:
    return [(event.text("SUMMARY"), event.value("DTSTART"), event.value("STATUS")) for event in events(content)]


def seat(session: Session, staff: Staff, status: Status = Status.ENROLLED) -> Enrollment:
    return records.enrolled(session, staff, status=status)[0]


def published(title: str, times: tuple[tuple[str, str], ...] = JULY_14, **fields: object) -> Session:
    return stage.session(
        **{"times": times, "title_ja": title, "status": "published", **fields},  # type: ignore[arg-type]
    )


EXPECTED = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Digital Academy//Training calendar//JA
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:研修の予定
X-WR-CALNAME:研修の予定
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
BEGIN:VTIMEZONE
TZID:Asia/Tokyo
BEGIN:STANDARD
DTSTART:19700101T000000
TZNAME:JST
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:データ利活用、はじめの一歩 第1コマ
DTSTART;TZID=Asia/Tokyo:20220714T140000
DTEND;TZID=Asia/Tokyo:20220714T160000
DTSTAMP:20220627T230000Z
UID:{first}@digital-academy
SEQUENCE:2
DESCRIPTION:デジタル研修\\nデータ利活用\\n参加用アドレス:
  https://meet.example.jp/a?b=1\\,2\\;3
LAST-MODIFIED:20220627T230000Z
LOCATION:研修室A
ORGANIZER;CN=デジタルアカデミー:mailto:nobody@digital-academy.inv
 alid
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://meet.example.jp/a?b=1,2;3
END:VEVENT
BEGIN:VEVENT
SUMMARY:データ利活用、はじめの一歩 演習
DTSTART;TZID=Asia/Tokyo:20220715T140000
DTEND;TZID=Asia/Tokyo:20220715T160000
DTSTAMP:20220627T230000Z
UID:{second}@digital-academy
SEQUENCE:0
DESCRIPTION:デジタル研修\\nデータ利活用\\n参加用アドレス:
  https://meet.example.jp/a?b=1\\,2\\;3
LAST-MODIFIED:20220627T230000Z
LOCATION:オンライン
ORGANIZER;CN=デジタルアカデミー:mailto:nobody@digital-academy.inv
 alid
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://meet.example.jp/a?b=1,2;3
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def course(cast: Cast) -> Course:
    return stage.course(stage.program("デジタル研修"), title_ja="データ利活用")


def test_the_whole_file(cast: Cast, course: Course) -> None:
    address = "https://meet.example.jp/a?b=1,2;3"
    session = published("データ利活用、はじめの一歩", TWO_DAYS, course=course, online_address=address)
    session = Session.objects.get(pk=session.pk)
    first, second = records.meetings_of(session)
    room = stage.venue("room-a", "研修室A", name_en="Room A")
    changed = stage.tokyo("2022-06-28 08:00")
    Meeting.objects.filter(pk=first.pk).update(venue=room, sequence=2, changed_at=changed)
    Meeting.objects.filter(pk=second.pk).update(title_ja="演習", title_en="Exercise", changed_at=changed)
    seat(session, cast.ict)
    expected = EXPECTED.format(first=first.public_id, second=second.public_id).replace("\n", "\r\n")
    assert calendar_of(cast.ict).decode() == expected
    assert calendar_of(cast.ict) == calendar_of(cast.ict, THE_DAY + dt.timedelta(days=9)), "the clock is not in it"
    assert [event["SUMMARY"] for event in Calendar.from_ical(calendar_of(cast.ict)).walk("VEVENT")] == [
        "データ利活用、はじめの一歩 第1コマ",
        "データ利活用、はじめの一歩 演習",
    ]
    with override("en"):
        english = events(calendar_of(cast.ict))
    assert [event.text("SUMMARY") for event in english] == [
        "データ利活用、はじめの一歩, part 1",
        "データ利活用、はじめの一歩: Exercise",
    ]
    assert [event.text("LOCATION") for event in english] == ["Room A", "Online"]


def test_times_are_read_as_times_in_tokyo_by_everybody(cast: Cast) -> None:
    seat(published("朝"), cast.ict)
    content = calendar_of(cast.ict)
    [event] = Calendar.from_ical(content).walk("VEVENT")
    starts = event.decoded("DTSTART")
    assert starts.astimezone(dt.UTC) == dt.datetime(2022, 7, 14, 5, 0, tzinfo=dt.UTC)
    assert starts.tzinfo.key == "Asia/Tokyo"
    # dateutil reads the VTIMEZONE itself, as a program without a time zone database does.
    zone = tzical(io.StringIO(content.decode().replace("\r\n ", ""))).get("Asia/Tokyo")
    for year in (1995, 2022, 2039):
        assert zone.utcoffset(dt.datetime(year, 7, 1)) == dt.timedelta(hours=9)  # noqa: DTZ001


def test_an_empty_calendar_is_a_calendar(cast: Cast) -> None:
    read = content_lines.read(calendar_of(cast.ict))
    assert [part.name for part in read.parts] == ["VTIMEZONE"]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.APPLIED, None),
        (Status.WAITLISTED, None),
        (Status.OFFERED, ("【繰上げ案内中】学ぶ", "TENTATIVE")),
        (Status.ENROLLED, ("学ぶ", "CONFIRMED")),
        (Status.IN_PROGRESS, ("学ぶ", "CONFIRMED")),
        *((judged, ("学ぶ", "CONFIRMED")) for judged in (Status.ATTENDED, Status.COMPLETED, Status.NOT_COMPLETED)),
        (Status.ABSENT, ("学ぶ", "CONFIRMED")),
        *((ended, None) for ended in (Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED, Status.LAPSED)),
    ],
)
def test_what_a_seat_is_in_the_calendar(cast: Cast, status: Status, shown: tuple[str, str] | None) -> None:
    """Without a step from a seat, what ended was never one: whoever only applied has nothing to drop."""
    seat(published("学ぶ"), cast.ict, status)
    found = [(summary, standing) for summary, _, standing in stood(calendar_of(cast.ict))]
    assert found == ([shown] if shown else [])


def test_a_seat_that_is_given_up_is_dropped_for_ninety_days(cast: Cast, at: Clock) -> None:
    session = scene.open_session(title_ja="学ぶ", online_address="https://meet.example.jp/secret")
    enrollment = scene.apply(session, cast.ict)
    assert stood(calendar_of(cast.ict)) == [("学ぶ", "20220714T140000", "CONFIRMED")]
    before = events(calendar_of(cast.ict))[0]
    at(stage.tokyo("2022-07-01 10:00"))
    scene.withdraw(enrollment)
    gone = calendar_of(cast.ict, stage.tokyo("2022-09-29 09:00"))
    assert stood(gone) == [("学ぶ", "20220714T140000", "CANCELLED")]
    [after] = events(gone)
    assert after.value("UID") == before.value("UID")
    assert int(after.value("SEQUENCE")) >= int(before.value("SEQUENCE"))
    assert after.value("DTSTAMP") > before.value("DTSTAMP"), "of two copies the later counts"
    assert b"secret" not in gone
    assert stood(calendar_of(cast.ict, stage.tokyo("2022-09-29 11:00"))) == []


def test_who_comes_back_has_one_event_that_holds(cast: Cast) -> None:
    session = scene.open_session(title_ja="学ぶ")
    scene.withdraw(scene.apply(session, cast.ict))
    scene.apply(session, cast.ict)
    assert stood(calendar_of(cast.ict)) == [("学ぶ", "20220714T140000", "CONFIRMED")]


def test_a_meeting_that_is_moved_and_then_cancelled_keeps_its_id_and_rises(cast: Cast, at: Clock) -> None:
    session = published("学ぶ")
    seat(session, cast.ict)
    [first] = events(calendar_of(cast.ict))
    moved = DateTimeTZRange(stage.tokyo("2022-07-20 09:00"), stage.tokyo("2022-07-20 11:00"))
    Meeting.objects.filter(session=session).update(
        during=moved, sequence=F("sequence") + 1, changed_at=stage.tokyo("2022-06-29 09:00")
    )
    [second] = events(calendar_of(cast.ict))
    at(stage.tokyo("2022-06-30 09:00"))
    changes.cancel_session(session_id=session.pk, reason="講師の都合", by=cast.hr)
    [third] = events(calendar_of(cast.ict, stage.tokyo("2022-06-30 09:00")))
    found = [first, second, third]
    assert len({event.value("UID") for event in found}) == 1
    assert [event.value("SEQUENCE") for event in found] == ["0", "1", "2"]
    assert [event.value("DTSTART") for event in found] == ["20220714T140000", *["20220720T090000"] * 2]
    assert [event.value("STATUS") for event in found] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    stamps = [event.value("DTSTAMP") for event in found]
    assert stamps == sorted(set(stamps))
    file = calendars.session_calendar(
        Session.objects.get(pk=session.pk), calendars.entries_of_session(session, own_seat=False)
    )
    read = content_lines.read(file)
    assert read.value("METHOD") == "CANCEL"
    assert [event.value("SEQUENCE") for event in read.all("VEVENT")] == ["2"]
    assert Calendar.from_ical(file)["METHOD"] == "CANCEL"


def test_what_was_held_stays_when_the_rest_is_cancelled(cast: Cast, at: Clock) -> None:
    session = scene.open_session(title_ja="学ぶ", times=TWO_DAYS)
    scene.apply(session, cast.ict)
    kept = scene.apply(session, cast.ict2)
    now = stage.tokyo("2022-07-14 18:00")
    at(now)
    changes.cancel_session(session_id=session.pk, reason="講師の都合", by=cast.hr)
    assert kept.pk
    for person in (cast.ict, cast.ict2):
        assert [standing for _, _, standing in stood(calendar_of(person, now))] == ["CONFIRMED", "CANCELLED"]
    session.refresh_from_db()
    file = calendars.session_calendar(session, calendars.entries_of_session(session, own_seat=False))
    assert [(start, standing) for _, start, standing in stood(file)] == [("20220715T140000", "CANCELLED")]


def test_one_cancelled_meeting_of_several_stays_as_cancelled(cast: Cast) -> None:
    session = published("学ぶ", TWO_DAYS)
    seat(session, cast.ict)
    first = records.meetings_of(session)[0]
    Meeting.objects.filter(pk=first.pk).update(cancelled_at=THE_DAY, sequence=1)
    assert [(summary, standing) for summary, _, standing in stood(calendar_of(cast.ict))] == [
        ("学ぶ 第1コマ", "CANCELLED"),
        ("学ぶ 第2コマ", "CONFIRMED"),
    ]


def test_a_meeting_from_which_one_is_exempt_is_cancelled_for_that_person_alone(cast: Cast) -> None:
    session = published("学ぶ", TWO_DAYS)
    mine = seat(session, cast.ict)
    seat(session, cast.ict2)
    second = records.meetings_of(session)[1]
    MeetingExemption.objects.create(enrollment=mine, meeting=second, reason="別の研修", by=cast.hr)
    assert [standing for _, _, standing in stood(calendar_of(cast.ict))] == ["CONFIRMED", "CANCELLED"]
    assert [standing for _, _, standing in stood(calendar_of(cast.ict2))] == ["CONFIRMED", "CONFIRMED"]


def test_a_month_and_a_recording_bind_nobody(cast: Cast) -> None:
    session = published("学ぶ", online_address="https://meet.example.jp/a")
    [lecture] = records.meetings_of(session)
    Meeting.objects.create(session=session, position=2, precision="month", month=dt.date(2022, 12, 1))
    during = DateTimeTZRange(stage.tokyo("2022-07-20 00:00"), stage.tokyo("2022-08-20 00:00"))
    Meeting.objects.create(session=session, position=3, form="archive", archive_of=lecture, during=during)
    seat(session, cast.ict)
    with override("en"):
        english = [event.text("SUMMARY") for event in events(calendar_of(cast.ict))]
    found = events(calendar_of(cast.ict))
    assert [(event.text("SUMMARY"), event.value("STATUS"), event.value("TRANSP")) for event in found] == [
        ("学ぶ 第1コマ", "CONFIRMED", "OPAQUE"),
        ("【アーカイブ配信】学ぶ 第1コマ", "CONFIRMED", "TRANSPARENT"),
        ("12月中(日程調整中) 学ぶ 第2コマ", "TENTATIVE", "TRANSPARENT"),
    ]
    assert english[1:] == ["[Recording] 学ぶ, part 1", "学ぶ, part 2 (in December, day to be fixed)"]
    month = found[2]
    assert (month.value("DTSTART"), month.value("DTEND")) == ("20221201", "20230101")
    assert month.params("DTSTART") == month.params("DTEND") == {"VALUE": "DATE"}


def test_instructors_have_what_they_teach_and_no_draft(cast: Cast) -> None:
    taught, draft = published("教える", online_address="https://meet.example.jp/a"), published("準備中", status="draft")
    never = published("公開されなかった", status="cancelled")
    who = stage.instructor("佐藤 四郎", staff=cast.trainer)
    for session in (taught, draft, never):
        SessionInstructor.objects.create(session=session, instructor=who)
    content = calendar_of(cast.trainer)
    assert stood(content) == [("【講師】教える", "20220714T140000", "CONFIRMED")]
    assert b"meet.example.jp" not in content, "the address is for seats"
    assert stood(calendar_of(cast.ict)) == []


def test_the_calendar_begins_with_the_last_fiscal_year(cast: Cast) -> None:
    for day in ("2021-03-31", "2021-04-01"):
        seat(published(day, ((f"{day} 14:00", f"{day} 16:00"),)), cast.ict)
    assert [summary for summary, _, _ in stood(calendar_of(cast.ict))] == ["2021-04-01"]
    assert stood(calendar_of(cast.ict, stage.tokyo("2023-04-01 00:00"))) == []


def test_the_file_of_a_session_tells_the_address_to_seats(cast: Cast) -> None:
    session = published("学ぶ", online_address="https://meet.example.jp/a")

    def file(own_seat: bool) -> Component:
        entries = calendars.entries_of_session(session, own_seat=own_seat)
        return content_lines.read(calendars.session_calendar(session, entries)).all("VEVENT")[0]

    assert file(own_seat=True).value("URL") == "https://meet.example.jp/a"
    assert not file(own_seat=False).has("URL")
    assert "meet" not in file(own_seat=False).text("DESCRIPTION")
    assert file(own_seat=False).text("LOCATION") == "オンライン"
    session = published("準備中", status="draft")
    assert file(own_seat=False).value("STATUS") == "TENTATIVE"


def test_a_hundred_sessions_take_the_statements_of_one(cast: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            calendar_of(cast.trainer)
        return len(captured)

    who = stage.instructor("佐藤 四郎", staff=cast.trainer)
    for number in range(12):
        day = f"2022-08-{number + 1:02}"
        session = published("学ぶ", ((f"{day} 14:00", f"{day} 16:00"),))
        seat(session, cast.trainer)
        session = published("教える", ((f"{day} 10:00", f"{day} 12:00"),))
        SessionInstructor.objects.create(session=session, instructor=who)
        if number == 0:
            one = statements()
    assert len(events(calendar_of(cast.trainer))) == 24
    assert statements() == one == 4


# Written text of any kind, without the database.

TITLES = st.text(
    st.characters(exclude_categories=["Cs"], include_characters=',;:\\"\n\r\t、😀𠮷\u2028\x85'), max_size=200
)


def entry(title: str, part: str, venue: str) -> Entry:
    course = Course(title_ja=title, program=Program(title_ja=part))
    session = Session(title_ja=title, course=course, online_address="https://example.jp", status="published")
    during = DateTimeTZRange(THE_DAY, THE_DAY + dt.timedelta(hours=1))
    meeting = Meeting(session=session, title_ja=part, during=during, venue=Venue(name_ja=venue))
    return Entry(meeting, Part.SEAT, Standing.CONFIRMED, THE_DAY, numbered=False, address="https://example.jp")


@given(title=TITLES, part=TITLES, venue=TITLES)
def test_any_title_comes_back_as_it_was_and_breaks_nothing(title: str, part: str, venue: str) -> None:
    with override("ja"):
        content = calendars.personal_calendar([entry(title, part, venue)])
    [event] = content_lines.read(content).all("VEVENT")
    summary = clean(f"{title} {part}" if part else title)
    assert event.text("SUMMARY") == summary
    assert event.value("STATUS") == "CONFIRMED"
    assert event.text("DESCRIPTION") == clean(
        "\n".join(dict.fromkeys([part, title, "参加用アドレス: https://example.jp"]))
    )
    assert (event.text("LOCATION") if event.has("LOCATION") else "") == clean(venue)
    [again] = Calendar.from_ical(content).walk("VEVENT")
    assert str(again["SUMMARY"]) == summary


def test_control_the_second_reader_finds_what_is_wrong() -> None:
    good = calendars.personal_calendar([entry("題", "", "")])
    content_lines.read(good)
    for bad in (
        good.replace(b"\r\n", b"\n"),
        good.replace("題".encode(), "題".encode() * 40),
        good.replace("題".encode(), b"a,b"),
        good.replace("題".encode(), b"a\\x"),
        good.replace(b"END:VEVENT\r\n", b""),
    ):
        with pytest.raises(AssertionError):
            content_lines.read(bad).all("VEVENT")[0].text("SUMMARY")
