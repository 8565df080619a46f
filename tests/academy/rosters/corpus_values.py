"""The corpus, continued: values of cells, each in a file of its own."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from tests.academy.rosters.cases import Case, faulty, good
from tests.academy.rosters.files import (
    HEADINGS,
    SATO,
    SUZUKI,
    csv_file,
)


def everything() -> Iterator[Case]:
    for part in (numbers, names, dates, codes, words):
        yield from part()


def _one(heading: str, value: str) -> bytes:
    """A good row, and one with a value in a column: of the base, or one more."""
    if heading in HEADINGS:
        place = HEADINGS.index(heading)
        return csv_file(SATO, (*SUZUKI[:place], value, *SUZUKI[place + 1 :]))
    return csv_file((*SATO, ""), (*SUZUKI, value), headings=(*HEADINGS, heading))


def _bad(heading: str, values: dict[str, str]) -> Iterator[Case]:
    for value, code in values.items():
        yield faulty(f"{heading}: {value!a}", _one(heading, value), (3, heading, code))


def _fine(heading: str, attribute: str, values: dict[str, Any]) -> Iterator[Case]:
    for value, meaning in values.items():
        data = csv_file((*SATO, value), headings=(*HEADINGS, heading))
        if heading in HEADINGS:
            place = HEADINGS.index(heading)
            data = csv_file((*SATO[:place], value, *SATO[place + 1 :]))
        yield good(f"{heading}: {value!a} is read", data, entries=1, **{attribute: meaning})


def numbers() -> Iterator[Case]:
    yield from _bad(
        "職員番号",
        {
            "12 34": "not_a_number", "12/34": "not_a_number", "1.5": "not_a_number", "一二三": "not_a_number",
            "1" * 21: "too_long", "-1": "formula", "=1+1": "formula", "＝1+1": "formula", "@SUM(A1)": "formula", "=cmd|' /C calc'!A0": "formula",
            "12\u200b3": "invisible_character", "12\u202e3": "bidi_control", "1\n2": "control_character", "\ue000": "private_use_character", "😀": "not_a_number",
        },
    )  # fmt: skip
    yield from _fine(
        "職員番号",
        "staff_number",
        {
            "00123": "00123", "００１２３": "00123", " 00123　": "00123", '="00123"': "00123", "'00123": "00123", "ａ-１": "A-1",
            "A‐1": "A-1", "0": "0", "": None, "  ": None,
        },
    )  # fmt: skip


def names() -> Iterator[Case]:
    yield from _bad(
        "氏名",
        {
            "佐藤花子": "name_without_space", "佐藤 花子2": "not_a_letter", "佐藤 花😀": "emoji", "佐藤 👨\u200d👩": "emoji", "佐藤 \u202e子花": "bidi_control",
            "佐藤 花\u200b子": "invisible_character", "佐藤 花\u0007子": "control_character", "佐藤 花\ue123子": "private_use_character",
            "=cmd|' /C calc'!A0 x": "formula", "＝佐藤 花子": "formula", "佐藤 @花": "formula", "+佐藤 花子": "formula", "-佐藤 花子": "formula",
            "佐藤 " + "花" * 51: "too_long", "佐藤 ☆子": "emoji", "佐藤 花子(旧姓)": "not_a_letter", "佐藤 <b>": "not_a_letter", "佐藤 ／": "not_a_letter",
            "\u3099か 花子": "not_a_letter", "": "missing_value", "　": "missing_value", "佐藤 ???": "not_a_letter", "佐藤　": "name_without_space",
            "佐藤 花\U000f0000": "private_use_character", "佐藤 花\u2028子": "control_character",
        },
    )  # fmt: skip
    yield from _fine(
        "氏名",
        "given_name",
        {
            "佐藤　花子": "花子", "佐藤  花子 ": "花子", "葛󠄀城 一": "一", "佐藤 葛\U000e0100": "葛\U000e0100", "佐藤 マリア・ルイーザ": "マリア・ルイーザ",
            "佐藤 Mary Ann": "Mary Ann", "佐藤 O'Neil": "O'Neil", "佐藤 か\u3099": "が", "佐藤 ﾏﾘｱ": "マリア", "佐藤 神": "神", "佐藤 𠮷": "𠮷", "佐藤 奈々": "奈々", "佐藤 ヶ": "ヶ",
            "Nguyễn Thị": "Thị",
        },
    )  # fmt: skip
    yield from _bad(
        "氏名カナ",
        {
            "佐藤 ハナコ": "not_kana", "サトウ Hanako": "not_kana", "サトウハナコ": "name_without_space", "サトウ ハナコ1": "not_kana", "サトウ ー": "not_kana",
            "": "missing_value", "サトウ =ハ": "formula", "サトウ ハ\u202eナ": "bidi_control", "サトウ " + "ハ" * 51: "too_long", "サトウ 😀": "not_kana",
        },
    )  # fmt: skip
    yield from _fine(
        "氏名カナ", "given_kana",
        {"さとう はなこ": "ハナコ", "ｻﾄｳ ﾊﾅｺﾞ": "ハナゴ", "サトウ か\u3099": "ガ", "サトウ マリア・ルイーザ": "マリア・ルイーザ", "サトウ ヴィヴィ": "ヴィヴィ", "サトウ ケーコ": "ケーコ"},
    )  # fmt: skip
    yield from _bad(
        "旧姓",
        {"田中1": "not_a_letter", "=A1": "formula", "田\u202e中": "bidi_control", "田\ue000": "private_use_character"},
    )
    yield from _fine("旧姓", "former_name", {"田中": "田中", "": None})
    yield from _bad(
        "メールアドレス",
        {"x": "not_an_email", "a@b@c.jp": "not_an_email", "a b@c.jp": "not_an_email", "=a@c.jp": "formula", "@c.jp": "formula", "a@c.jp\u200b": "invisible_character", "a" * 250 + "@c.jp": "too_long", "花@例.jp": "not_an_email", "a@c.jp, b@c.jp": "not_an_email"},
    )  # fmt: skip
    yield from _fine(
        "メールアドレス",
        "email",
        {"hanako@example.lg.jp": "hanako@example.lg.jp", "ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ": "hana@example.jp", "": None},
    )
    yield from _bad(
        "職名",
        {
            "=1+1": "formula",
            "＝1＋1": "formula",
            "-1": "formula",
            "+81": "formula",
            "@x": "formula",
            "課長\u202e": "bidi_control",
            "課\n長": "control_character",
            "課長🎉": "emoji",
            "課" * 101: "too_long",
            "\ue000長": "private_use_character",
        },
    )
    yield from _fine("職名", "post", {"課長": "課長", "Ⅱ係(2) 主査/担当": "Ⅱ係(2) 主査/担当"})


def dates() -> Iterator[Case]:
    yield from _bad(
        "採用年月日",
        {
            "2023-02-30": "no_such_day", "2023/13/1": "no_such_day", "20230431": "no_such_day", "R5.2.30": "no_such_day", "2023/2/29": "no_such_day", "R0.5.1": "no_such_day",
            "H31.5.1": "outside_era", "平成31年5月1日": "outside_era", "令和元年4月30日": "outside_era", "S64.1.8": "outside_era", "平成元年1月7日": "outside_era", "昭和元年12月24日": "outside_era",
            "2023-04-01 24:00": "time_in_date", "2023/4/1 9:30": "time_in_date", "24:00": "time_in_date", "R5.4.1 12:00": "time_in_date",
            "23/4/1": "two_digit_year", "5.4.1": "two_digit_year", "23-04-01": "two_digit_year", "'5.4.1": "two_digit_year",
            "4/1/2023": "not_a_date", "2023/4": "not_a_date", "2023": "not_a_date", "45017": "not_a_date", "きのう": "not_a_date", "X5.4.1": "not_a_date", "2023-4-1-1": "not_a_date", "未定": "not_a_date",
            "0001-01-01": "date_out_of_range", "9999/12/31": "date_out_of_range", "M1.2.1": "date_out_of_range", "2023-04\u200b-01": "invisible_character", "=DATE(2023,4,1)": "not_a_date",
        },
    )  # fmt: skip
    april = dt.date(2023, 4, 1)
    written = (
        "2023-04-01", "2023/4/1", "2023.4.1", "20230401", "2023年4月1日", "２０２３／０４／０１", "R5.4.1", "r5.4.1", "R05.04.01", "R050401", "令和5年4月1日", "令和５年４月１日", "㋿5年4月1日", "R5/4/1",
        "R5-4-1", "令和 5年 4月 1日", "2023/4/1 0:00", "2023-04-01 00:00:00", "2023-04-01T00:00:00", '="2023/4/1"', " 2023/4/1 ",
    )  # fmt: skip
    yield from _fine("採用年月日", "hired_on", dict.fromkeys(written, april))
    yield from _fine(
        "採用年月日", "hired_on",
        {"令和元年5月1日": dt.date(2019, 5, 1), "H31.4.30": dt.date(2019, 4, 30), "S60.4.1": dt.date(1985, 4, 1), "平成元年1月8日": dt.date(1989, 1, 8), "S64.1.7": dt.date(1989, 1, 7), "昭和元年12月25日": dt.date(1926, 12, 25), "T15.12.24": dt.date(1926, 12, 24), "2024-02-29": dt.date(2024, 2, 29), "": None},
    )  # fmt: skip


def codes() -> Iterator[Case]:
    yield from _bad(
        "所属コード",
        {
            "A99": "unknown_organization",
            "13": "unknown_organization",
            "": "missing_value",
            "=A10": "unknown_organization",
            "A10\u200b": "invisible_character",
            "A\ue000": "private_use_character",
        },
    )
    yield from _fine("所属コード", "organization_id", {"Ａ１０": 1, "a10": 1, "013": 3, '="013"': 3, " A10 ": 1})
    yield from _bad("職層", {"局長": "unknown_grade", "municipal.shuji": "unknown_grade", "次　長": "ambiguous_name"})
    yield from _fine(
        "職層",
        "grade_id",
        {"shuji": 10, "主事": 10, "tmg.shuji": 10, "ＳＨＵＪＩ": 10, "課長": 40, "次長": 50, "": None},
    )
    yield from _bad("職種", {"忍者": "unknown_job_family"})
    yield from _fine("職種", "job_family_id", {"ICT": 6, "ＩＣＴ": 6, "事務": 1})
    yield from _bad("採用区分", {"Ⅴ類": "unknown_hiring_category"})
    yield from _fine("採用区分", "hiring_category_id", {"I-B": 2, "Ⅰ類B": 2, "I類B": 2, "Ⅰ類Ｂ": 2})
    yield from _bad("勤務先コード", {"X": "unknown_organization"})
    yield from _fine("勤務先コード", "work_place_id", {"A20": 2, "": None})


def words() -> Iterator[Case]:
    for heading, attribute in (
        ("所属長", "head_of_unit"),
        ("代理", "deputy_of_unit"),
        ("名簿非公開", "directory_hidden"),
    ):
        yield from _bad(heading, {"?": "not_a_flag", "2": "not_a_flag", "たぶん": "not_a_flag", "○○": "not_a_flag"})
        yield from _fine(
            heading,
            attribute,
            {
                "○": True,
                "１": True,
                "はい": True,
                "TRUE": True,
                "×": False,
                "0": False,
                "いいえ": False,
                "false": False,
            },
        )
        yield from _fine(heading, attribute, {"": None if attribute == "directory_hidden" else False})
    both = csv_file((*SATO, "○", "○"), (*SUZUKI, "", ""), headings=(*HEADINGS, "所属長", "代理"))
    yield faulty("head and deputy", both, (2, "代理", "head_and_deputy"))
    yield from _bad("発令区分", {"非常勤": "unknown_kind"})
    yield from _fine("発令区分", "kind", {"本務": "primary", "兼務": "concurrent", "派遣": "secondment", "": "primary"})
    yield from _bad("勤務場所", {"自宅": "unknown_work_place"})
    yield from _fine("勤務場所", "headquarters", {"本庁": True, "事業所": False, "": None})
    yield from _bad(
        "状況",
        {
            "元気": "unknown_status",
            "再任用(1年)": "unknown_status",
            "休職(育児": "unknown_status",
            ";": "unknown_status",
            "休職(=1)": "formula",
            "休職(\u202e)": "bidi_control",
        },
    )
    yield from _fine(
        "状況", "statuses",
        {"管理職候補者": [["manager_candidate", ""]], "休職（育児休業）": [["on_leave", "育児休業"]], "管理職候補者;休職(病気、けが)；再任用": [["manager_candidate", ""], ["on_leave", "病気、けが"], ["reappointed", ""]], "休職、休職": [["on_leave", ""]], "なし": [], "": None},
    )  # fmt: skip
    changed = (*HEADINGS, "異動区分")
    for word, leaves in {
        "退職": True,
        "転出": True,
        "死亡": True,
        "定年退職": True,
        "採用": False,
        "異動": False,
        "昇任": False,
        "氏名変更": False,
        "転入": False,
    }.items():
        yield good(
            f"異動区分: {word}", csv_file((*SATO, word), headings=changed), entries=1, mode="changes", leaves=leaves
        )
    for word, code in {"消滅": "unknown_change", "": "missing_value", "退 ?": "unknown_change"}.items():
        yield faulty(
            f"異動区分: {word or 'blank'}",
            csv_file((*SATO, "採用"), (*SUZUKI, word), headings=changed),
            (3, "異動区分", code),
            mode="changes",
        )
    yield faulty(
        "a leaver in a roster of everybody",
        csv_file((*SATO, "採用"), (*SUZUKI, "退職"), headings=changed),
        (3, "異動区分", "leaver_in_snapshot"),
    )
    alone = csv_file(
        (*SATO[:3], "", "兼務", "異動"), (*SUZUKI[:3], "", "", "異動"), headings=(*HEADINGS, "発令区分", "異動区分")
    )
    yield faulty("a concurrent post nowhere", alone, (2, "所属コード", "missing_value"), mode="changes")
    everything = csv_file(("1 2", "佐藤", "佐藤 花", "X", "5.4.1", "?"), headings=(*HEADINGS, "採用年月日", "所属長"))
    yield faulty(
        "all that is wrong with a row, at once", everything,
        (2, "職員番号", "not_a_number"), (2, "氏名", "name_without_space"), (2, "氏名カナ", "not_kana"), (2, "所属コード", "unknown_organization"), (2, "採用年月日", "two_digit_year"), (2, "所属長", "not_a_flag"),
        entries=0,
    )  # fmt: skip
