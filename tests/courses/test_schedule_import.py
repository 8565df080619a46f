"""`import_schedule`: what a file drafts, changes and leaves; all of it or nothing."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer
from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.access import programs_planned_by
from courses.models import Audience, AudiencePerson, Meeting, Selection, Session
from courses.operations import sessions
from courses.scheduling import Slot
from tests.academy.rosters.files import xlsx_file
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, at, slot
from tests.courses.schedules.files import csv_file, exported, faults_of, outcomes, row, snapshot, taken_in

YEAR_ROUND: dict[str, Any] = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}


def only() -> Session:
    return Session.objects.get()


def meetings_of(session: Session) -> list[tuple[Any, ...]]:
    rows = session.meetings.order_by("position").values_list("position", "title_ja", "form", "during", "month", "venue__code")  # fmt: skip
    return [(*each[:3], each[3] and (each[3].lower, each[3].upper), *each[4:]) for each in rows]


def test_a_file_drafts_sessions(catalogue: Catalogue, cast: Cast) -> None:
    rows = [
        row(コマ番号="1", コマ名="導入", 会場コード="room", 定員="２０", 選考方法="抽選", 講師="佐藤 四郎", 対象の条件='{"headquarters": true}', 回名="データ活用", 申込開始="R4.7.1 9:00", 申込終了="令和4年7月10日17時"),
        row(コマ番号="2", 日付="2022/7/15", 開始="９：００", 終了="１２時３０分", 会場コード="online", 定員="20", 選考方法="lottery", 講師="佐藤 四郎", 対象の条件='{"headquarters":true}', 回名="データ活用", 申込開始="2022-07-01T09:00", 申込終了="20220710 17:00"),
        row(講座コード="video", 日付="", 開始="", 終了="", 開始日="2022-04-01", 終了日="2023-03-31"),
        row(日付="", 開始="", 終了="", 月="令和4年9月", 最少人数="5"),
        row(日付="", 開始="", 終了="", 日程未定="○"),
    ]  # fmt: skip
    imported = taken_in(csv_file(*rows), by=cast.hr)
    assert outcomes(imported) == [(2, "created", []), (4, "created", []), (5, "created", []), (6, "created", [])]
    first, year_round, month, undated = (Session.objects.get(pk=each.session.pk) for each in imported.outcomes)
    assert (first.title_ja, first.capacity, first.selection, first.ordinal) == ("データ活用", 20, Selection.LOTTERY, 1)
    assert (first.apply_from, first.apply_until) == (at("2022-07-01 09:00"), at("2022-07-10 17:00"))
    assert first.audience is not None
    assert first.audience.rule == {"headquarters": True}
    assert [each.instructor for each in first.session_instructors.all()] == [catalogue.lecturer]
    assert meetings_of(first) == [
        (1, "導入", "live", (at("2022-07-14 14:00"), at("2022-07-14 16:00")), None, "room"),
        (2, "", "live", (at("2022-07-15 09:00"), at("2022-07-15 12:30")), None, "online"),
    ]
    assert (year_round.title_ja, year_round.starts_on, year_round.ends_on) == ("動画講座", *YEAR_ROUND.values())
    assert (month.ordinal, month.minimum, meetings_of(month)) == (
        2,
        5,
        [(1, "", "live", None, dt.date(2022, 9, 1), None)],
    )
    assert (undated.ordinal, undated.undated, undated.fiscal_year) == (3, True, 2022)
    assert [(step.new, step.by) for step in first.steps.all()] == [("draft", cast.hr)]
    event = AuditEvent.objects.get(action="courses.import_schedule")
    assert (event.by, event.detail) == (cast.hr, {"fiscal_year": 2022, "created": 4, "changed": 0, "unchanged": 0})


def test_excel_cells_of_every_kind_are_read(catalogue: Catalogue) -> None:
    headings = ["講座コード", "回", "定員", "申込開始", "日付", "開始", "終了", "月"]
    moment, day = dt.datetime(2022, 7, 1, 9, 0), dt.date(2022, 7, 14)  # noqa: DTZ001
    data = xlsx_file(
        ["seminar", 3, 20.0, moment, day, "14:00", "17:00", ""],
        ["seminar", 4, "1,000", moment, "2022/7/15", "9:00", "24:00", ""],
        ["seminar", 5, "", "", "", "", "", dt.date(2022, 9, 1)],
        headings=headings,
    )
    assert outcomes(taken_in(data)) == [(2, "created", []), (3, "created", []), (4, "created", [])]
    found = [
        (each.ordinal, each.capacity, each.apply_from, meetings_of(each)[0][3:5])
        for each in Session.objects.order_by("ordinal")
    ]
    assert found == [
        (3, 20, at("2022-07-01 09:00"), ((at("2022-07-14 14:00"), at("2022-07-14 17:00")), None)),
        (4, 1000, at("2022-07-01 09:00"), ((at("2022-07-15 09:00"), at("2022-07-16 00:00")), None)),
        (5, None, None, (None, dt.date(2022, 9, 1))),
    ]


def test_a_draft_is_changed_in_what_the_file_says_otherwise(catalogue: Catalogue) -> None:
    session = catalogue.draft(capacity=10, instructors=[catalogue.lecturer])
    text = exported().decode().replace(",先着,10,", ",推薦,12,").replace("14:00,17:00", "13:00,16:00")
    assert outcomes(taken_in(text.encode())) == [(2, "changed", ["選考方法", "定員", "コマ"])]
    session.refresh_from_db()
    assert (session.selection, session.capacity) == ("nomination", 12)
    assert [each[3] for each in meetings_of(session)] == [
        (at("2022-07-14 13:00"), at("2022-07-14 16:00")),
        (at("2022-07-15 13:00"), at("2022-07-15 16:00")),
    ]
    assert outcomes(taken_in(text.encode())) == [(2, "unchanged", [])]


def test_a_column_that_is_missing_leaves_what_it_is_about(catalogue: Catalogue) -> None:
    catalogue.draft(
        meetings=(slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room), Slot(month=dt.date(2022, 9, 1))),
        capacity=10,
        minimum=3,
        title_ja="題",
        instructors=[catalogue.lecturer],
        rule={"headquarters": True},
    )
    before = snapshot()
    assert outcomes(taken_in(csv_file({"講座コード": "seminar", "回": "1"}))) == [(2, "unchanged", [])]
    assert snapshot() == before
    one = csv_file({"講座コード": "seminar", "回": "1", "コマ番号": "2", "会場コード": "online"})
    assert outcomes(taken_in(one)) == [(2, "changed", ["コマ"])]
    assert [each[5] for each in meetings_of(only())] == ["room", "online"]
    third = csv_file({"講座コード": "seminar", "回": "1", "コマ番号": "3", "会場コード": "online"})
    assert faults_of(third) == [(2, "コマ番号", "no_such_meeting")]
    dates = csv_file(row(回="1"))
    assert outcomes(taken_in(dates)) == [(2, "changed", ["コマ"])]
    assert meetings_of(only()) == [(1, "", "live", (at("2022-07-14 14:00"), at("2022-07-14 16:00")), None, "room")]
    assert (only().capacity, only().minimum, only().title_ja) == (10, 3, "題")


def test_a_blank_cell_takes_away(catalogue: Catalogue) -> None:
    catalogue.draft(
        capacity=10, minimum=3, title_ja="題", title_en="x", instructors=[catalogue.lecturer], rule={"headquarters": True},
        selection=Selection.OPEN, all_time_ordinal=9, apply_from=at("2022-07-01 09:00"), apply_until=at("2022-07-02 09:00"),
    )  # fmt: skip
    names = ("通算回", "回名", "回名(英)", "選考方法", "定員", "最少人数", "申込開始", "申込終了", "講師", "対象の条件")
    data = csv_file({"講座コード": "seminar", "回": "1", **dict.fromkeys(names, "")})
    assert outcomes(taken_in(data)) == [(2, "changed", list(names))]
    found = only()
    assert (found.all_time_ordinal, found.title_ja, found.title_en, found.selection) == (
        None,
        "セミナー",
        "",
        "first_come",
    )
    assert (found.capacity, found.minimum, found.apply_from, found.apply_until) == (None, None, None, None)
    assert (found.audience, found.fixed_deadlines, list(found.session_instructors.all())) == (None, [], [])


def test_deadlines_follow_the_rules_or_are_set_by_hand(catalogue: Catalogue) -> None:
    catalogue.draft()
    by_hand = csv_file({"講座コード": "seminar", "回": "1", "代理期限": "2022-07-14 9:00", "変更期限": "なし"})
    assert outcomes(taken_in(by_hand)) == [(2, "changed", ["変更期限", "代理期限"])]
    assert (only().substitute_until, only().fixed_deadlines) == (at("2022-07-14 09:00"), ["change", "substitute"])
    ruled = csv_file({"講座コード": "seminar", "回": "1", "代理期限": "規則 2022-07-01 09:00", "変更期限": ""})
    assert outcomes(taken_in(ruled)) == [(2, "changed", ["変更期限", "代理期限"])]
    assert (only().substitute_until, only().fixed_deadlines) == (at("2022-07-13 17:00"), [])
    moved = exported().decode().replace("2022-07-14,", "2022-07-12,").encode()
    assert outcomes(taken_in(moved)) == [(2, "changed", ["コマ"])]
    assert only().substitute_until == at("2022-07-11 17:00")


def test_numbers_change_places_and_new_sessions_come_after_them(catalogue: Catalogue) -> None:
    for number in (10, 11):
        catalogue.draft(all_time_ordinal=number)
    swapped = csv_file(
        {"講座コード": "seminar", "回": "", "通算回": "", "月": "2022-09", "日付": "", "開始": "", "終了": ""},
        {"講座コード": "seminar", "回": "1", "通算回": "11", "日付": "2022-07-14", "開始": "14:00", "終了": "17:00"},
        {"講座コード": "seminar", "回": "2", "通算回": "12", "日付": "2022-07-14", "開始": "14:00", "終了": "17:00"},
    )
    imported = taken_in(swapped)
    assert [(each.line, each.outcome) for each in imported.outcomes] == [(2, "created"), (3, "changed"), (4, "changed")]
    found = Session.objects.order_by("ordinal").values_list("ordinal", "all_time_ordinal")
    assert list(found) == [(1, 11), (2, 12), (3, 13)]


@pytest.mark.parametrize("status", ["published", "finished", "cancelled"])
def test_what_is_no_draft_stays_and_may_stand_in_the_file(catalogue: Catalogue, status: str) -> None:
    session = catalogue.published(capacity=10, instructors=[catalogue.lecturer])
    if status != "published":
        Session.objects.filter(pk=session.pk).move_to(status, by=None)
    before, data = snapshot(), exported().decode()
    assert outcomes(taken_in(data.encode())) == [(2, "unchanged", [])]
    assert snapshot() == before
    changed = data.replace(",先着,10,", ",先着,11,").replace(",14:00,", ",13:00,").encode()
    assert faults_of(changed) == [(2, "", "published_differs"), (2, "定員", "published_differs")]
    assert snapshot() == before


def test_sessions_that_the_file_does_not_name_stay(catalogue: Catalogue) -> None:
    kept, other = catalogue.draft(title_ja="残る"), catalogue.draft()
    taken_in(csv_file({"講座コード": "seminar", "回": str(other.ordinal), "定員": "5"}))
    kept.refresh_from_db()
    assert (kept.title_ja, kept.capacity, Session.objects.count()) == ("残る", None, 2)


def test_one_bad_row_keeps_everything_out(catalogue: Catalogue) -> None:
    catalogue.draft(capacity=1)
    before, events, audiences = snapshot(), AuditEvent.objects.count(), Audience.objects.count()
    rows = [row(回="1", 定員="9"), row(日付="2022-08-01", 定員=""), row(定員="", 会場コード="attic")]
    assert faults_of(csv_file(*rows)) == [(4, "会場コード", "unknown_venue")]
    assert (snapshot(), AuditEvent.objects.count(), Audience.objects.count()) == (before, events, audiences)


def test_people_named_in_an_audience_are_not_lost_with_its_rule(catalogue: Catalogue, cast: Cast) -> None:
    session = catalogue.draft(rule={"headquarters": True})
    assert session.audience is not None
    AudiencePerson.objects.create(audience=session.audience, staff=cast.ict, kind="include", reason="希望")
    blank = csv_file({"講座コード": "seminar", "回": "1", "対象の条件": ""})
    assert faults_of(blank) == [(2, "対象の条件", "audience_names_people")]
    other = csv_file({"講座コード": "seminar", "回": "1", "対象の条件": '{"headquarters": false}'})
    assert outcomes(taken_in(other)) == [(2, "changed", ["対象の条件"])]
    audience = only().audience
    assert audience is not None
    assert (audience.pk, audience.rule, AudiencePerson.objects.filter(audience=audience).count()) == (
        session.audience_id,
        {"headquarters": False},
        1,
    )


def test_a_course_that_one_does_not_plan_is_unknown(catalogue: Catalogue, cast: Cast) -> None:
    planned = programs_planned_by(Viewer(cast.bureau_hr))
    rows = csv_file(row(), row(講座コード="video", 日付="2022-08-01"))
    assert faults_of(rows, programs=planned) == [(2, "講座コード", "unknown_course")]
    assert faults_of(rows.replace(b"seminar", b"nowhere"), programs=planned) == [(2, "講座コード", "unknown_course")]
    own = csv_file(row(講座コード="video"))
    assert outcomes(taken_in(own, programs=planned)) == [(2, "created", [])]


def test_a_session_of_another_year_is_left_alone(catalogue: Catalogue) -> None:
    catalogue.draft(meetings=(Slot(month=dt.date(2023, 5, 1)),), title_ja="来年度")
    data = exported(year=2023)
    assert faults_of(data) == [(2, "年度", "other_year")]
    assert outcomes(taken_in(data, year=2023)) == [(2, "unchanged", [])]
    without_year = csv_file({"講座コード": "seminar", "回": "1", "月": "2023-05", "日付": "", "開始": "", "終了": ""})
    assert faults_of(without_year) == [(2, "月", "other_year")]


def test_two_hundred_faults_are_shown_and_all_are_counted(catalogue: Catalogue) -> None:
    data = csv_file(*[row(定員="x")] * 250)
    with pytest.raises(InvalidInput) as refused:
        taken_in(data)
    assert len(refused.value.faults) == 200
    assert refused.value.detail.en == "The file has 250 faults (200 of them in errors). Nothing was changed."


def test_what_is_as_it_was_costs_the_same_for_two_sessions_and_for_forty(catalogue: Catalogue) -> None:
    statements = []
    for number in (2, 38):
        for _ in range(number):
            catalogue.draft(instructors=[catalogue.lecturer], rule={"headquarters": True})
        data = exported()
        with CaptureQueriesContext(connection) as captured:
            assert {each.outcome for each in taken_in(data).outcomes} == {"unchanged"}
        statements.append(len(captured))
    assert statements[0] == statements[1] <= 16


def test_a_draft_that_is_made_takes_few_statements(catalogue: Catalogue) -> None:
    def cost(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            taken_in(csv_file(*[row(会場コード="room")] * count))
        return len(captured)

    base = cost(1)
    assert (cost(11) - base) / 10 <= 16
    assert Meeting.objects.count() == 12


def test_a_lock_on_the_course_makes_an_import_wait_its_turn(catalogue: Catalogue) -> None:
    with CaptureQueriesContext(connection) as captured:
        taken_in(csv_file(row(), row(講座コード="video", 日付="2022-08-01")))
    locks = [each["sql"] for each in captured if "FOR NO KEY UPDATE" in each["sql"]]
    assert "ORDER BY" in locks[0]
    assert "courses_course" in locks[0]


def test_change_session_is_refused_what_the_import_is_refused(catalogue: Catalogue) -> None:
    """A control: the rules that the import names by row are those of the operations."""
    session = catalogue.draft(capacity=10)
    with pytest.raises(InvalidInput):
        sessions.change_session(session_id=session.pk, minimum=11, by=None)
    data = csv_file({"講座コード": "seminar", "回": "1", "最少人数": "11"})
    assert faults_of(data) == [(2, "最少人数", "above_capacity")]
