"""April 2023: a metropolis of any size, and the roster of its reshuffle with what it should come to, counted here."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import Assignment, Organization, Staff
from tests.cast import SINCE, Cast, organization
from tests.rosters import Line, exported

FIRST = dt.date(2023, 4, 1)
BUREAUS, SECTIONS = 8, 5
LADDER = ["shuji", "shunin", "kacho_dairi", "kacho", "bucho", "kyokucho"]
FAMILY = ["佐藤", "鈴木", "髙橋", "田中", "山﨑", "𠮷田", "森", "斎藤", "渡邊", "小林"]
FAMILY_KANA = [
    "サトウ",
    "スズキ",
    "タカハシ",
    "タナカ",
    "ヤマザキ",
    "ヨシダ",
    "モリ",
    "サイトウ",
    "ワタナベ",
    "コバヤシ",
]
GIVEN = ["花子", "太郎", "陽菜", "蓮", "三恵", "海", "はるか"]
GIVEN_KANA = ["ハナコ", "タロウ", "ヒナ", "レン", "ミエ", "ウミ", "ハルカ"]


@dataclass
class City:
    root: Organization
    sections: list[Organization]
    bureau_of: dict[str, str]  # section code: bureau code


def build(cast: Cast, people: int) -> City:
    """Bureaus under the metropolis of the cast, everybody with a post since 2021, a head in each section."""
    sections, bureau_of = [], {}
    for b in range(BUREAUS):
        bureau = organization(f"X{b:02}", "bureau", f"第{b}局", cast.tmg)
        for s in range(SECTIONS):
            sections.append(organization(f"X{b:02}-{s}", "section", f"第{b}局第{s}課", bureau))
            bureau_of[sections[-1].code] = bureau.code
    staff = [_person(cast, number) for number in range(people)]
    Staff.objects.bulk_create(staff, batch_size=2000)
    Assignment.objects.bulk_create(
        (
            Assignment(
                staff=person,
                organization=sections[number % len(sections)],
                grade=cast.grades["kacho" if number < len(sections) else LADDER[number % 4 if number % 50 else 4]],
                job_family=cast.ict_family if number % 9 == 0 else cast.office_family,
                post="課長" if number < len(sections) else "",
                head_of_unit=number < len(sections),
                headquarters=number % 3 != 0,
                during=DateRange(SINCE, None),
            )
            for number, person in enumerate(staff)
        ),
        batch_size=2000,
    )
    return City(cast.tmg, sections, bureau_of)


def _person(cast: Cast, number: int) -> Staff:
    made = Staff(
        issuer=cast.tmg,
        staff_number=f"01{number:06}",
        family_name=FAMILY[number % 10],
        given_name=GIVEN[number % 7],
        family_kana=FAMILY_KANA[number % 10],
        given_kana=GIVEN_KANA[number % 7],
        hired_on=dt.date(2010 + number % 11, 4, 1),
        hiring_category=cast.hiring,
        email=None if number % 10 == 0 else f"{number}@example.jp",
    )
    made.fold_names()
    return made


@dataclass
class Reshuffle:
    """The file of 1 April, and what it should come to."""

    rows: list[Line]
    kinds: Counter[str] = field(default_factory=Counter)
    bureaus: Counter[tuple[str, str]] = field(default_factory=Counter)
    movers: list[str] = field(default_factory=list)  # numbers
    leavers: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    joiners: list[str] = field(default_factory=list)


def reshuffle(cast: Cast, city: City, *, seed: int = 2023) -> Reshuffle:
    """One in five moves, one in twelve is promoted, one in thirty leaves, as many join, one in a hundred marries."""
    chance = random.Random(seed)
    made = Reshuffle([])
    for row in exported(city.root, FIRST, cast.hr):
        if row["所属コード"] not in city.bureau_of:
            made.rows.append(row)
            continue
        before = city.bureau_of[row["所属コード"]]
        head = row["所属長"] == "○"
        if not head and chance.random() < 1 / 30:
            made.leavers.append(row["職員番号"])
            _count(made, "leaver", before)
            continue
        kinds = []
        if not head and chance.random() < 0.2:
            others = [unit.code for unit in city.sections if unit.code != row["所属コード"]]
            row["所属コード"] = chance.choice(others)
            made.movers.append(row["職員番号"])
            kinds.append("move")
        ladder, grade = row["職層"].split(".")
        if not head and grade != "kyokucho" and chance.random() < 1 / 12:
            row["職層"] = f"{ladder}.{LADDER[LADDER.index(grade) + 1]}"
            kinds.append("promotion")
        if chance.random() < 0.01:
            row["旧姓"], row["氏"], row["氏カナ"] = row["氏"], "大森", "オオモリ"
            made.renamed.append(row["職員番号"])
            kinds += ["name", "details"]
        for kind in kinds:
            _count(made, kind, city.bureau_of[row["所属コード"]])
        made.rows.append(row)
    for number in range(len(made.leavers)):
        unit = chance.choice(city.sections).code
        made.rows.append(_recruit(number, unit))
        made.joiners.append(made.rows[-1]["職員番号"])
        _count(made, "joiner", city.bureau_of[unit])
    chance.shuffle(made.rows)
    return made


def _count(made: Reshuffle, kind: str, bureau: str) -> None:
    made.kinds[kind] += 1
    made.bureaus[bureau, kind] += 1


def _recruit(number: int, unit: str) -> Line:
    return {
        "職員番号": f"09{number:06}",
        "氏": FAMILY[number % 10], "名": GIVEN[number % 7],
        "氏カナ": FAMILY_KANA[number % 10], "名カナ": GIVEN_KANA[number % 7],
        "採用年月日": "R5.4.1", "採用区分": "I-B", "発令区分": "本務", "所属コード": unit,
        "職層": "主事", "職種": "ict" if number % 2 else "事務", "勤務場所": "本庁",
    }  # fmt: skip
