"""Announcing an awaited roster and closing it, and whom it is about."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer, may_close_window, roster_windows_visible_to
from academy.errors import AlreadyExists, Forbidden, InvalidInput
from academy.models import AuditEvent, Organization, OrganizationEdge, RosterImport, RosterWindow
from academy.operations.roster_windows import (
    announce_roster,
    close_roster_window,
    close_windows_for,
    reopen_windows_of,
)
from academy.waiting import Pause, pauses_over_organizations, pauses_over_staff
from tests.cast import ALWAYS, SINCE, Cast, organization, person, post, repost
from tests.conftest import TOKYO, Clock

FIRST = dt.date(2022, 7, 1)
BEGINS = dt.datetime(2022, 7, 1, tzinfo=TOKYO)
ENDS = dt.datetime(2022, 7, 11, tzinfo=TOKYO)
WAITING = [Pause(BEGINS, ENDS)]


def roster(cast: Cast, root: Organization, effective_on: dt.date = FIRST) -> RosterImport:
    return RosterImport.objects.create(root=root, issuer=cast.tmg, mode="snapshot", effective_on=effective_on)


def test_a_roster_is_expected_within_nine_days_unless_it_is_said_otherwise(cast: Cast) -> None:
    usual = announce_roster(root=cast.digital, effective_on=FIRST, by=cast.bureau_hr)
    assert (usual.expected_by, usual.announced_by, usual.closed_at) == (dt.date(2022, 7, 10), cast.bureau_hr, None)
    other = announce_roster(root=cast.tmg, effective_on=FIRST, expected_by=FIRST, by=cast.hr)
    assert other.expected_by == FIRST
    actions = AuditEvent.objects.order_by("pk").values_list("action", "target")
    assert list(actions) == [("academy.announce_roster", usual.public_id), ("academy.announce_roster", other.public_id)]


def test_only_hr_whose_scope_covers_the_root_announces_and_closes(cast: Cast) -> None:
    window = announce_roster(root=cast.industry, effective_on=FIRST, by=cast.hr)
    for somebody in (cast.bureau_hr, cast.user("industry_head"), cast.auditor):
        with pytest.raises(Forbidden):
            announce_roster(root=cast.tmg, effective_on=FIRST, by=somebody)
        with pytest.raises(Forbidden):
            close_roster_window(window_id=window.pk, by=somebody)
        assert not may_close_window(Viewer(somebody), window)
        assert roster_windows_visible_to(Viewer(somebody)).get() == window
    assert RosterWindow.objects.open().count() == 1


def test_a_roster_is_announced_once(cast: Cast) -> None:
    announce_roster(root=cast.digital, effective_on=FIRST, by=cast.hr)
    with pytest.raises(AlreadyExists):
        announce_roster(root=cast.digital, effective_on=FIRST, by=cast.bureau_hr)


@pytest.mark.parametrize(
    ("expected_by", "code"),
    [(FIRST - dt.timedelta(days=1), "before_start"), (FIRST + dt.timedelta(days=32), "too_long")],
)
def test_nothing_is_expected_before_its_day_or_for_ever(cast: Cast, expected_by: dt.date, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        announce_roster(root=cast.digital, effective_on=FIRST, expected_by=expected_by, by=cast.hr)
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/expected_by", code)]


def test_an_organisation_that_has_ended_awaits_nothing(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.digital.pk).update(during=DateRange(SINCE, FIRST))
    cast.digital.refresh_from_db()
    with pytest.raises(InvalidInput) as refusal:
        announce_roster(root=cast.digital, effective_on=FIRST, by=cast.hr)
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/root", "not_alive")]


def test_closing_ends_the_waiting_and_closing_again_changes_nothing(cast: Cast, at: Clock) -> None:
    window = announce_roster(root=cast.digital, effective_on=FIRST, by=cast.bureau_hr)
    assert pauses_over_staff([cast.ict.pk]) == {cast.ict.pk: WAITING}
    at(dt.datetime(2022, 7, 5, 9, tzinfo=TOKYO))
    closed = close_roster_window(window_id=window.pk, by=cast.bureau_hr).closed_at
    assert closed is not None
    assert closed.astimezone(TOKYO).date() == dt.date(2022, 7, 5)
    assert pauses_over_staff([cast.ict.pk]) == {cast.ict.pk: [Pause(BEGINS, closed)]}
    at(dt.datetime(2022, 7, 6, 9, tzinfo=TOKYO))
    assert close_roster_window(window_id=window.pk, by=cast.hr).closed_at == closed


def test_a_roster_closes_the_windows_of_its_day_at_and_below_its_root(cast: Cast) -> None:
    windows = {
        name: announce_roster(root=root, effective_on=day, by=cast.hr).pk
        for name, root, day in [
            ("its own", cast.digital, FIRST),
            ("below", cast.skills, FIRST),
            ("above", cast.tmg, FIRST),
            ("beside", cast.industry, FIRST),
            ("another day", cast.digital, FIRST + dt.timedelta(days=1)),
        ]
    }
    applied = roster(cast, cast.digital)
    with transaction.atomic():
        assert close_windows_for(applied) == 2
    closed = set(RosterWindow.objects.filter(closed_in=applied).exclude(closed_at=None).values_list("pk", flat=True))
    assert closed == {windows["its own"], windows["below"]}
    assert close_windows_for(applied) == 0
    assert reopen_windows_of(applied) == 2
    assert RosterWindow.objects.open().filter(closed_in=None).count() == 5


def test_a_window_is_about_who_was_there_the_day_before(cast: Cast) -> None:
    announce_roster(root=cast.digital, effective_on=FIRST, by=cast.hr)
    repost(cast.ict, during=DateRange(SINCE, FIRST))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(FIRST, None))
    repost(cast.staff, during=DateRange(SINCE, FIRST))
    post(cast.staff, cast.skills, cast.grades["shuji"], cast.office_family, during=DateRange(FIRST, None))
    OrganizationEdge.objects.filter(child=cast.planning).update(during=DateRange(SINCE, FIRST))
    people = [cast.ict.pk, cast.ict2.pk, cast.staff.pk]
    assert pauses_over_staff(people) == {cast.ict.pk: WAITING, cast.ict2.pk: WAITING}
    units = [cast.digital.pk, cast.skills.pk, cast.trade.pk, cast.tmg.pk]
    assert pauses_over_organizations(units) == {cast.digital.pk: WAITING, cast.skills.pk: WAITING}


def test_people_of_another_body_wait_for_its_own_roster(cast: Cast) -> None:
    island = organization("island", "municipality", "島", cast.tmg)
    clerk = person(("島", "守", "シマ", "マモル"), None, issuer=island, hiring=cast.hiring)
    post(clerk, island, cast.grades["shuji"], cast.office_family, during=ALWAYS)
    announce_roster(root=island, effective_on=FIRST, by=cast.hr)
    assert pauses_over_staff([clerk.pk, cast.ict.pk]) == {clerk.pk: WAITING}


def test_the_pauses_of_any_number_of_people_are_one_statement(cast: Cast) -> None:
    for root in (cast.tmg, cast.digital, cast.skills):
        announce_roster(root=root, effective_on=FIRST, by=cast.hr)
    with CaptureQueriesContext(connection) as captured:
        found = pauses_over_staff([cast.ict.pk, cast.ict2.pk, cast.staff.pk])
    assert len(captured) == 1
    assert {key: len(pauses) for key, pauses in found.items()} == {cast.ict.pk: 3, cast.ict2.pk: 3, cast.staff.pk: 1}
