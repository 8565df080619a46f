"""Posts and statuses kept by HR between two rosters: superseded and inserted, within the scope at both ends."""

import datetime as dt
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access
from academy.access import Viewer
from academy.errors import DatesOverlap, Forbidden, InvalidInput, NotFound, OutsideScope
from academy.facts import facts_of
from academy.models import (
    Assignment,
    AssignmentKind,
    Organization,
    OrganizationEdge,
    Role,
    RoleGrant,
    Staff,
    StaffStatus,
    StatusKind,
    User,
)
from academy.operations.posts import add_post, end_post
from academy.operations.statuses import add_status, end_status
from tests.cast import ALWAYS, SINCE, Cast, organization, person, post, repost
from tests.conftest import TOKYO, Clock

TODAY = dt.date(2022, 6, 28)
DAY = dt.timedelta(days=1)
JULY = dt.date(2022, 7, 1)

Held = tuple[str, str, dt.date, dt.date | None]


def move(cast: Cast, by: User, staff: Staff | None = None, **terms: Any) -> Assignment:
    given: dict[str, Any] = {
        "kind": AssignmentKind.PRIMARY,
        "organization": cast.planning,
        "grade": cast.grades["shunin"],
        "job_family": cast.ict_family,
        "valid_from": JULY,
        **terms,
    }
    return add_post(staff_id=(staff or cast.ict).pk, by=by, **given)


def held(staff: Staff) -> list[Held]:
    posts = Assignment.objects.live().filter(staff=staff).select_related("organization").order_by("during", "kind")
    return [(each.kind, each.organization.code, each.during.lower, each.during.upper) for each in posts]


def faults(refusal: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def test_another_primary_post_ends_the_one_before(cast: Cast, at: Clock) -> None:
    before = Assignment.objects.get(staff=cast.ict)
    at(dt.datetime(2022, 6, 30, 9, tzinfo=TOKYO))
    made = move(cast, cast.bureau_hr, post="主任")
    assert held(cast.ict) == [("primary", "skills", SINCE, JULY), ("primary", "planning", JULY, None)]
    assert (made.post, made.recorded_in) == ("主任", None)
    before.refresh_from_db()
    assert (before.during, before.superseded_at is None) == (ALWAYS, False)
    ended = Assignment.objects.live().get(staff=cast.ict, organization=cast.skills)
    assert (ended.grade, ended.job_family, ended.headquarters) == (before.grade, before.job_family, True)
    assert before.recorded_at < made.recorded_at == ended.recorded_at == before.superseded_at
    facts = {day: facts_of([cast.ict.pk], on=day)[cast.ict.pk].grade for day in (JULY - DAY, JULY)}
    assert facts == {JULY - DAY: "shuji", JULY: "shunin"}


def test_a_post_from_the_first_day_of_the_one_before_takes_its_place(cast: Cast) -> None:
    move(cast, cast.hr, valid_from=SINCE)
    assert held(cast.ict) == [("primary", "planning", SINCE, None)]


def test_a_primary_post_does_not_overlap_a_later_one(cast: Cast) -> None:
    move(cast, cast.hr, valid_from=JULY)
    with pytest.raises(DatesOverlap):
        move(cast, cast.hr, valid_from=TODAY)
    move(cast, cast.hr, organization=cast.trade, valid_from=TODAY, valid_to=JULY - DAY)
    assert held(cast.ict) == [
        ("primary", "skills", SINCE, TODAY),
        ("primary", "trade", TODAY, JULY),
        ("primary", "planning", JULY, None),
    ]


def test_somebody_without_a_post_gets_the_first(cast: Cast) -> None:
    joiner = person(("新", "人", "シン", "ジン"), None, issuer=cast.tmg, hiring=cast.hiring)
    with pytest.raises(Forbidden):
        move(cast, cast.bureau_hr, joiner)
    move(cast, cast.hr, joiner, head_of_unit=True)
    assert held(joiner) == [("primary", "planning", JULY, None)]


def test_further_posts_stand_beside_the_primary_one(cast: Cast) -> None:
    move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, deputy_of_unit=True, valid_to=JULY)
    island = organization("island", "municipality", "島", cast.tmg)
    made = move(cast, cast.bureau_hr, kind=AssignmentKind.SECONDMENT, organization=cast.skills, work_place=island)
    assert held(cast.ict) == [
        ("primary", "skills", SINCE, None),
        ("concurrent", "planning", JULY, JULY + DAY),
        ("secondment", "skills", JULY, None),
    ]
    assert (made.work_place, facts_of([cast.ict.pk], on=JULY)[cast.ict.pk].bureau_id) == (island, cast.digital.pk)


def test_the_scope_covers_both_ends(cast: Cast) -> None:
    move(cast, cast.hr, kind=AssignmentKind.CONCURRENT, organization=cast.trade, valid_from=SINCE)
    industry_hr = cast.auditor
    RoleGrant.objects.create(user=industry_hr, role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS)
    before = held(cast.ict)
    with pytest.raises(OutsideScope):
        move(cast, cast.bureau_hr, organization=cast.trade)
    with pytest.raises(OutsideScope):
        move(cast, industry_hr, organization=cast.trade)
    with pytest.raises(OutsideScope):
        end_post(assignment_id=Assignment.objects.get(kind="concurrent").pk, last_day=TODAY, by=cast.bureau_hr)
    with pytest.raises(OutsideScope):
        end_post(
            assignment_id=Assignment.objects.get(staff=cast.ict, kind="primary").pk, last_day=TODAY, by=industry_hr
        )
    assert held(cast.ict) == before
    move(cast, industry_hr, kind=AssignmentKind.CONCURRENT, organization=cast.industry)


def test_the_scope_is_that_of_today_and_of_the_first_day(cast: Cast) -> None:
    """What was the bureau's once is not, and what will be another's is not any more."""
    OrganizationEdge.objects.filter(child=cast.planning).update(during=DateRange(SINCE, JULY))
    OrganizationEdge.objects.create(child=cast.planning, parent=cast.industry, during=DateRange(JULY, None))
    with pytest.raises(OutsideScope):
        move(cast, cast.bureau_hr)
    move(cast, cast.bureau_hr, valid_from=JULY - DAY)
    OrganizationEdge.objects.filter(child=cast.trade).update(during=DateRange(TODAY, None))
    OrganizationEdge.objects.create(child=cast.trade, parent=cast.digital, during=DateRange(SINCE, TODAY))
    with pytest.raises(OutsideScope):
        move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, organization=cast.trade, valid_from=SINCE)


def test_only_hr_of_the_person_and_nobody_for_themselves(cast: Cast) -> None:
    for somebody in (cast.user("ict"), cast.user("head"), cast.auditor, cast.user("industry_head")):
        with pytest.raises(Forbidden):
            move(cast, somebody)
        with pytest.raises(Forbidden):
            add_status(staff_id=cast.ict.pk, kind=StatusKind.ON_LEAVE, valid_from=TODAY, by=somebody)
    RoleGrant.objects.create(user=cast.user("head"), role=Role.ACADEMY_HR, during=ALWAYS)
    with pytest.raises(Forbidden):
        move(cast, cast.user("head"), cast.head)
    move(cast, cast.user("head"))


def test_a_hidden_person_is_kept_by_academy_hr_alone(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    with pytest.raises(Forbidden):
        move(cast, cast.bureau_hr)
    move(cast, cast.hr)


def test_an_organisation_that_does_not_last_as_long_is_refused(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.planning.pk).update(during=DateRange(SINCE, JULY + DAY))
    with pytest.raises(InvalidInput) as refusal:
        move(cast, cast.hr)
    assert faults(refusal) == [("/organization", "not_alive")]
    with pytest.raises(InvalidInput) as refusal:
        move(cast, cast.hr, kind=AssignmentKind.SECONDMENT, organization=cast.skills, work_place=cast.planning)
    assert faults(refusal) == [("/work_place", "not_alive")]
    move(cast, cast.hr, valid_to=JULY)


def test_a_post_that_makes_no_sense_is_refused(cast: Cast) -> None:
    for terms, expected in (
        ({"valid_to": JULY - DAY}, ("/valid_to", "before_start")),
        ({"kind": AssignmentKind.SECONDMENT}, ("/work_place", "required")),
        ({"work_place": cast.trade}, ("/work_place", "not_seconded")),
    ):
        with pytest.raises(InvalidInput) as refusal:
            move(cast, cast.hr, **terms)
        assert faults(refusal) == [expected]
    assert held(cast.ict) == [("primary", "skills", SINCE, None)]


def end(kind: str, last_day: dt.date, cast: Cast) -> Assignment:
    found = Assignment.objects.live().filter(staff=cast.ict, kind=kind).latest("during")
    return end_post(assignment_id=found.pk, last_day=last_day, by=cast.bureau_hr)


def test_service_ends_with_the_last_primary_post(cast: Cast) -> None:
    move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, valid_from=SINCE)
    with pytest.raises(DatesOverlap):
        move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, valid_from=JULY)
    move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, valid_from=JULY, organization=cast.digital)
    ended = end("primary", TODAY, cast)
    assert (ended.kind, ended.during) == ("primary", DateRange(SINCE, TODAY + DAY))
    assert held(cast.ict) == [
        ("concurrent", "planning", SINCE, TODAY + DAY),
        ("primary", "skills", SINCE, TODAY + DAY),
    ]


def test_while_another_primary_post_follows_further_posts_go_on(cast: Cast) -> None:
    move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT, valid_from=SINCE)
    move(cast, cast.bureau_hr)
    first = Assignment.objects.live().get(staff=cast.ict, organization=cast.skills)
    end_post(assignment_id=first.pk, last_day=TODAY, by=cast.bureau_hr)
    assert ("concurrent", "planning", SINCE, None) in held(cast.ict)


def test_a_further_post_ends_alone(cast: Cast) -> None:
    move(cast, cast.bureau_hr, kind=AssignmentKind.CONCURRENT)
    end("concurrent", JULY, cast)
    assert held(cast.ict) == [("primary", "skills", SINCE, None), ("concurrent", "planning", JULY, JULY + DAY)]


def test_a_post_ends_within_its_days(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refusal:
        end("primary", SINCE - DAY, cast)
    assert faults(refusal) == [("/last_day", "before_start")]
    end("primary", JULY, cast)
    with pytest.raises(InvalidInput) as refusal:
        end("primary", JULY, cast)
    assert faults(refusal) == [("/last_day", "after_end")]


def test_what_was_superseded_does_not_end(cast: Cast) -> None:
    old = Assignment.objects.get(staff=cast.ict)
    move(cast, cast.hr)
    with pytest.raises(NotFound):
        end_post(assignment_id=old.pk, last_day=TODAY, by=cast.hr)


def test_a_status_is_written_and_ended(cast: Cast) -> None:
    made = add_status(
        staff_id=cast.ict.pk, kind=StatusKind.ON_LEAVE, valid_from=TODAY, reason="育児休業", by=cast.bureau_hr
    )
    assert (made.sensitivity, made.during) == ("sensitive", DateRange(TODAY, None))
    with pytest.raises(DatesOverlap):
        add_status(staff_id=cast.ict.pk, kind=StatusKind.ON_LEAVE, valid_from=JULY, by=cast.hr)
    add_status(staff_id=cast.ict.pk, kind=StatusKind.MANAGER_CANDIDATE, valid_from=JULY, valid_to=JULY, by=cast.hr)
    ended = end_status(status_id=made.pk, last_day=JULY, by=cast.bureau_hr)
    assert (ended.reason, ended.during) == ("育児休業", DateRange(TODAY, JULY + DAY))
    assert StaffStatus.objects.live().count() == 2
    assert StaffStatus.objects.get(pk=made.pk).superseded_at is not None
    with pytest.raises(NotFound):
        end_status(status_id=made.pk, last_day=TODAY, by=cast.bureau_hr)
    for last_day, code in ((TODAY - DAY, "before_start"), (JULY, "after_end")):
        with pytest.raises(InvalidInput) as refusal:
            end_status(status_id=ended.pk, last_day=last_day, by=cast.bureau_hr)
        assert faults(refusal) == [("/last_day", code)]
    assert StaffStatus.objects.live().filter(pk=ended.pk).exists()


def test_a_status_does_not_end_before_it_begins(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_status(staff_id=cast.ict.pk, kind=StatusKind.REAPPOINTED, valid_from=JULY, valid_to=TODAY, by=cast.hr)
    assert faults(refusal) == [("/valid_to", "before_start")]


NAMES = ["staff", "ict", "ict2", "head", "trainer", "industry_head"]
VIEWERS = ["hr", "bureau_hr", "auditor", *NAMES]


@pytest.mark.parametrize("scene", ["plain", "hidden", "moved", "scoped"])
def test_whom_one_administers_and_whose_statuses_one_knows(cast: Cast, scene: str) -> None:
    """The querysets against their predicates, and both against the rule as a table."""
    if scene == "hidden":
        Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    if scene == "moved":
        repost(cast.ict, organization=cast.trade)
        post(cast.staff, cast.skills, cast.grades["shuji"], cast.office_family, kind="concurrent")
    if scene == "scoped":
        RoleGrant.objects.filter(user=cast.hr).update(organization=cast.industry)
        RoleGrant.objects.create(user=cast.user("head"), role=Role.BUREAU_HR, organization=cast.digital, during=ALWAYS)
    people = {name: Staff.objects.get(pk=getattr(cast, name).pk) for name in NAMES}
    for each in people.values():
        StaffStatus.objects.create(staff=each, kind="on_leave", during=ALWAYS)
    kept = {}
    for name in VIEWERS:
        viewer = Viewer(cast.user(name))
        found = set(access.staff_administered_by(viewer))
        assert found == {each for each in people.values() if access.administers(viewer, each)}
        told = {status.staff for status in access.statuses_visible_to(viewer).select_related("staff")}
        assert told == {each for each in people.values() if access.knows_statuses(viewer, each)}
        assert told - found == ({people[name]} if name in people else set())
        kept[name] = sorted(key for key, each in people.items() if each in found)
    digital = ["head", "ict", "ict2", "trainer"]
    expected: dict[str, list[str]] = {**{name: [] for name in VIEWERS}, "hr": sorted(NAMES), "bureau_hr": digital}
    expected |= {
        "plain": {},
        "hidden": {"bureau_hr": ["head", "ict2", "trainer"]},
        "moved": {"bureau_hr": ["head", "ict2", "staff", "trainer"]},
        "scoped": {"hr": ["industry_head", "staff"], "head": ["ict", "ict2", "trainer"]},
    }[scene]
    assert kept == expected
