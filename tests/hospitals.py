"""The people of the eight metropolitan hospitals: as many as are wanted, as a roster names them, and put into the tables."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection

from academy.folding import fold
from academy.models import Role, RoleGrant, User
from academy.operations import reference_data
from academy.romaji import romaji_key
from tests.cast import ALWAYS, account

POSTS_THAT_LEFT = 6_838  # 条例定数: 39,294 before 2022-07-01, 32,456 from then on
LAST_DAY = dt.date(2022, 6, 30)
HOSPITALS = [f"B12-H{number}" for number in range(1, 9)]
_FAMILIES = [("佐藤", "サトウ"), ("髙橋", "タカハシ"), ("渡邉", "ワタナベ"), ("森", "モリ"), ("中村", "ナカムラ")]
_GIVEN = [
    ("花子", "ハナコ"),
    ("健", "ケン"),
    ("美咲", "ミサキ"),
    ("大輔", "ダイスケ"),
    ("陽菜", "ヒナ"),
    ("蓮", "レン"),
    ("恵", "メグミ"),
]
_JOBS = ["kangoshi"] * 7 + ["ishi", "yakuzai", "jimu"]
_GRADES = ["shuji"] * 5 + ["shunin"] * 3 + ["kacho_dairi", "kacho"]


@dataclass(frozen=True)
class HospitalPerson:
    """One line of a roster of the metropolis (issuer TMG, ladder tmg), by codes."""

    staff_number: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    hired_on: dt.date
    hiring_category: str
    organization: str
    grade: str
    job_family: str
    post: str
    head_of_unit: bool
    headquarters: bool = False


def hospital_staff(count: int) -> list[HospitalPerson]:
    """So many people, spread over the hospitals; the first of each hospital is its head. The same for the same count."""
    return [_person(number) for number in range(count)]


def _person(number: int) -> HospitalPerson:
    head = number < len(HOSPITALS)
    family, given = _FAMILIES[number % len(_FAMILIES)], _GIVEN[number % len(_GIVEN)]
    return HospitalPerson(
        staff_number=f"{70_000_000 + number:08}",
        family_name=family[0],
        given_name=given[0],
        family_kana=family[1],
        given_kana=given[1],
        hired_on=dt.date(1990 + number % 32, 4, 1),
        hiring_category="I-B",
        organization=HOSPITALS[number % len(HOSPITALS)],
        grade="bucho" if head else _GRADES[number // 8 % len(_GRADES)],
        job_family="ishi" if head else _JOBS[number // 8 % len(_JOBS)],
        post="院長" if head else "",
        head_of_unit=head,
    )


def load_places() -> User:
    """The organisations, grades and words that the apps ship, and an account of central HR who asks about them."""
    reference_data.load_organizations(content=reference_data.data_file("academy", "organizations.yaml"))
    reference_data.load_grades(content=reference_data.data_file("academy", "grades.yaml"))
    reference_data.load_job_families(content=reference_data.data_file("academy", "job_families.yaml"))
    reference_data.load_hiring_categories(content=reference_data.data_file("academy", "hiring_categories.yaml"))
    hr = account("hr")
    RoleGrant.objects.create(user=hr, role=Role.ACADEMY_HR, during=ALWAYS)
    return hr


_STAFF = """
    INSERT INTO academy_staff (
        public_id, issuer_id, staff_number, family_name, given_name, family_kana, given_kana, former_name, hired_on,
        hiring_category_id, directory_hidden, synthetic, name_folded, kana_folded, romaji_folded, number_folded
    )
    SELECT academy_uuid7(), issuer.id, line.staff_number, family_name, given_name, family_kana, given_kana, '', hired_on,
        category.id, false, true, line.name_folded, kana_folded, romaji_folded, line.staff_number
    FROM unnest(
        %(staff_number)s::text[], %(family_name)s::text[], %(given_name)s::text[], %(family_kana)s::text[],
        %(given_kana)s::text[], %(hired_on)s::date[], %(hiring_category)s::text[], %(name_folded)s::text[],
        %(kana_folded)s::text[], %(romaji_folded)s::text[]
    ) AS line (
        staff_number, family_name, given_name, family_kana, given_kana, hired_on, hiring_category, name_folded,
        kana_folded, romaji_folded
    )
    JOIN academy_organization AS issuer ON issuer.code = 'TMG'
    JOIN academy_hiringcategory AS category ON category.code = line.hiring_category
"""
_POSTS = """
    INSERT INTO academy_assignment (
        public_id, staff_id, kind, organization_id, grade_id, job_family_id, post, head_of_unit, deputy_of_unit,
        headquarters, during
    )
    SELECT academy_uuid7(), person.id, 'primary', unit.id, grade.id, family.id, line.post, line.head_of_unit, false,
        line.headquarters, daterange(greatest(person.hired_on, '2021-04-01'), %(until)s::date)
    FROM unnest(
        %(staff_number)s::text[], %(organization)s::text[], %(grade)s::text[], %(job_family)s::text[], %(post)s::text[],
        %(head_of_unit)s::boolean[], %(headquarters)s::boolean[]
    ) AS line (staff_number, organization, grade, job_family, post, head_of_unit, headquarters)
    JOIN academy_organization AS issuer ON issuer.code = 'TMG'
    JOIN academy_staff AS person ON person.issuer_id = issuer.id AND person.staff_number = line.staff_number
    JOIN academy_organization AS unit ON unit.code = line.organization
    JOIN academy_gradeladder AS ladder ON ladder.code = 'tmg'
    JOIN academy_grade AS grade ON grade.ladder_id = ladder.id AND grade.code = line.grade
    JOIN academy_jobfamily AS family ON family.code = line.job_family
"""


def _keys(texts: list[str], key: Callable[[str], str]) -> list[str]:
    """The search keys; names that many bear are folded once."""
    known = {text: key(text) for text in set(texts)}
    return [known[text] for text in texts]


def employ(people: Sequence[HospitalPerson], *, until: dt.date | None) -> None:
    """Put the people and their posts into the tables, in two statements. `until`: the first day without the posts."""
    params: dict[str, Any] = {
        each.name: [getattr(person, each.name) for person in people] for each in fields(HospitalPerson)
    }
    names = [person.family_name + person.given_name for person in people]
    readings = [person.family_kana + person.given_kana for person in people]
    params["name_folded"] = _keys(names, fold)
    params["kana_folded"] = _keys(readings, fold)
    params["romaji_folded"] = _keys(readings, romaji_key)
    with connection.cursor() as cursor:
        cursor.execute(_STAFF, params)
        cursor.execute(_POSTS, {**params, "until": until})
        cursor.execute("ANALYZE academy_staff, academy_assignment")
