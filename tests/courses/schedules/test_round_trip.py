"""What is exported and imported again changes nothing, and makes the same sessions where there are none."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.models import GradeLadder
from courses.models import Course, Instructor, MeetingForm, Selection, Venue
from courses.operations import places, sessions
from courses.scheduling import Slot
from tests.conftest import TOKYO
from tests.courses.catalogue import Catalogue
from tests.courses.schedules.files import exported, faults_of, outcomes, snapshot, taken_in

FIRST = dt.datetime(2022, 4, 1, tzinfo=TOKYO)
MINUTES_OF_A_YEAR = 365 * 24 * 60
WRITTEN = [("csv", "utf-8"), ("csv", "cp932"), ("xlsx", "")]

# What a title may hold is any text but what nobody sees: controls, turns of direction, the mark of a lost character.
characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd\ufffe\uffff")  # fmt: skip
nasty = st.sampled_from(
    ["=1+1", "+81", "-", "@x", "'x", "''", '="0012"', "0012", "1,000", '"', 'a"b', "一\n二", "一\r\n二", "\u200d👨‍👩‍👧🎓", "𠮷野家", "〜−―",
     "_x000D_", "なし", "規則", "2022/7/14", "１２", "髙﨑", "#N/A", "TRUE", "〓"]
)  # fmt: skip
titles = (st.text(characters, min_size=1, max_size=200) | nasty).map(str.strip).filter(bool)
moments = st.integers(0, MINUTES_OF_A_YEAR - 1).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))


@st.composite
def meetings(draw: st.DrawFn) -> list[Slot]:
    """Live ones after each other, months between them, archives of some."""
    slots: list[Slot] = []
    begins = draw(moments)
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            month = draw(st.integers(0, 11))
            slots.append(Slot(month=dt.date(2022 + (month + 3) // 12, (month + 3) % 12 + 1, 1)))
            continue
        ends = begins + dt.timedelta(minutes=draw(st.integers(1, 3000)), seconds=draw(st.sampled_from([0, 0, 30])))
        slots.append(Slot(begins, ends, title_ja=draw(st.just("") | titles), title_en=draw(st.just("") | titles)))
        begins = ends + dt.timedelta(minutes=draw(st.integers(0, 3000)))
    for place, slot in enumerate(list(slots), start=1):
        if slot.ends_at and draw(st.booleans()):
            until = slot.ends_at + dt.timedelta(days=draw(st.integers(1, 60)))
            slots.append(
                Slot(slot.ends_at, until, form=MeetingForm.ARCHIVE, archive_of=draw(st.sampled_from([None, place])))
            )
    return slots


@st.composite
def days(draw: st.DrawFn) -> dict[str, Any]:
    """When a session takes place: with meetings, at one's own pace, or not known yet."""
    kind = draw(st.sampled_from(["meetings", "meetings", "days", "undated"]))
    if kind == "meetings":
        return {"meetings": draw(meetings())}
    if kind == "undated":
        return {"undated": True, "fiscal_year": 2022}
    first = draw(moments).date()
    return {"starts_on": first, "ends_on": first + dt.timedelta(days=draw(st.integers(0, 400)))}


@st.composite
def deadlines(draw: st.DrawFn, before: dt.datetime) -> dict[str, Any]:
    found: dict[str, Any] = {}
    times = st.integers(0, 100_000).map(lambda minutes: before - dt.timedelta(minutes=minutes))
    for name in ("change_until", "substitute_until"):
        if draw(st.booleans()):
            found[name] = draw(st.none() | times)
    if draw(st.booleans()):
        found["apply_until"] = draw(times)
        found["apply_from"] = found["apply_until"] - dt.timedelta(minutes=draw(st.integers(1, 9999)), microseconds=5)
    return found


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    when = draw(days())
    begins = [slot.starts_at or dt.datetime.combine(slot.month or FIRST, dt.time.min, TOKYO) for slot in when.get("meetings", ()) if slot.live]  # fmt: skip
    capacity = draw(st.none() | st.integers(0, 2_147_483_647))
    fields = {
        "title_ja": draw(titles),
        "title_en": draw(st.just("") | titles),
        "selection": draw(st.sampled_from(list(Selection))),
        "capacity": capacity,
        "minimum": draw(st.none() | st.integers(0, 100 if capacity is None else capacity)),
        "rule": draw(st.none() | st.sampled_from([{}, {"grade_at_least": "tmg.kacho"}, {"any": [{"headquarters": True}, {"job_family": ["ict"]}]}])),
        "teachers": draw(st.lists(st.integers(0, 3), unique=True, max_size=3)),
        "rooms": draw(st.lists(st.integers(0, 2), min_size=1, max_size=3)),
        "video": draw(st.booleans()),
    }  # fmt: skip
    return {**fields, **draw(deadlines(min(begins, default=FIRST))), **when}


@st.composite
def numbers(draw: st.DrawFn) -> list[tuple[int, int | None]]:
    """Numbers within the year and of all, each once."""
    within = draw(st.lists(st.integers(1, 32_767), unique=True, min_size=1, max_size=4))
    of_all = draw(st.lists(st.integers(1, 32_767), unique=True, min_size=len(within), max_size=len(within)))
    return [(number, draw(st.sampled_from([None, other]))) for number, other in zip(within, of_all, strict=True)]


@pytest.fixture
def people(catalogue: Catalogue) -> list[Instructor]:
    named = [("山田 太郎", "東京大学"), ("山田 太郎", ""), ("O'Neil (x)", "A;B、C")]
    more = [places.create_instructor(name=name, affiliation=at, by=None) for name, at in named]
    return [catalogue.lecturer, *more]


def make(draft: dict[str, Any], number: tuple[int, int | None], course: Course, people: list[Instructor], rooms: list[Venue | None]) -> None:  # fmt: skip
    given = {name: value for name, value in draft.items() if name not in {"teachers", "rooms", "video", "meetings"}}
    slots = [
        Slot(**{**slot.__dict__, "venue": rooms[draft["rooms"][place % len(draft["rooms"])]]})
        for place, slot in enumerate(draft.get("meetings", ()))
    ]
    sessions.create_session(
        course_id=course.pk,
        ordinal=number[0],
        all_time_ordinal=number[1],
        meetings=slots,
        instructors=[people[each] for each in draft["teachers"]],
        by=None,
        **given,
    )


@given(st.lists(drafts(), min_size=4, max_size=4), numbers())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
def test_nothing_changes_and_nothing_is_lost(
    catalogue: Catalogue, people: list[Instructor], asked: list[dict[str, Any]], numbered: list[tuple[int, int | None]]
) -> None:
    rooms = [None, catalogue.room, catalogue.online]
    with transaction.atomic():
        with transaction.atomic():
            for draft, number in zip(asked, numbered, strict=False):
                make(draft, number, catalogue.video if draft["video"] else catalogue.seminar, people, rooms)
            before, files = snapshot(), [exported(*each) for each in WRITTEN]
            for data in files:
                assert {each.outcome for each in taken_in(data).outcomes} == {"unchanged"}
                assert snapshot() == before
            transaction.set_rollback(True)
        assert snapshot() == []
        for data in (files[0], files[2]):
            with transaction.atomic():
                assert {each.outcome for each in taken_in(data).outcomes} == {"created"}
                assert snapshot() == before
                transaction.set_rollback(True)
        transaction.set_rollback(True)


def test_instructors_of_one_name_and_affiliation_stay_who_they_are(catalogue: Catalogue) -> None:
    twins = [places.create_instructor(name="鈴木", affiliation="IPA", by=None) for _ in range(2)]
    catalogue.draft(instructors=[twins[1]])
    before, data = snapshot(), exported()
    assert outcomes(taken_in(data)) == [(2, "unchanged", [])]
    assert snapshot() == before
    fresh = data.replace(b"seminar,2022,1,", b"seminar,2022,2,")
    assert faults_of(fresh) == [(2, "講師", "ambiguous_instructor")]


def test_a_file_of_cp932_leaves_what_it_cannot_hold(catalogue: Catalogue) -> None:
    catalogue.draft(title_ja="𠮷田の講座〜")
    data = exported("csv", "cp932")
    assert "〓田の講座～" in data.decode("cp932")
    assert outcomes(taken_in(data)) == [(2, "unchanged", [])]
    changed = data.decode("cp932").replace("の講座", "の研修").encode("cp932")
    assert faults_of(changed) == [(2, "回名", "unmapped_character")]


def test_the_rule_of_a_long_audience_is_written_where_it_fits_and_else_left_as_it_is(catalogue: Catalogue) -> None:
    codes = [f"tmg.{code}" for code in GradeLadder.objects.get().grades.values_list("code", flat=True)]
    for times, cell in ((15, "grade_is"), (30, "変更なし")):
        session = catalogue.draft(rule={"any": [{"grade_is": codes * 20} for _ in range(times)]}, ordinal=times)
        before = snapshot()
        for kind, encoding in WRITTEN:
            data = exported(kind, encoding)
            assert {each.outcome for each in taken_in(data).outcomes} == {"unchanged"}
        assert snapshot() == before
        line = next(each for each in exported().decode().splitlines() if each.startswith(f"seminar,2022,{times},"))
        assert cell in line
    assert session.audience is not None
    fresh = exported().decode().replace(",2022,30,", ",2022,31,").encode()
    assert faults_of(fresh) == [(4, "対象の条件", "not_json")]
