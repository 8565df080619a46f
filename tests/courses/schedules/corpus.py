"""The corpus of broken schedules: made by hand, each with the exact fault that must come of it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from tests.academy.rosters.files import xlsx_file
from tests.courses.schedules.files import Place, csv_file, headings_of, row


@dataclass(frozen=True)
class Broken:
    name: str
    data: bytes
    faults: list[Place] = field(default_factory=list)


def broken(name: str, data: bytes, *faults: Place) -> Broken:
    return Broken(name, data, sorted(faults))


def cell(heading: str, value: str, code: str, **more: Any) -> Broken:
    """One row with one cell that is wrong."""
    return broken(f"{heading}: {value!r}", csv_file(row(**{heading: value}, **more)), (2, heading, code))


def everything() -> list[Broken]:
    return [*files(), *cells(), *meetings(), *groups(), *excel(), *against_the_catalogue()]


def files() -> Iterator[Broken]:
    good = csv_file(row())
    yield broken("nothing", b"", (0, "", "empty_file"))
    yield broken("headings alone", csv_file(headings=list(row())), (0, "", "no_rows"))
    yield broken("PDF", b"%PDF-1.7\n", (0, "", "not_a_table"))
    yield broken("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, (0, "", "legacy_workbook"))
    yield broken("UTF-16", good.decode().encode("utf-16"), (0, "", "encoding_utf16"))
    yield broken("EUC-JP", good.decode().encode("euc_jp"), (0, "", "encoding_euc_jp"))
    yield broken("half a workbook", xlsx_file(["seminar"], headings=["講座コード"])[:900], (0, "", "broken_workbook"))
    yield broken("no course column", csv_file({"回名": "x"}), (1, "講座コード", "missing_column"))
    yield broken("a column twice", csv_file(row(定員="1", 定員数="2")), (1, "定員数", "duplicate_column"))
    yield broken(
        "dates by half",
        csv_file({"講座コード": "seminar", "日付": "2022-07-14"}),
        (1, "開始", "missing_column"),
        (1, "終了", "missing_column"),
    )
    yield broken(
        "a month without the columns of dates",
        csv_file({"講座コード": "seminar", "月": "2022-07"}),
        *[(1, each, "missing_column") for each in ("日付", "開始", "終了")],
    )
    yield broken("a row that is too short", good + b"seminar\r\n", (3, "", "missing_cell"))
    yield broken("a row that is too long", good + b"seminar,2022-07-15,14:00,16:00,x\r\n", (3, "", "extra_cell"))
    yield broken("an open quote", good + b'"seminar,2022-07-15\r\n', (3, "", "unbalanced_quotes"))
    many = csv_file({"講座コード": "seminar", "回": "1"}) + b"seminar,1\r\n" * 5_000
    yield broken("5,001 rows", many, (2, "", "required"), (5_002, "", "too_many_rows"))
    yield broken("17 MiB", good + b"x" * (17 << 20), (0, "", "too_large"))
    wide = csv_file({"講座コード": "seminar", **{f"列{n}": "" for n in range(100)}})
    yield broken("101 columns", wide, (1, "", "too_many_columns"))


def cells() -> Iterator[Broken]:
    yield cell("講座コード", "", "missing_value")
    yield cell("講座コード", "semi\u200bnar", "invisible_character")
    yield cell("年度", "来年", "not_a_year")
    yield cell("年度", "令和0年度", "not_a_year")
    yield cell("年度", "2023", "other_year")
    yield cell("回", "一", "not_a_count")
    yield cell("回", "0", "out_of_range")
    yield cell("回", "32768", "out_of_range")
    yield cell("回", "1.5", "not_a_count")
    yield cell("通算回", "-1", "not_a_count")
    yield cell("回名", "あ" * 201, "too_long")
    yield cell("回名", "回\u202e名", "bidi_control")
    yield cell("回名", "回\x07名", "control_character")
    yield cell("回名(英)", "\ufffd", "lost_character")
    yield cell("選考方法", "早い者勝ち", "unknown_selection")
    yield cell("定員", "約20", "not_a_count")
    yield cell("定員", "2147483648", "out_of_range")
    yield cell("定員", "1,00", "not_a_count")
    yield cell("最少人数", "十", "not_a_count")
    yield cell("最少人数", "11", "above_capacity", 定員="10")
    yield cell("申込開始", "2022-07-01", "not_a_moment")
    yield cell("申込開始", "2022-02-30 9:00", "no_such_day")
    yield cell("申込開始", "2022-07-01 25:00", "not_a_moment")
    yield cell("申込終了", "未定", "not_a_moment")
    yield broken(
        "applications end before they begin",
        csv_file(row(申込開始="2022-07-02 9:00", 申込終了="2022-07-01 9:00")),
        (2, "申込終了", "before_start"),
    )
    yield broken(
        "an end without a beginning",
        csv_file(row(申込開始="", 申込終了="2022-07-01 9:00")),
        (2, "申込開始", "required"),
    )
    yield cell("変更期限", "2022-07-14 14:01", "after_begin")
    yield cell("代理期限", "R4.7.32 9:00", "no_such_day")
    yield cell("日程未定", "たぶん", "not_a_flag")
    yield cell("開始日", "2022-07-14", "derived")
    yield cell("終了日", "7月", "not_a_date")
    yield cell("対象の条件", "{grade}", "not_json")
    yield cell("対象の条件", '{"grade_at_least": NaN}', "not_json")
    yield cell("対象の条件", '{"shoe_size": 1}', "unknown_condition")
    yield cell("対象の条件", '{"grade_at_least": "tmg.emperor"}', "unknown_code")


def meetings() -> Iterator[Broken]:
    yield cell("コマ番号", "零", "not_a_count")
    yield cell("形態", "対面", "unknown_form")
    yield cell("元のコマ", "1", "not_an_archive")
    yield cell("元のコマ", "9", "not_found", 形態="アーカイブ", 開始日="2022-07-14", 終了日="2022-07-14")
    yield cell("日付", "14/07/2022", "not_a_date")
    yield cell("日付", "平成31年5月1日", "outside_era")
    yield cell("日付", "22/7/14", "two_digit_year")
    yield cell("日付", "2022-07-14 14:00", "time_in_date")
    yield cell("日付", "1999-07-14", "other_year")
    yield cell("開始", "2時半", "not_a_time")
    yield cell("開始", "24:01", "not_a_time")
    yield cell("開始", "", "missing_value")
    yield cell("終了", "", "missing_value")
    yield cell("日付", "", "missing_value")
    yield cell("終了", "14:00", "before_start")
    yield cell("終了", "2022-07-13 15:00", "before_start")
    yield cell("終了", "2022-07-32 15:00", "no_such_day")
    yield cell("月", "2022-07", "time_and_month")
    month = row(日付="", 開始="", 終了="")
    for value in ("夏", "2022-13", "2022/7/14", "7月"):
        yield broken(f"月: {value}", csv_file({**month, "月": value}), (2, "月", "not_a_month"))
    yield broken("月: 1999-12", csv_file({**month, "月": "1999-12"}), (2, "月", "other_year"))
    yield broken("another year's month", csv_file({**month, "月": "2023-04"}), (2, "月", "other_year"))
    yield cell("日付", "2023-04-01", "other_year")
    yield broken("neither meetings nor days", csv_file(month), (2, "", "required"))


def groups() -> Iterator[Broken]:
    two = [row(回="1", コマ番号="1", 定員="5"), row(回="1", コマ番号="2", 定員="6", 日付="2022-07-15")]
    yield broken("a session of two minds", csv_file(*two), (3, "定員", "differs_within_session"))
    same = [row(回="1", コマ番号="1"), row(回="1", コマ番号="1", 日付="2022-07-15")]
    yield broken("a meeting twice", csv_file(*same), (3, "コマ番号", "duplicate_meeting"))
    some = [row(回="1", コマ番号="1"), row(回="1", コマ番号="", 日付="2022-07-15")]
    yield broken("a meeting without its number", csv_file(*some), (3, "コマ番号", "missing_value"))
    yield broken("the second meeting alone", csv_file(row(コマ番号="2")), (2, "コマ番号", "meeting_without_first"))
    apart = [row(コマ番号="1"), row(講座コード="video", コマ番号="2")]
    yield broken("the second meeting of another", csv_file(*apart), (3, "コマ番号", "meeting_without_first"))
    over = [row(回="1", コマ番号="1"), row(回="1", コマ番号="2", 開始="15:00", 終了="17:00")]
    yield broken("meetings overlap", csv_file(*over), (3, "コマ番号", "meetings_overlap"))
    early = [
        row(回="1", コマ番号="1", 形態="", 元のコマ=""),
        row(回="1", コマ番号="2", 形態="録画", 元のコマ="1", 開始="15:00"),
    ]
    yield broken("an archive before its meeting is over", csv_file(*early), (3, "元のコマ", "before_the_meeting"))
    yield broken(
        "undated with a date",
        csv_file(row(日程未定="○")),
        (2, "", "undated"),
    )
    numbers = [row(回="1", 通算回="7"), row(回="2", 通算回="7", 日付="2022-08-01")]
    yield broken("a number of all twice", csv_file(*numbers), (3, "通算回", "all_time_ordinal_taken"))
    three = [row(定員="x"), row(会場コード="attic"), row(日付="x")]
    yield broken(
        "every bad row is named",
        csv_file(*three, headings=headings_of(three)),
        (2, "定員", "not_a_count"),
        (3, "会場コード", "unknown_venue"),
        (4, "日付", "not_a_date"),
    )


def excel() -> Iterator[Broken]:
    headings = ["講座コード", "回", "日付", "開始", "終了"]

    def book(*cells: Any, more: list[str] | None = None) -> bytes:
        return xlsx_file(cells, headings=more or headings)

    yield broken("a code as a number", book(123, 1, "2022-07-14", "9:00", "10:00"), (2, "講座コード", "numeric_cell"))
    yield broken("a fraction", book("seminar", 1.5, "2022-07-14", "9:00", "10:00"), (2, "回", "not_a_count"))
    yield broken("a number as a time", book("seminar", 1, "2022-07-14", 900, "10:00"), (2, "開始", "not_a_time"))
    yield broken("a truth value", book("seminar", 1, True, "9:00", "10:00"), (2, "日付", "not_a_date"))
    yield broken("an error", _with_error(), (2, "日付", "error_cell"))


def _with_error() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        sheet = made.add_worksheet("日程")
        for place, heading in enumerate(["講座コード", "日付", "開始", "終了"]):
            sheet.write_string(0, place, heading)
        sheet.write_string(1, 0, "seminar")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_string(1, 2, "9:00")
        sheet.write_string(1, 3, "10:00")
    return stream.getvalue()


def against_the_catalogue() -> Iterator[Broken]:
    yield cell("講座コード", "cookery", "unknown_course")
    yield cell("講座コード", "SEMINAR", "unknown_course")
    yield cell("会場コード", "会議室", "unknown_venue")
    yield cell("講師", "夏目 漱石", "unknown_instructor")
    yield cell("講師", "佐藤 四郎(東京大学)", "unknown_instructor")
    yield cell("講師", "佐藤 四郎; 佐藤 四郎(人材課)", "repeated")
