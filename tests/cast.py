"""The fixed cast: a small academy in which every test plays.

    TMG 東京都 (authority)
    ├─ digital  デジタルサービス局 (bureau)
    │   └─ planning  戦略部 (division)
    │       └─ skills  人材課 (section): head, ict, ict2, trainer
    └─ industry 産業労働局 (bureau)
        └─ trade  商工課 (section): staff, industry_head

hr holds academy_hr everywhere, bureau_hr holds bureau_hr of the digital bureau, auditor holds auditor.
All dates begin on 2021-04-01; the play is on 2022-06-28, 10:00 in Tokyo.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import (
    Assignment,
    Grade,
    GradeEquivalence,
    GradeLadder,
    HiringCategory,
    JobFamily,
    Organization,
    OrganizationEdge,
    Role,
    RoleGrant,
    Staff,
    User,
)
from academy.models.base import uuid7

SINCE = dt.date(2021, 4, 1)
ALWAYS = DateRange(SINCE, None)
PASSWORD = "a password of the cast"  # nosec

Names = tuple[str, str, str, str]  # family and given name, and how each is read

GRADES = [
    ("shuji", "主事", 10, "staff"),
    ("shunin", "主任級", 20, "staff"),
    ("kacho_dairi", "課長代理級", 30, "supervisory"),
    ("kacho", "課長級", 40, "managerial"),
    ("bucho", "部長級", 50, "managerial"),
    ("kyokucho", "局長級", 60, "managerial"),
]
UNITS = [
    ("TMG", "authority", "東京都", None),
    ("digital", "bureau", "デジタルサービス局", "TMG"),
    ("planning", "division", "戦略部", "digital"),
    ("skills", "section", "人材課", "planning"),
    ("industry", "bureau", "産業労働局", "TMG"),
    ("trade", "section", "商工課", "industry"),
]
# Names, unit, grade, job family; numbered in this order.
MEMBERS: dict[str, tuple[Names, str, str, str]] = {
    "staff": (("森", "太郎", "モリ", "タロウ"), "trade", "shuji", "jimu"),
    "ict": (("髙橋", "花子", "タカハシ", "ハナコ"), "skills", "shuji", "ict"),
    "ict2": (("山﨑", "次郎", "ヤマサキ", "ジロウ"), "skills", "shunin", "ict"),
    "head": (("𠮷田", "三恵", "ヨシダ", "ミエ"), "skills", "kacho", "jimu"),
    "trainer": (("佐藤", "四郎", "サトウ", "シロウ"), "skills", "kacho_dairi", "ict"),
    "industry_head": (("鈴木", "五月", "スズキ", "サツキ"), "trade", "kacho", "jimu"),
}


@dataclass
class Cast:
    tmg: Organization
    digital: Organization
    planning: Organization
    skills: Organization
    industry: Organization
    trade: Organization
    grades: dict[str, Grade]
    ict_family: JobFamily
    office_family: JobFamily
    hiring: HiringCategory
    hr: User
    bureau_hr: User
    auditor: User
    staff: Staff
    ict: Staff
    ict2: Staff
    head: Staff
    trainer: Staff
    industry_head: Staff

    def user(self, name: str) -> User:
        """The account of anybody of the cast."""
        member = getattr(self, name)
        account = member if isinstance(member, User) else member.user
        assert isinstance(account, User)
        return account


def organization(code: str, kind: str, name: str, parent: Organization | None = None) -> Organization:
    made = _organization(code, kind, name)
    made.save()
    if parent is not None:
        OrganizationEdge.objects.create(child=made, parent=parent, during=ALWAYS)
    return made


def _organization(code: str, kind: str, name: str) -> Organization:
    made = Organization(code=code, kind=kind, name_ja=name, name_en=code, during=ALWAYS)
    made.fold_names()
    return made


def person(
    names: Names,
    number: str | None,
    *,
    issuer: Organization,
    hiring: HiringCategory,
    user: User | None = None,
    hired_on: dt.date = SINCE,
) -> Staff:
    made = _person(names, number, issuer=issuer, hiring_category=hiring, user=user, hired_on=hired_on)
    made.save()
    return made


def _person(names: Names, number: str | None, **fields: Any) -> Staff:
    family, given, family_kana, given_kana = names
    made = Staff(
        staff_number=number,
        family_name=family,
        given_name=given,
        family_kana=family_kana,
        given_kana=given_kana,
        **fields,
    )
    made.fold_names()
    return made


def post(
    staff: Staff,
    organization: Organization,
    grade: Grade,
    family: JobFamily,
    *,
    head: bool = False,
    during: DateRange = ALWAYS,
    kind: str = "primary",
) -> Assignment:
    return Assignment.objects.create(
        staff=staff,
        organization=organization,
        grade=grade,
        job_family=family,
        head_of_unit=head,
        during=during,
        kind=kind,
    )


def grade(ladder: GradeLadder, code: str, name: str, rank: int, group: str, *, equivalent: int | None) -> Grade:
    made = Grade.objects.create(ladder=ladder, code=code, name_ja=name, rank=rank, group=group)
    if equivalent is not None:
        GradeEquivalence.objects.create(grade=made, rank=equivalent, during=DateRange(None, None))
    return made


def repost(staff: Staff, **changes: object) -> None:
    """The person's posts turn out to be otherwise: each is superseded by one with the changes."""
    held = list(Assignment.objects.live().filter(staff=staff))
    Assignment.objects.filter(staff=staff).supersede()
    for each in held:
        each.pk, each.public_id, each.superseded_at = None, uuid7(), None
        for name, value in changes.items():
            setattr(each, name, value)
        each.save(force_insert=True)


def account(username: str) -> User:
    user = _account(username)
    user.save()
    return user


def _account(username: str) -> User:
    user = User(username=username)
    user.set_password(PASSWORD)
    return user


def assemble() -> Cast:
    """Put the cast on the stage: a statement for each table, since almost every test begins so."""
    ladder = GradeLadder.objects.create(code="tmg", name_ja="東京都")
    grades = Grade.objects.bulk_create(
        Grade(ladder=ladder, code=code, name_ja=name, rank=rank, group=group) for code, name, rank, group in GRADES
    )
    GradeEquivalence.objects.bulk_create(
        GradeEquivalence(grade=each, rank=each.rank, during=DateRange(None, None)) for each in grades
    )
    families = JobFamily.objects.bulk_create(
        [JobFamily(code="ict", name_ja="ICT", position=1), JobFamily(code="jimu", name_ja="事務", position=2)]
    )
    hiring = HiringCategory.objects.create(code="I-B", name_ja="Ⅰ類B", position=1)
    units = _units()
    hr, bureau_hr, auditor, *users = User.objects.bulk_create(
        _account(name.replace("_", "-")) for name in ("hr", "bureau_hr", "auditor", *MEMBERS)
    )
    by_code: dict[str, Any] = {each.code: each for each in grades} | {each.code: each for each in families}
    members = _members(units, by_code, hiring, users)
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(user=hr, role=Role.ACADEMY_HR, during=ALWAYS),
            RoleGrant(user=bureau_hr, role=Role.BUREAU_HR, organization=units["digital"], during=ALWAYS),
            RoleGrant(user=auditor, role=Role.AUDITOR, during=ALWAYS),
        ]
    )
    ict_family, office_family = families
    tmg, digital, planning, skills, industry, trade = units.values()
    staff, ict, ict2, head, trainer, industry_head = members
    return Cast(
        tmg=tmg,
        digital=digital,
        planning=planning,
        skills=skills,
        industry=industry,
        trade=trade,
        grades={each.code: each for each in grades},
        ict_family=ict_family,
        office_family=office_family,
        hiring=hiring,
        hr=hr,
        bureau_hr=bureau_hr,
        auditor=auditor,
        staff=staff,
        ict=ict,
        ict2=ict2,
        head=head,
        trainer=trainer,
        industry_head=industry_head,
    )


def _units() -> dict[str, Organization]:
    made = Organization.objects.bulk_create(_organization(code, kind, name) for code, kind, name, _ in UNITS)
    units = {unit.code: unit for unit in made}
    OrganizationEdge.objects.bulk_create(
        OrganizationEdge(child=units[code], parent=units[parent], during=ALWAYS)
        for code, _, _, parent in UNITS
        if parent
    )
    return units


def _members(
    units: Mapping[str, Organization], by_code: Mapping[str, Any], hiring: HiringCategory, users: list[User]
) -> list[Staff]:
    people = Staff.objects.bulk_create(
        _person(names, f"{number:08}", issuer=units["TMG"], hiring_category=hiring, user=user, hired_on=SINCE)
        for number, ((names, *_), user) in enumerate(zip(MEMBERS.values(), users, strict=True), start=1)
    )
    Assignment.objects.bulk_create(
        Assignment(
            staff=staff,
            organization=units[unit],
            grade=by_code[grade],
            job_family=by_code[family],
            head_of_unit="head" in name,
            during=ALWAYS,
            kind="primary",
        )
        for staff, (name, (_, unit, grade, family)) in zip(people, MEMBERS.items(), strict=True)
    )
    return people
