"""What a roster makes true: posts that begin and end on its day, further posts, statuses, names, and its undoing."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import clock
from academy.errors import RosterBuiltUpon, RosterDiffers, RosterNotApplied, RosterNotLatest, RosterNotReady
from academy.models import Assignment, AuditEvent, RosterChange, RosterImport, RosterLine, Staff, StaffStatus
from academy.operations.rosters import applying, undoing, uploading
from academy.operations.rosters.names import follow_names
from tests.cast import SINCE, Cast, organization, post, repost
from tests.conftest import Clock
from tests.rosters import Line, applied, everything, exported, sent, undone, work, written
from tests.stage import tokyo

DAY = dt.date(2022, 7, 1)


@pytest.fixture
def rows(cast: Cast) -> list[Line]:
    return exported(cast.tmg, DAY, cast.hr)


def row_of(rows: list[Line], staff: Staff) -> Line:
    return next(row for row in rows if row["職員番号"] == staff.staff_number)


def sent_all(cast: Cast, rows: list[Line], day: dt.date = DAY) -> RosterImport:
    return sent(written(rows), cast.tmg, effective_on=day, by=cast.hr)


def posts(staff: Staff) -> list[tuple[str, str, dt.date | None, dt.date | None]]:
    held = Assignment.objects.live().filter(staff=staff).order_by("during", "kind")
    return [(each.kind, each.organization.code, each.during.lower, each.during.upper) for each in held]


def test_who_moves_serves_at_the_old_place_until_the_day_before(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict).update({"所属コード": "trade", "職層": "主任級"})
    made = sent_all(cast, rows)
    change = RosterChange.objects.get(roster=made)
    assert sorted(change.kinds) == ["move", "promotion"]
    assert (change.bureau_before, change.bureau_after) == (cast.digital, cast.industry)
    assert change.before == {
        "organization": "skills", "organization_name_ja": "人材課", "grade": "shuji", "grade_name_ja": "主事",
    }  # fmt: skip
    assert change.after == {
        "organization": "trade", "organization_name_ja": "商工課", "grade": "shunin", "grade_name_ja": "主任級",
    }  # fmt: skip
    applied(made, by=cast.hr)
    assert posts(cast.ict) == [("primary", "skills", SINCE, DAY), ("primary", "trade", DAY, None)]
    written_now = Assignment.objects.live().filter(staff=cast.ict)
    assert {each.recorded_in for each in written_now} == {made}
    superseded = Assignment.objects.get(staff=cast.ict, superseded_in=made)
    assert (superseded.during.lower, superseded.during.upper) == (SINCE, None)
    assert not RosterLine.objects.exists(), "what was read of the file is not kept"


def test_what_was_to_end_ends_as_before_and_what_was_to_come_comes(cast: Cast, rows: list[Line]) -> None:
    autumn, winter = dt.date(2022, 10, 1), dt.date(2023, 1, 1)
    repost(cast.ict, during=DateRange(SINCE, autumn))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(winter, None))
    row_of(rows, cast.ict)["職層"] = "主任級"
    applied(sent_all(cast, rows), by=cast.hr)
    assert posts(cast.ict) == [
        ("primary", "skills", SINCE, DAY),
        ("primary", "skills", DAY, autumn),
        ("primary", "trade", winter, None),
    ]


def test_a_roster_of_the_same_day_supersedes_what_the_last_one_said_of_it(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict)["所属コード"] = "trade"
    applied(sent_all(cast, rows), by=cast.hr)
    row_of(rows, cast.ict)["所属コード"] = "planning"
    applied(sent_all(cast, rows), by=cast.hr)
    assert posts(cast.ict) == [("primary", "skills", SINCE, DAY), ("primary", "planning", DAY, None)]
    known = Assignment.objects.filter(staff=cast.ict, superseded_at__isnull=False)
    assert sorted(each.organization.code for each in known) == ["skills", "trade"]


def test_who_leaves_has_no_post_from_the_day_nor_one_to_come(cast: Cast, rows: list[Line]) -> None:
    post(cast.ict, cast.planning, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", reason="育児休業", during=DateRange(SINCE, None))
    rest = [row for row in rows if row["職員番号"] != cast.ict.staff_number]
    made = sent_all(cast, rest)
    assert made.status == "held"
    RosterImport.objects.filter(pk=made.pk).move_to("ready", by=None)
    applied(made, by=cast.hr)
    assert posts(cast.ict) == [("concurrent", "planning", SINCE, DAY), ("primary", "skills", SINCE, DAY)]
    assert StaffStatus.objects.live().get(staff=cast.ict).during == DateRange(SINCE, DAY)


def test_further_posts_begin_and_end(cast: Cast, rows: list[Line]) -> None:
    post(cast.trainer, cast.trade, cast.grades["kacho_dairi"], cast.ict_family, kind="concurrent")
    organization("131016", "municipality", "千代田区")
    rows = exported(cast.tmg, DAY, cast.hr)
    rows = [row for row in rows if row["発令区分"] == "本務"]
    seconded = {**row_of(rows, cast.ict2), "発令区分": "派遣", "勤務先コード": "131016", "職名": "派遣"}
    made = sent_all(cast, [*rows, seconded])
    changes = {each.staff: each for each in RosterChange.objects.filter(roster=made)}
    assert {staff: each.kinds for staff, each in changes.items()} == {
        cast.trainer: ["further_posts"],
        cast.ict2: ["further_posts"],
    }
    assert changes[cast.trainer].before["further_posts"] == [
        {"kind": "concurrent", "organization": "trade", "post": ""}
    ]
    before = everything()
    applied(made, by=cast.hr)
    assert posts(cast.trainer) == [("concurrent", "trade", SINCE, DAY), ("primary", "skills", SINCE, None)]
    assert posts(cast.ict2) == [("primary", "skills", SINCE, None), ("secondment", "skills", DAY, None)]
    assert Assignment.objects.live().get(staff=cast.ict2, kind="secondment").work_place.code == "131016"  # type: ignore[union-attr]
    undone(made, by=cast.hr)
    assert everything() == before


def test_a_file_without_a_column_for_them_leaves_further_posts_and_statuses_alone(cast: Cast, rows: list[Line]) -> None:
    post(cast.trainer, cast.trade, cast.grades["kacho_dairi"], cast.ict_family, kind="concurrent")
    StaffStatus.objects.create(staff=cast.ict2, kind="manager_candidate", during=DateRange(SINCE, None))
    headings = [each for each in rows[0] if each not in {"発令区分", "状況"}]
    made = sent(written(rows, headings=headings), cast.tmg, effective_on=DAY, by=cast.hr)
    assert (made.status, made.summary["kinds"]) == ("ready", {})


def test_statuses_begin_and_end_on_the_day_and_are_sensitive(cast: Cast, rows: list[Line]) -> None:
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", reason="育児休業", during=DateRange(SINCE, None))
    rows = exported(cast.tmg, DAY, cast.hr)
    assert row_of(rows, cast.ict)["状況"] == "休職・休業(育児休業)"
    row_of(rows, cast.ict)["状況"] = ""
    row_of(rows, cast.ict2)["状況"] = "管理職候補者"
    made = sent_all(cast, rows)
    assert made.summary["kinds"] == {"status": 1}, "an empty cell says nothing"
    applied(made, by=cast.hr)
    held = StaffStatus.objects.live().get(staff=cast.ict2)
    assert (held.kind, held.sensitivity, held.during.lower) == ("manager_candidate", "sensitive", DAY)


def test_a_name_of_a_coming_day_waits_for_it(cast: Cast, rows: list[Line], at: Clock) -> None:
    row_of(rows, cast.ict).update({"氏": "森", "氏カナ": "モリ", "旧姓": "髙橋"})
    before = everything()
    made = sent_all(cast, rows)
    applied(made, by=cast.hr)
    cast.ict.refresh_from_db()
    assert (cast.ict.family_name, cast.ict.former_name) == ("髙橋", "髙橋")
    at(tokyo("2022-07-01 00:00"))
    follow_names(by=None)
    cast.ict.refresh_from_db()
    assert (cast.ict.family_name, cast.ict.kana_folded, cast.ict.romaji_folded) == ("森", "モリハナコ", "morihanako")
    undone(made, by=cast.hr)
    assert everything() == before


def test_details_are_corrected_and_come_back(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict).update({"メールアドレス": "hanako@example.jp", "採用年月日": "R3.4.2", "名簿非公開": "○"})
    before = everything()
    made = sent_all(cast, rows)
    assert made.summary["kinds"] == {"details": 1}
    applied(made, by=cast.hr)
    cast.ict.refresh_from_db()
    assert (cast.ict.email, cast.ict.hired_on, cast.ict.directory_hidden) == (
        "hanako@example.jp",
        dt.date(2021, 4, 2),
        True,
    )
    undone(made, by=cast.hr)
    assert everything() == before


def test_who_came_with_an_undone_roster_is_nobody_and_the_same_person_when_applied_again(
    cast: Cast, rows: list[Line]
) -> None:
    recruit = {
        "職員番号": "00000077", "氏": "新", "名": "人", "氏カナ": "アタラシ", "名カナ": "ヒト", "採用年月日": "R4.7.1",
        "採用区分": "I-B", "発令区分": "本務", "所属コード": "skills", "職層": "主事", "職種": "ICT",
    }  # fmt: skip
    made = applied(sent_all(cast, [*rows, recruit]), by=cast.hr)
    joined = Staff.objects.get(staff_number="00000077")
    assert posts(joined) == [("primary", "skills", DAY, None)]
    undone(made, by=cast.hr)
    joined.refresh_from_db()
    assert (joined.voided_at is not None, posts(joined)) == (True, [])
    applied(sent_all(cast, [*rows, recruit]), by=cast.hr)
    joined.refresh_from_db()
    assert (joined.voided_at, posts(joined)) == (None, [("primary", "skills", DAY, None)])
    assert Staff.objects.filter(staff_number="00000077").count() == 1


def test_a_roster_is_applied_as_it_was_shown_or_not_at_all(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict)["所属コード"] = "trade"
    made = sent_all(cast, rows)
    repost(cast.ict2, organization=cast.planning)
    before = everything()
    with pytest.raises(RosterDiffers):
        applying.apply_roster(roster_id=made.pk, by=cast.hr)
    assert everything() == before
    uploading.check_again(roster_id=made.pk, by=cast.hr)
    work()
    made.refresh_from_db()
    assert made.summary["kinds"] == {"move": 2}


def test_only_what_is_ready_is_applied_and_only_once(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict)["所属コード"] = "trade"
    made = applied(sent_all(cast, rows), by=cast.hr)
    with pytest.raises(RosterNotReady):
        applying.apply_roster(roster_id=made.pk, by=cast.hr)
    given_up = uploading.discard_roster(roster_id=sent_all(cast, rows).pk, by=cast.hr)
    with pytest.raises(RosterNotReady):
        applying.request_apply(roster_id=given_up.pk, by=cast.hr)


def test_only_the_latest_is_undone_and_only_while_nothing_was_built_upon_it(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict)["所属コード"] = "trade"
    first = applied(sent_all(cast, rows), by=cast.hr)
    row_of(rows, cast.ict2)["所属コード"] = "trade"
    second = applied(sent_all(cast, rows), by=cast.hr)
    with pytest.raises(RosterNotLatest):
        undoing.undo_roster(roster_id=first.pk, by=cast.hr)
    repost(cast.ict2, post="主任")
    with pytest.raises(RosterBuiltUpon):
        undoing.undo_roster(roster_id=second.pk, by=cast.hr)
    with pytest.raises(RosterNotApplied):
        undoing.undo_roster(roster_id=sent_all(cast, rows).pk, by=cast.hr)


def test_rosters_are_undone_one_after_the_other_from_the_last(cast: Cast, rows: list[Line]) -> None:
    begin = everything()
    row_of(rows, cast.ict)["所属コード"] = "trade"
    first = applied(sent_all(cast, rows), by=cast.hr)
    row_of(rows, cast.ict2)["所属コード"] = "trade"
    second = applied(sent_all(cast, rows), by=cast.hr)
    undone(second, by=cast.hr)
    undone(first, by=cast.hr)
    assert everything() == begin


def test_what_nobody_applies_is_given_up_after_ninety_days(cast: Cast, rows: list[Line], at: Clock) -> None:
    made = sent_all(cast, rows)
    uploading.discard_forgotten(clock.now() - dt.timedelta(days=90))
    made.refresh_from_db()
    assert made.status == "ready"
    at(tokyo("2022-10-01 10:00"))
    assert uploading.discard_forgotten(clock.now() - dt.timedelta(days=90)) == 1
    made.refresh_from_db()
    assert (made.status, RosterLine.objects.exists()) == ("discarded", False)


def test_the_trail_names_the_import_and_no_person(cast: Cast, rows: list[Line]) -> None:
    row_of(rows, cast.ict)["所属コード"] = "trade"
    made = applied(sent_all(cast, rows), by=cast.hr)
    event = AuditEvent.objects.get(action="academy.apply_roster")
    assert (event.by, event.target) == (cast.hr, made.public_id)
    assert event.detail == {"root": str(cast.tmg.public_id), "effective_on": "2022-07-01", "kinds": {"move": 1}}
