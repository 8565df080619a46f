"""Whom a roster may touch, and what a hostile or clumsy one is refused: each was a fault once."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.access import Viewer
from academy.errors import Forbidden, RosterBuiltUpon, RosterDiffers, RosterNeedsSecond
from academy.models import (
    Assignment,
    Job,
    Organization,
    OrganizationEdge,
    Role,
    RoleGrant,
    RosterChange,
    RosterImport,
    RosterWindow,
    Staff,
    StaffStatus,
    User,
)
from academy.operations.delegations import delegate_approvals
from academy.operations.roster_windows import announce_roster
from academy.operations.rosters import applying, undoing, uploading
from academy.reports.roster import HEADINGS
from tests.cast import ALWAYS, SINCE, Cast, account, organization, person, post, repost
from tests.conftest import Clock
from tests.rosters import Line, applied, everything, exported, faults_of, sent, undone, work, written
from tests.stage import tokyo

DAY = dt.date(2022, 7, 1)
CHANGES = [*HEADINGS, "異動区分"]


def line(staff: Staff, **cells: str) -> Line:
    return {
        "職員番号": staff.staff_number or "", "氏": staff.family_name, "名": staff.given_name,
        "氏カナ": staff.family_kana, "名カナ": staff.given_kana, "異動区分": "異動", **cells,
    }  # fmt: skip


def changes(
    cast: Cast, *rows: Line, root: Organization | None = None, day: dt.date = DAY, by: User | None = None
) -> RosterImport:
    """A file of changes, with the columns that its rows use."""
    used = [heading for heading in CHANGES if any(heading in row for row in rows)]
    user = by or cast.hr
    return sent(
        written(rows, headings=used),
        root or cast.tmg,
        effective_on=day,
        by=user,
        mode="changes",
    )


def ready(made: RosterImport) -> RosterImport:
    if made.status == "held":
        RosterImport.objects.filter(pk=made.pk).move_to("ready", by=None)
        made.refresh_from_db()
    return made


def posts(staff: Staff) -> list[tuple[str, str, dt.date | None, dt.date | None]]:
    held = Assignment.objects.live().filter(staff=staff).order_by("during", "kind")
    return [(each.kind, each.organization.code, each.during.lower, each.during.upper) for each in held]


# Rights.


@pytest.mark.parametrize("hidden", [False, True])
def test_nobody_is_taken_into_a_scope_by_a_concurrent_post(cast: Cast, hidden: bool) -> None:
    Staff.objects.filter(pk=cast.industry_head.pk).update(directory_hidden=hidden)
    row = line(cast.industry_head, 発令区分="兼務", 所属コード="skills")
    scoped = account("skills-hr")
    RoleGrant.objects.create(user=scoped, role=Role.ACADEMY_HR, organization=cast.digital, during=ALWAYS)
    for who in (cast.bureau_hr, scoped):
        assert faults_of(changes(cast, row, root=cast.digital, by=who)) == [(2, "", "not_importable")]


def test_hidden_elsewhere_and_nowhere_near_are_told_alike(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    found = [
        faults_of(changes(cast, line(staff, 所属コード="skills"), root=cast.digital, by=cast.bureau_hr))
        for staff in (cast.ict2, cast.staff)
    ]
    assert found == [[(2, "", "not_importable")]] * 2
    assert not RosterChange.objects.exists(), "nothing of them is shown"


def test_a_roster_of_the_past_touches_nobody_who_serves_elsewhere_today(cast: Cast) -> None:
    repost(cast.staff, during=DateRange(dt.date(2022, 1, 1), None))
    row = line(cast.staff, 氏="悪", 所属コード="skills", メールアドレス="evil@example.jp")
    made = changes(cast, row, root=cast.digital, day=dt.date(2021, 6, 1), by=cast.bureau_hr)
    assert faults_of(made) == [(2, "", "not_importable")]
    made = changes(cast, {**row, "職層": "主事", "職種": "事務"}, root=cast.digital, day=dt.date(2021, 6, 1))
    assert faults_of(made) == [(2, "職員番号", "serves_elsewhere")], "central HR uses a root that holds both"


def test_a_unit_that_went_to_another_bureau_is_not_ended_by_its_old_one(cast: Cast) -> None:
    june = dt.date(2022, 6, 1)
    OrganizationEdge.objects.filter(child=cast.planning).update(during=DateRange(SINCE, june))
    OrganizationEdge.objects.create(child=cast.planning, parent=cast.industry, during=DateRange(june, None))
    rows = exported(cast.tmg, dt.date(2022, 5, 1), cast.hr)
    others = [row for row in rows if row["職員番号"] == cast.ict.staff_number]
    made = sent(written(others), cast.digital, effective_on=dt.date(2022, 5, 1), by=cast.bureau_hr)
    assert (made.serving_before, faults_of(made)[0][2]) == (0, "not_importable")


def test_the_file_of_a_past_day_is_of_those_who_are_ours_today(cast: Cast) -> None:
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", reason="病気休職", during=ALWAYS)
    applied(ready(changes(cast, line(cast.ict, 所属コード="trade"), day=dt.date(2022, 6, 1))), by=cast.hr)
    rows = exported(cast.digital, dt.date(2022, 5, 15), cast.bureau_hr)
    assert cast.ict.staff_number not in [row["職員番号"] for row in rows]
    assert cast.ict.staff_number in [row["職員番号"] for row in exported(cast.digital, dt.date(2022, 5, 15), cast.hr)]


def test_who_does_not_see_hidden_people_neither_applies_nor_undoes_what_is_done_to_them(cast: Cast) -> None:
    made = changes(cast, line(cast.ict, 名簿非公開="○"), root=cast.digital)
    with pytest.raises(Forbidden):
        applying.request_apply(roster_id=made.pk, by=cast.bureau_hr)
    applied(made, by=cast.hr)
    with pytest.raises(Forbidden):
        undoing.request_undo(roster_id=made.pk, by=cast.bureau_hr)
    undone(made, by=cast.hr)


def test_nobody_promotes_themselves(cast: Cast) -> None:
    RoleGrant.objects.create(user=cast.user("ict"), role=Role.BUREAU_HR, organization=cast.digital, during=ALWAYS)
    own = cast.user("ict")
    made = changes(cast, line(cast.ict, 職層="局長級"), root=cast.digital, by=own)
    assert made.status == "held"
    with pytest.raises(RosterNeedsSecond):
        applying.approve_roster(roster_id=made.pk, by=own)
    assert applying.approve_roster(roster_id=made.pk, by=cast.bureau_hr).status == "ready"
    other = changes(cast, line(cast.ict, 職層="局長級"), root=cast.digital, by=cast.bureau_hr)
    RosterImport.objects.filter(pk=other.pk).move_to("uploaded", by=None)
    RosterImport.objects.filter(pk=other.pk).move_to("held", by=None)
    with pytest.raises(RosterNeedsSecond):
        applying.approve_roster(roster_id=other.pk, by=own)


def test_hr_does_not_take_a_heads_approvals_for_itself(cast: Cast) -> None:
    RoleGrant.objects.create(user=cast.user("ict"), role=Role.BUREAU_HR, organization=cast.digital, during=ALWAYS)
    with pytest.raises(Forbidden):
        delegate_approvals(delegator=cast.head, delegate=cast.ict, valid_to=dt.date(2022, 8, 1), by=cast.user("ict"))


# What it makes true.


def test_a_contract_that_is_renewed_goes_on(cast: Cast) -> None:
    repost(cast.ict, during=DateRange(SINCE, DAY))
    rows = exported(cast.tmg, dt.date(2022, 6, 30), cast.hr)
    made = sent(written(rows), cast.tmg, effective_on=DAY, by=cast.hr)
    assert (made.status, made.summary["kinds"]) == ("ready", {"renewal": 1})
    applied(made, by=cast.hr)
    assert posts(cast.ict) == [("primary", "skills", SINCE, DAY), ("primary", "skills", DAY, None)]


def test_people_of_other_bodies_are_not_written_and_not_mistaken(cast: Cast) -> None:
    ward = organization("131016", "municipality", "千代田区")
    guest = person(("林", "一", "ハヤシ", "ハジメ"), "00000001", issuer=ward, hiring=cast.hiring)
    post(guest, ward, cast.grades["shuji"], cast.office_family)
    post(guest, cast.skills, cast.grades["shuji"], cast.office_family, kind="concurrent")
    rows = exported(cast.digital, DAY, cast.hr)
    assert [row for row in rows if row["氏"] == "林"] == []
    made = sent(written(rows), cast.digital, effective_on=DAY, by=cast.hr)
    assert (made.status, made.summary["kinds"]) == ("ready", {})


def test_people_of_a_unit_that_has_ended_are_moved_by_a_later_roster(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.trade.pk).update(during=DateRange(SINCE, DAY))
    OrganizationEdge.objects.filter(child=cast.trade).update(during=DateRange(SINCE, DAY))
    august = dt.date(2022, 8, 1)
    stays = changes(cast, line(cast.staff, 職層="主任級"), day=august)
    assert faults_of(stays) == [(2, "", "organization_ended")]
    made = changes(cast, line(cast.staff, 所属コード="industry"), day=august)
    assert (made.status, made.summary["kinds"], made.serving_before) == ("ready", {"move": 1}, 6)


def test_who_leaves_keeps_no_post_anywhere(cast: Cast) -> None:
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", during=DateRange(dt.date(2022, 9, 1), None))
    made = ready(changes(cast, line(cast.ict, 異動区分="退職"), root=cast.digital))
    applied(made, by=cast.hr)
    assert {until for _, _, _, until in posts(cast.ict)} == {DAY}
    assert not StaffStatus.objects.live().filter(staff=cast.ict).exists()


def test_who_leaves_gets_no_post_by_another_row(cast: Cast) -> None:
    further = line(cast.ict, 発令区分="兼務", 所属コード="trade")
    made = changes(cast, line(cast.ict, 異動区分="退職"), further)
    assert faults_of(made) == [(3, "職員番号", "leaver_with_post")]
    rows = [row for row in exported(cast.tmg, DAY, cast.hr) if row["職員番号"] != cast.ict.staff_number]
    made = sent(written([*rows, {**further, "職層": "主事", "職種": "ICT"}]), cast.tmg, effective_on=DAY, by=cast.hr)
    assert [code for _, _, code in faults_of(made)] == ["leaver_with_post"]


def test_the_same_leaving_twice_changes_nothing(cast: Cast) -> None:
    row = line(cast.ict, 異動区分="退職")
    applied(ready(changes(cast, row)), by=cast.hr)
    again = changes(cast, row)
    assert (again.status, again.summary["kinds"]) == ("ready", {})


def test_namesakes_without_numbers_are_told_by_the_day_of_hiring(cast: Cast) -> None:
    ward = organization("131016", "municipality", "千代田区")
    office = organization("131016-1", "section", "総務課", ward)
    people = []
    for year in (2010, 2015):
        names = ("佐藤", "花", "サトウ", "ハナ")
        made = person(names, None, issuer=ward, hiring=cast.hiring, hired_on=dt.date(year, 4, 1))
        post(made, ward, cast.grades["shuji"], cast.office_family)
        people.append(made)
    rows = [line(each, 採用年月日=str(each.hired_on), 職層="tmg.shuji") for each in people]
    rows.append({**rows[0], "発令区分": "兼務", "所属コード": office.code})
    roster = changes(cast, *[{"発令区分": "本務", "所属コード": ward.code, **row} for row in rows], root=ward)
    applied(roster, by=cast.hr)
    assert [len(posts(each)) for each in people] == [2, 1]


def test_a_body_without_numbers_needs_no_day_of_hiring_where_a_name_is_clear(cast: Cast) -> None:
    ward = organization("131016", "municipality", "千代田区")
    one = person(("単", "名", "タン", "メイ"), None, issuer=ward, hiring=cast.hiring)
    post(one, ward, cast.grades["shuji"], cast.office_family)
    made = changes(cast, line(one, 職層="tmg.shunin"), root=ward)
    assert (made.status, made.summary["kinds"]) == ("ready", {"promotion": 1})


def test_a_number_is_found_however_it_is_stored(cast: Cast) -> None:
    odd = person(("番", "号", "バン", "ゴウ"), "a-12", issuer=cast.tmg, hiring=cast.hiring)
    post(odd, cast.skills, cast.grades["shuji"], cast.ict_family)
    made = changes(cast, line(odd, 職員番号="Ａ－１２", 職層="主任級"))
    assert (made.status, made.summary["kinds"]) == ("ready", {"promotion": 1})


def test_what_is_to_come_is_not_doubled_by_an_earlier_day(cast: Cast) -> None:
    august = dt.date(2022, 8, 1)
    further = line(cast.ict, 発令区分="兼務", 所属コード="trade", 状況="")
    for day in (august, DAY):
        applied(changes(cast, further, day=day), by=cast.hr)
        applied(changes(cast, line(cast.ict2, 状況="管理職候補者"), day=day), by=cast.hr)
    held = [each for each in posts(cast.ict) if each[0] == "concurrent"]
    assert held == [("concurrent", "trade", DAY, august), ("concurrent", "trade", august, None)]
    statuses = StaffStatus.objects.live().filter(staff=cast.ict2).order_by("during")
    assert [(each.during.lower, each.during.upper) for each in statuses] == [(DAY, august), (august, None)]


def test_a_concurrent_post_of_somebody_without_a_primary_one_is_told(cast: Cast) -> None:
    retired = person(("退", "人", "タイ", "ニン"), "00000077", issuer=cast.tmg, hiring=cast.hiring)
    row = line(retired, 発令区分="兼務", 所属コード="skills", 職層="主事", 職種="ICT")
    made = changes(cast, row)
    assert (made.status, made.summary["kinds"]) == ("ready", {"further_posts": 1})
    applied(made, by=cast.hr)
    assert posts(retired) == [("concurrent", "skills", DAY, None)]


def test_a_work_place_is_that_of_a_secondment(cast: Cast) -> None:
    organization("131016", "municipality", "千代田区")
    rows = [
        line(cast.ict, 発令区分="派遣", 所属コード="skills", 勤務先コード=""),
        line(cast.ict2, 発令区分="本務", 所属コード="skills", 勤務先コード="131016"),
        line(cast.head, 発令区分="派遣", 所属コード="skills", 勤務先コード="131016"),
    ]
    assert faults_of(changes(cast, *rows)) == [
        (2, "勤務先コード", "secondment_without_place"),
        (3, "勤務先コード", "place_without_secondment"),
    ]


def test_nobody_is_shown_before_the_day(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    row = line(cast.ict, 名簿非公開="×")
    assert faults_of(changes(cast, row)) == [(2, "名簿非公開", "shown_too_early")]
    made = changes(cast, row, day=dt.date(2022, 6, 28))
    assert (made.status, made.summary["kinds"]) == ("ready", {"details": 1})


def test_a_second_head_beside_the_one_there_is_named(cast: Cast) -> None:
    new_head = line(cast.trainer, 所属コード="skills", 所属長="○")
    assert faults_of(changes(cast, new_head)) == [(2, "所属長", "two_heads")]
    stands_back = line(cast.head, 所属コード="skills", 所属長="×")
    assert changes(cast, new_head, stands_back).status == "ready"


# Undoing.


def test_whom_an_undone_roster_had_brought_is_somebody_new(cast: Cast) -> None:
    wrong: Line = {
        "職員番号": "777", "氏": "田中", "名": "一", "氏カナ": "タナカ", "名カナ": "ハジメ", "メールアドレス": "tanaka@example.jp",
        "採用年月日": "R4.7.1", "採用区分": "I-B", "所属コード": "skills", "職層": "主事", "職種": "ICT", "異動区分": "採用",
    }  # fmt: skip
    undone(applied(changes(cast, wrong), by=cast.hr), by=cast.hr)
    right = {**wrong, "氏": "佐々木", "氏カナ": "ササキ", "メールアドレス": ""}
    made = applied(changes(cast, right), by=cast.hr)
    assert made.summary["kinds"] == {"joiner": 1}
    found = Staff.objects.get(staff_number="777")
    assert (found.family_name, found.email, found.kana_folded) == ("佐々木", None, "ササキハジメ")
    assert not found.names.live().exists()
    assert "田中" not in str(RosterChange.objects.get(roster=made).before)


def test_what_came_after_is_not_overwritten_by_undoing(cast: Cast) -> None:
    first = applied(changes(cast, line(cast.ict, メールアドレス="a@example.jp")), by=cast.hr)
    applied(changes(cast, line(cast.ict, メールアドレス="b@example.jp"), root=cast.digital), by=cast.hr)
    with pytest.raises(RosterBuiltUpon):
        undoing.undo_roster(roster_id=first.pk, by=cast.hr)


def test_a_post_given_again_by_hand_is_not_doubled_by_undoing(cast: Cast) -> None:
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    rows = [row for row in exported(cast.tmg, DAY, cast.hr) if row["発令区分"] == "本務"]
    made = applied(sent(written(rows), cast.tmg, effective_on=DAY, by=cast.hr), by=cast.hr)
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, kind="concurrent", during=DateRange(DAY, None))
    with pytest.raises(RosterBuiltUpon):
        undoing.undo_roster(roster_id=made.pk, by=cast.hr)


def test_rosters_of_the_same_people_are_undone_from_the_last(cast: Cast) -> None:
    begin = everything()
    first = applied(changes(cast, line(cast.ict, 所属コード="trade")), by=cast.hr)
    second = applied(changes(cast, line(cast.ict, 所属コード="planning")), by=cast.hr)
    undone(second, by=cast.hr)
    undone(first, by=cast.hr)
    assert everything() == begin


def test_a_registered_person_without_a_post_stays_registered_when_undone(cast: Cast) -> None:
    waiting = person(("待", "人", "マツ", "ヒト"), "00000078", issuer=cast.tmg, hiring=cast.hiring)
    row = line(waiting, 所属コード="skills", 職層="主事", 職種="ICT")
    undone(applied(changes(cast, row), by=cast.hr), by=cast.hr)
    waiting.refresh_from_db()
    assert waiting.voided_at is None


# Between the check and the apply.


def test_a_status_that_was_added_since_is_looked_at_again(cast: Cast) -> None:
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", during=ALWAYS)
    made = changes(cast, line(cast.ict, 状況="なし"))
    StaffStatus.objects.create(staff=cast.ict, kind="manager_candidate", during=ALWAYS)
    with pytest.raises(RosterDiffers):
        applying.apply_roster(roster_id=made.pk, by=cast.hr)


def test_a_unit_that_left_the_organisation_since_is_looked_at_again(cast: Cast) -> None:
    made = changes(cast, line(cast.ict, 所属コード="planning"), root=cast.digital)
    OrganizationEdge.objects.filter(child=cast.planning).update(parent=cast.industry)
    with pytest.raises(RosterDiffers):
        applying.apply_roster(roster_id=made.pk, by=cast.hr)


def test_a_check_that_was_cancelled_is_asked_for_again(cast: Cast) -> None:
    made = changes(cast, line(cast.ict, 所属コード="planning"))
    RosterImport.objects.filter(pk=made.pk).move_to("uploaded", by=None)
    Job.objects.update(status="cancelled")
    uploading.check_again(roster_id=made.pk, by=cast.hr)
    work()
    made.refresh_from_db()
    assert made.status == "ready"


def test_a_few_changes_do_not_end_the_waiting_for_the_roster(cast: Cast, at: Clock) -> None:
    at(tokyo("2022-07-08 10:00"))
    announce_roster(root=cast.tmg, effective_on=DAY, by=cast.hr)
    applied(changes(cast, line(cast.ict, メールアドレス="a@example.jp")), by=cast.hr)
    assert RosterWindow.objects.get().closed_at is None


def test_it_is_seen_with_the_eyes_of_who_sent_it_whoever_checks_it_again(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    rows = exported(cast.digital, DAY, cast.bureau_hr)
    made = sent(written(rows), cast.digital, effective_on=DAY, by=cast.bureau_hr)
    uploading.check_again(roster_id=made.pk, by=cast.hr)
    work()
    made.refresh_from_db()
    assert (made.status, made.summary["kinds"]) == ("ready", {})
    assert applied(made, by=cast.hr).status == "applied"
    assert Viewer(cast.hr).day < DAY
