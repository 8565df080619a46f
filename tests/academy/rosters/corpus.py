"""The corpus of roster files (T6): made by hand, bad ones and odd but good ones, each with what must come of it."""

import gzip
from collections.abc import Iterator
from typing import Any

from tests.academy.rosters import corpus_values, corpus_workbooks
from tests.academy.rosters.cases import Case, faulty, good, missing, refused
from tests.academy.rosters.files import (
    HEADINGS,
    SATO,
    SUZUKI,
    csv_file,
    table_text,
    xlsx_file,
)


def everything() -> list[Case]:
    return [
        *encodings(),
        *other_files(),
        *structure(),
        *headings(),
        *corpus_values.everything(),
        *corpus_workbooks.workbooks(),
    ]


TEXT = table_text(SATO, SUZUKI)


def encodings() -> Iterator[Case]:
    whole: dict[str, Any] = {"family_name": "佐藤", "staff_number": "00123"}
    yield good("UTF-8", TEXT.encode(), entries=2, **whole)
    yield good("UTF-8 with its mark", TEXT.encode("utf-8-sig"), entries=2, **whole)
    yield good("CP932", TEXT.encode("cp932"), entries=2, **whole)
    nec = csv_file(("1", "髙橋 﨑", "タカハシ サキ", "A10"), encoding="cp932")
    yield good("CP932 with 髙 and 﨑", nec, entries=1, family_name="髙橋", given_name="﨑")
    circled = csv_file((*SATO, "①課"), headings=(*HEADINGS, "職名"), encoding="cp932")
    yield good("CP932 with ①", circled, entries=1, post="①課")
    half = csv_file(("1", "佐藤 花子", "ｻﾄｳ ﾊﾅｺ", "A10"), encoding="cp932")
    yield good("CP932 with half-width kana", half, entries=1, family_kana="サトウ", given_kana="ハナコ")
    many = csv_file(*(("1", "佐藤 花", "ﾜﾀﾅﾍﾞ ｼﾞｭﾝｲﾁﾛｳ", "A10"),) * 50, encoding="cp932")
    yield good("CP932 with much half-width kana", many, entries=50, given_kana="ジュンイチロウ")
    gaiji = TEXT.encode("cp932").replace("佐".encode("cp932"), b"\xf0\x40")
    yield faulty("CP932 with 外字", gaiji, (2, "氏名", "private_use_character"))
    yield refused("EUC-JP", TEXT.encode("euc_jp"), (0, "", "encoding_euc_jp"))
    yield refused("EUC-JP, headings unknown", "所管,課名\r\nあ,い\r\n".encode("euc_jp"), (0, "", "encoding_euc_jp"))
    yield refused("JIS", TEXT.encode("iso2022_jp"), (0, "", "encoding_iso2022_jp"))
    for name in ("utf-16", "utf-16-le", "utf-16-be"):
        yield refused(name, TEXT.encode(name), (0, "", "encoding_utf16"))
    marked = b"\xfe\xff" + TEXT.encode("utf-16-be")
    yield refused("UTF-16 with a big-endian mark", marked, (0, "", "encoding_utf16"))
    yield refused("UTF-32", TEXT.encode("utf-32"), (0, "", "encoding_utf32"))
    yield refused("EBCDIC", "NUMBER,NAME\r\n".encode("cp037"), *missing(1))
    yield refused(
        "UTF-8 with one broken byte", TEXT.encode().replace("佐".encode(), b"\xe4\xbd\xff"), (0, "", "unknown_encoding")
    )
    yield refused(
        "UTF-8 with CP932 pasted into it", TEXT.encode() + "鈴".encode("cp932") + b"\xff", (0, "", "unknown_encoding")
    )
    yield refused(
        "broken after the mark", b"\xef\xbb\xbf" + TEXT.encode() + b"\xff\xff\xff", (0, "", "unknown_encoding")
    )
    yield good("two marks", b"\xef\xbb\xbf" * 2 + TEXT.encode())
    yield good(
        "only ASCII",
        csv_file(
            ("1", "Smith John", "スミス ジョン", "A10"), headings=("staff_number", "name", "kana", "organization code")
        ),
        entries=1,
    )
    yield faulty("a lost character", TEXT.replace("佐", "\ufffd").encode(), (2, "氏名", "lost_character"))


def other_files() -> Iterator[Case]:
    book = xlsx_file(SATO, SUZUKI)
    yield refused("nothing", b"", (0, "", "empty_file"))
    yield refused("only a mark", b"\xef\xbb\xbf", (0, "", "empty_file"))
    yield refused("only line ends", b"\r\n" * 3000, (0, "", "empty_file"))
    yield refused("only commas", b",,,,\r\n" * 3, (0, "", "empty_file"))
    yield refused("gzip renamed .csv", gzip.compress(TEXT.encode()), (0, "", "compressed_file"))
    yield refused("bzip2", b"BZh91AY&SY" + b"\x00" * 40, (0, "", "compressed_file"))
    yield refused("7-Zip", b"7z\xbc\xaf\x27\x1c\x00\x04", (0, "", "compressed_file"))
    yield refused("RAR", b"Rar!\x1a\x07\x00", (0, "", "compressed_file"))
    yield refused("PDF", b"%PDF-1.7\n1 0 obj", (0, "", "not_a_table"))
    yield refused("PNG", b"\x89PNG\r\n\x1a\n\x00", (0, "", "not_a_table"))
    yield refused(
        "HTML that Excel calls .xls", b"<html><table><tr><td>1</td></tr></table></html>", (0, "", "not_a_table")
    )
    yield refused("XML spreadsheet 2003", b'<?xml version="1.0"?><Workbook/>', (0, "", "not_a_table"))
    yield refused("JSON", b'{"staff": []}', *missing(1))
    yield refused("an old .xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, (0, "", "legacy_workbook"))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9000 + "EncryptedPackage".encode("utf-16-le")
    yield refused("XLSX with a password", locked, (0, "", "encrypted"))
    yield refused("an executable", b"MZ\x90\x00\x03\x00" + b"\0" * 60, (1, "", "null_character"))
    yield refused("text, not a table", "拝啓 春暖の候\n".encode(), *missing(1))
    yield good("XLSX, whatever it is called", book)
    yield refused("XLSX cut in half", book[: len(book) // 2], (0, "", "broken_workbook"))
    yield refused("XLSX without its last byte", book[:-1], (0, "", "broken_workbook"))
    yield refused("XLSX with text behind it", book + TEXT.encode(), (0, "", "broken_workbook"))
    yield refused("text with XLSX behind it", TEXT.encode() + book, (4, "", "null_character"))
    yield refused("an empty archive", b"PK\x05\x06" + b"\0" * 18, (0, "", "not_a_table"))


def structure() -> Iterator[Case]:
    yield faulty("heading only", csv_file(), (0, "", "no_rows"), entries=0)
    yield faulty(
        "heading and blank rows", csv_file(("", "", "", ""), ("　", " ", "", "")), (0, "", "no_rows"), entries=0
    )
    yield good("line feeds alone", table_text(SATO, SUZUKI, end="\n").encode())
    yield good("carriage returns alone", table_text(SATO, SUZUKI, end="\r").encode())
    yield good("mixed line ends", TEXT.replace("\r\n", "\n", 1).encode())
    yield good("no line end at the end", TEXT.rstrip().encode())
    yield good("tabs", table_text(SATO, SUZUKI, mark="\t").encode())
    yield good("tabs in CP932", table_text(SATO, SUZUKI, mark="\t").encode("cp932"))
    yield refused("semicolons", table_text(SATO, mark=";").encode(), *missing(1))
    yield good(
        "everything in quotes", ('"' + TEXT.strip().replace(",", '","').replace("\r\n", '"\r\n"') + '"').encode()
    )
    yield good("blank lines between", TEXT.replace("\r\n", "\r\n\r\n").encode())
    yield good("blank lines before", b"\r\n\r\n" + TEXT.encode())
    yield good("commas behind every row", TEXT.replace("\r\n", ",,,\r\n").encode())
    yield good("blank cells behind a row", TEXT.replace("A20", "A20,,,").encode())
    lone = TEXT.replace("花子", "花\r子").encode()
    yield faulty("a lone carriage return in a cell", lone, (2, "", "missing_cell"), (3, "", "missing_cell"))
    broken = csv_file((SATO[0], "佐藤\n花子", *SATO[2:]), SUZUKI)
    yield faulty("a quoted line break between the names", broken, (2, "氏名", "control_character"))
    noted = csv_file((*SATO, "一\r\n二\r\n三"), (*SUZUKI[:3], "X", ""), headings=(*HEADINGS, "備考"))
    yield faulty("lines are counted through a quoted break", noted, (5, "所属コード", "unknown_organization"))
    yield faulty("a row that is too short", TEXT.replace(",A20", "").encode(), (3, "", "missing_cell"))
    yield faulty("a row of one cell", TEXT.encode() + b"abc\r\n", (4, "", "missing_cell"), entries=2)
    yield faulty("a row that is too long", TEXT.replace("A20", "A20,B").encode(), (3, "", "extra_cell"))
    yield faulty(
        "a comma in a name without quotes", TEXT.replace("佐藤 花子", "佐藤, 花子").encode(), (2, "", "extra_cell")
    )
    for name, text, line in (
        ("a quote that is not closed", TEXT.replace("佐藤", '"佐藤'), 2),
        ("a quote that is not closed in the last row", TEXT.replace("鈴木", '"鈴木'), 3),
        ("a letter behind a quote", TEXT.replace("鈴木 一郎", '"鈴木"一郎'), 3),
        ("a backslash before a quote", TEXT.replace("鈴木 一郎", '"鈴木\\"一郎"'), 3),
    ):
        yield faulty(name, text.encode(), (line, "", "unbalanced_quotes"), entries=line - 2)
    yield refused("a quote that is not closed in the heading", ('"' + TEXT).encode(), (1, "", "unbalanced_quotes"))
    yield refused("NUL in a cell", TEXT.replace("一郎", "一\0郎").encode(), (3, "", "null_character"))
    yield refused("NUL in the heading", TEXT.replace("氏名,", "氏\0名,").encode(), (1, "", "null_character"))
    long = csv_file((*SATO, "字" * 10_001), (*SUZUKI, "短"), headings=(*HEADINGS, "備考"))
    yield faulty("a cell of 10,001 characters", long, (2, "備考", "field_too_long"))
    yield good("a cell of 10,000 characters", csv_file((*SATO, "字" * 9_900), headings=(*HEADINGS, "備考")), entries=1)
    long = csv_file(SATO, (*SUZUKI[:3], "x" * 20_000))
    yield faulty("an organisation code of 20,000 characters", long, (3, "所属コード", "field_too_long"))
    yield faulty(
        "a cell of 200,000 characters", csv_file(SATO, (*SUZUKI[:3], "x" * 200_000)), (3, "", "record_too_long")
    )
    yield faulty("a row of 2 MB", csv_file(SATO, (*SUZUKI[:3], "x" * 2_000_000)), (3, "", "record_too_long"))
    yield refused("a heading of 2 MB", b"x" * 2_000_000, (1, "", "record_too_long"))
    endless = (TEXT + '"' + "x\r\n" * 60_000).encode()
    yield faulty("a quote that swallows the rest", endless, (4, "", "record_too_long"), entries=2)
    wide = csv_file((*SATO, *"x" * 97), headings=(*HEADINGS, *(f"列{n}" for n in range(97))))
    yield refused("101 columns", wide, (1, "", "too_many_columns"))
    yield refused("a million line ends", b"\n" * 1_000_001, (0, "", "too_many_rows"))
    blank = csv_file(SATO, ("", "", "", ""), SUZUKI)
    yield good("a blank row of commas", blank)


def headings() -> Iterator[Case]:
    for place, (heading, names) in enumerate(
        zip(HEADINGS, (("職員番号",), ("氏", "名"), ("氏カナ", "名カナ"), ("所属コード",)), strict=True)
    ):
        rest = [each for index, each in enumerate(HEADINGS) if index != place]
        yield refused(f"without {heading}", csv_file(SATO[:3], headings=rest), *missing(1, *names))
        twice = csv_file((*SATO, SATO[place]), headings=(*HEADINGS, heading))
        yield refused(f"{heading} twice", twice, (1, heading, "duplicate_column"))
    both = csv_file((*SATO, "佐藤"), headings=(*HEADINGS, "氏"))
    yield refused("氏 beside 氏名", both, (1, "氏", "duplicate_column"))
    yield refused("no heading", "\r\n".join(TEXT.splitlines()[1:]).encode(), *missing(1))
    yield refused("a title above the heading", ("名簿 令和5年4月\r\n" + TEXT).encode(), *missing(1))
    yield good(
        "columns in another order", csv_file(SATO[::-1], headings=HEADINGS[::-1]), entries=1, staff_number="00123"
    )
    spaced = ("職員 番号", "氏　名", "氏名（カナ）", "所属コード※")
    yield good("headings with spaces, brackets and stars", csv_file(SATO, headings=spaced), entries=1)
    yield good(
        "headings over two lines",
        csv_file(SATO, headings=("職員\n番号", "氏名", "フリガナ", "所属\nコード")),
        entries=1,
    )
    yield good(
        "full-width English headings",
        csv_file(SATO, headings=("ＳＴＡＦＦ＿ＮＵＭＢＥＲ", "Ｎａｍｅ", "Ｋａｎａ", "Organization Code")),
        entries=1,
    )
    four = csv_file(
        ("1", "佐藤", "花子", "サトウ", "ハナコ", "A10"),
        headings=("職員番号", "姓", "名", "セイ", "メイ", "組織コード"),
    )
    yield good("names in four columns", four, entries=1, given_name="花子", family_kana="サトウ")
    unknown = csv_file(("x", "123456789012", *SATO), headings=("", "マイナンバー", *HEADINGS))
    yield good("columns that are not known", unknown, entries=1)
    yield refused("changes without the kind of change", csv_file(SATO), *missing(1, "異動区分"), mode="changes")
    yield good(
        "changes without organisations",
        csv_file((*SATO[:3], "退職"), headings=(*HEADINGS[:3], "異動区分")),
        entries=1,
        mode="changes",
        leaves=True,
    )
