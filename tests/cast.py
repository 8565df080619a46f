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
from dataclasses import dataclass

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

GRADES = [
    ("shuji", "主事", 10, "staff"),
    ("shunin", "主任級", 20, "staff"),
    ("kacho_dairi", "課長代理級", 30, "supervisory"),
    ("kacho", "課長級", 40, "managerial"),
    ("bucho", "部長級", 50, "managerial"),
    ("kyokucho", "局長級", 60, "managerial"),
]


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
    made = Organization(code=code, kind=kind, name_ja=name, name_en=code, during=ALWAYS)
    made.fold_names()
    made.save()
    if parent is not None:
        OrganizationEdge.objects.create(child=made, parent=parent, during=ALWAYS)
    return made


def person(
    names: tuple[str, str, str, str],
    number: str | None,
    *,
    issuer: Organization,
    hiring: HiringCategory,
    user: User | None = None,
    hired_on: dt.date = SINCE,
) -> Staff:
    family, given, family_kana, given_kana = names
    made = Staff(
        user=user,
        issuer=issuer,
        staff_number=number,
        family_name=family,
        given_name=given,
        family_kana=family_kana,
        given_kana=given_kana,
        hired_on=hired_on,
        hiring_category=hiring,
    )
    made.fold_names()
    made.save()
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
    user = User(username=username)
    user.set_password(PASSWORD)
    user.save()
    return user


def assemble() -> Cast:
    """Put the cast on the stage."""
    tmg = organization("TMG", "authority", "東京都")
    digital = organization("digital", "bureau", "デジタルサービス局", tmg)
    planning = organization("planning", "division", "戦略部", digital)
    skills = organization("skills", "section", "人材課", planning)
    industry = organization("industry", "bureau", "産業労働局", tmg)
    trade = organization("trade", "section", "商工課", industry)
    ladder = GradeLadder.objects.create(code="tmg", name_ja="東京都")
    grades = {code: grade(ladder, code, name, rank, group, equivalent=rank) for code, name, rank, group in GRADES}
    ict_family = JobFamily.objects.create(code="ict", name_ja="ICT", position=1)
    office = JobFamily.objects.create(code="jimu", name_ja="事務", position=2)
    hiring = HiringCategory.objects.create(code="I-B", name_ja="Ⅰ類B", position=1)

    def member(
        name: str, names: tuple[str, str, str, str], number: str, unit: Organization, grade: str, family: JobFamily
    ) -> Staff:
        made = person(names, number, issuer=tmg, hiring=hiring, user=account(name.replace("_", "-")))
        post(made, unit, grades[grade], family, head="head" in name)
        return made

    cast = Cast(
        tmg=tmg,
        digital=digital,
        planning=planning,
        skills=skills,
        industry=industry,
        trade=trade,
        grades=grades,
        ict_family=ict_family,
        office_family=office,
        hiring=hiring,
        hr=account("hr"),
        bureau_hr=account("bureau-hr"),
        auditor=account("auditor"),
        staff=member("staff", ("森", "太郎", "モリ", "タロウ"), "00000001", trade, "shuji", office),
        ict=member("ict", ("髙橋", "花子", "タカハシ", "ハナコ"), "00000002", skills, "shuji", ict_family),
        ict2=member("ict2", ("山﨑", "次郎", "ヤマサキ", "ジロウ"), "00000003", skills, "shunin", ict_family),
        head=member("head", ("𠮷田", "三恵", "ヨシダ", "ミエ"), "00000004", skills, "kacho", office),
        trainer=member("trainer", ("佐藤", "四郎", "サトウ", "シロウ"), "00000005", skills, "kacho_dairi", ict_family),
        industry_head=member("industry_head", ("鈴木", "五月", "スズキ", "サツキ"), "00000006", trade, "kacho", office),
    )
    RoleGrant.objects.create(user=cast.hr, role=Role.ACADEMY_HR, during=ALWAYS)
    RoleGrant.objects.create(user=cast.bureau_hr, role=Role.BUREAU_HR, organization=digital, during=ALWAYS)
    RoleGrant.objects.create(user=cast.auditor, role=Role.AUDITOR, during=ALWAYS)
    return cast
