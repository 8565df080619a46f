"""Which share of those whom a course was meant for has completed it.

The denominator is the *frozen audience* of a session: who was in its audience on the reference date (the day of its first
live meeting; the first day of a session without one), by the rule of that day and with bureau and grade of that day, as
it was put down then. What was learnt later about people, or changed of the rule, is not in it.

Counted are published and finished sessions of the fiscal year whose reference date lies within `from` and `to`, both
included, and of their lists the people for whom the reader answers (HR, heads of units, managers of the programme).

- audience: the people on the lists.
- decided, attended, participated, completed: of these, those with an enrolment in such a session, whose list they are on,
  that is decided (enrolled, in progress, or judged), was attended (as in the report `completion`), ended as attended
  without a certificate, ended as completed. The enrolments are those that the reader sees.
- coverage = completed ÷ audience, 4 digits, halves up; empty where nobody was meant.

All are distinct people (実) within a row: somebody on the lists of two sessions of a course is one person of the course.
So the rows of sessions do not add up to that of their course, nor do bureaus where somebody moved between two lists.
Somebody who completed without being meant to is in no row. Sessions whose list is not put down yet stand apart, without
figures (`frozen` is false); they are not in the rows of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import cleandoc
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Case, F, Q, QuerySet, TextChoices, Value, When

from academy.access import Viewer
from academy.models import Grade, Organization
from academy.text import Text, bilingual
from courses.models import Course, Pillar, Session, SessionStatus
from enrollments.access import enrollments_reported_to
from enrollments.access.audiences import audience_members_reported_to
from enrollments.models import Status
from enrollments.reports.fields import says
from enrollments.reports.results import share
from enrollments.reports.scope import DECIDED, Scope, was_there

NAME = "audience-coverage"
TITLE = Text("対象者に対する修了の割合", "Coverage of the audience")
DEFINITION = Text(
    cleandoc(
        """
        講座の対象者のうち、修了した人の割合。

        分母は、回ごとに確定した対象者。基準日(最初の有効なコマの日。コマがなければ初日)に、その日の対象の条件で対象であった人を、
        その日の所属局・職層とともに記録したもの。その後に分かった人事情報や、条件の変更は反映しない。

        基準日が from と to の間(両端を含む)にある、その年度の公開中または終了した回について、閲覧者が責めを負う人(人事担当、所属長、
        研修の管理者の担当範囲)を数える。

        - 対象者: 確定した名簿にある人。
        - 決定・受講・参加・修了: 対象者のうち、名簿にある回の受講登録が、決定(受講決定、受講中、判定済み)、受講(報告 completion と同じ)、
          修了を伴わない参加、修了であるもの。受講登録は閲覧者が見ることのできるもの。
        - 割合 = 修了 ÷ 対象者。小数第4位まで(第5位を四捨五入)。対象者がいなければ空欄。

        いずれも行のなかの実人数。同じ講座の二つの回の名簿にある人は、講座では一人と数える。したがって回の行の和は講座の行と一致せず、
        名簿の間に異動した人がいれば局の和も一致しない。対象でないのに修了した人はどの行にも含まない。名簿を確定していない回は数値を示さず
        別の行とし(frozen が false)、ほかの行に含めない。
        """
    ),
    cleandoc(__doc__ or ""),
)
HELD = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)


class Unit(TextChoices):
    SESSION = "session", bilingual("回", "Session")
    COURSE = "course", bilingual("講座", "Course")


class Across(TextChoices):
    NOTHING = "nothing", bilingual("分けない", "Undivided")
    BUREAU = "bureau", bilingual("所属局", "Bureau")
    GRADE = "grade", bilingual("職層", "Grade")
    BUREAU_AND_GRADE = "bureau_and_grade", bilingual("所属局と職層", "Bureau and grade")


@dataclass(frozen=True, kw_only=True)
class Params(Scope):
    unit: Unit = field(default=Unit.COURSE, metadata=says("集計の単位", "What a row is about"))
    across: Across = field(default=Across.NOTHING, metadata=says("内訳", "Divided by"))


@dataclass(frozen=True)
class Row:
    """A session or course, or its people of a bureau or grade; without figures where the lists are not put down."""

    id: UUID = field(metadata=says("ID", "ID"))
    name_ja: str = field(metadata=says("名称", "Name (Japanese)"))
    name_en: str = field(metadata=says("名称(英語)", "Name (English)"))
    pillar: Pillar = field(metadata=says("区分", "Pillar"))
    frozen: bool = field(metadata=says("対象者を確定済み", "Audience frozen"))
    sessions: int = field(metadata=says("回の数", "Sessions"))
    bureau: UUID | None = field(metadata=says("所属局", "Bureau"))
    bureau_name_ja: str | None = field(metadata=says("所属局の名称", "Bureau (Japanese)"))
    grade: UUID | None = field(metadata=says("職層", "Grade"))
    grade_name_ja: str | None = field(metadata=says("職層の名称", "Grade (Japanese)"))
    audience: int | None = field(metadata=says("対象者(実人数)", "Audience (people)"))
    decided: int | None = field(metadata=says("決定(実人数)", "Decided (people)"))
    attended: int | None = field(metadata=says("受講(実人数)", "Attended (people)"))
    participated: int | None = field(metadata=says("参加(実人数)", "Participated, no certificate (people)"))
    completed: int | None = field(metadata=says("修了(実人数)", "Completed (people)"))
    coverage: float | None = field(metadata=says("対象者に対する修了の割合", "Coverage"))


# One row for each person of a group first: people are told apart once, not for each count.
_COUNTED = """
    WITH member AS ({members}), seat AS ({seats}), person AS (
        SELECT grouped, of_bureau, of_grade, member.staff_id, count(seat.staff_id) > 0 AS decided,
            bool_or(attended) AS attended, bool_or(participated) AS participated, bool_or(completed) AS completed
        FROM member LEFT JOIN seat ON seat.session_id = member.at AND seat.staff_id = member.staff_id
        GROUP BY grouped, of_bureau, of_grade, member.staff_id
    )
    SELECT grouped, of_bureau, of_grade, count(*), count(*) FILTER (WHERE decided), count(*) FILTER (WHERE attended),
        count(*) FILTER (WHERE participated), count(*) FILTER (WHERE completed)
    FROM person GROUP BY grouped, of_bureau, of_grade
"""


def rows(params: Params, *, viewer: Viewer) -> list[Row]:
    """In order of title or day, then of bureau and grade; those without a list at the end. Five statements."""
    held = _sessions(params)
    counted = _counted(params, viewer, held)
    lists = _lists(params.unit, held)
    bureaus = _places(Organization, {bureau for _, bureau, _ in counted}, ("position", "code"))
    grades = _places(Grade, {grade for _, _, grade in counted}, ("ladder__code", "rank"))
    units = _named(params.unit, {at for at, _ in lists})
    found = [
        _row(about, lists[at, True], bureaus[bureau], grades[grade], counted.get((at, bureau, grade), NOBODY))
        for at, about in units.items()
        if (at, True) in lists
        for bureau, grade in _groups(counted, at, bureaus, grades)
    ]
    pending = [
        _row(about, lists[at, False], NOWHERE, NOWHERE, None) for at, about in units.items() if (at, False) in lists
    ]
    return [*found, *pending]


@dataclass(frozen=True)
class _Place:
    """A bureau or a grade, and where it stands in official order."""

    place: int
    id: UUID | None = None
    name_ja: str | None = None


NOWHERE = _Place(-1)
NOBODY = (0, 0, 0, 0, 0)
Group = tuple[int, int | None, int | None]  # session or course, bureau, grade


def _groups(
    counted: Mapping[Group, tuple[int, ...]],
    at: int,
    bureaus: Mapping[int | None, _Place],
    grades: Mapping[int | None, _Place],
) -> list[tuple[int | None, int | None]]:
    """Those of a session or course, in official order; one without anybody where it has none."""
    groups = [(bureau, grade) for unit, bureau, grade in counted if unit == at] or [(None, None)]
    return sorted(groups, key=lambda group: (bureaus[group[0]].place, grades[group[1]].place))


def _sessions(params: Params) -> QuerySet[Session]:
    """The sessions that take or took place; of those with a list the day of the list counts, of others the first day."""
    frozen, open_ones = Q(audience_freeze__isnull=False), Q(audience_freeze__isnull=True)
    conditions: list[Q] = []
    if params.first_day:
        day = params.first_day
        conditions.append((frozen & Q(audience_freeze__on__gte=day)) | (open_ones & Q(starts_on__gte=day)))
    if params.last_day:
        day = params.last_day
        conditions.append((frozen & Q(audience_freeze__on__lte=day)) | (open_ones & Q(starts_on__lte=day)))
    given = {
        "fiscal_year": params.fiscal_year,
        "course__program__public_id": params.program,
        "public_id": params.session,
    }
    chosen = {path: value for path, value in given.items() if value is not None}
    return Session.objects.filter(*conditions, status__in=HELD, undated=False, **chosen)


def _lists(unit: Unit, held: QuerySet[Session]) -> dict[tuple[int, bool], int]:
    """How many sessions with a list, and how many without, each unit has."""
    key = "pk" if unit == Unit.SESSION else "course_id"
    found: dict[tuple[int, bool], int] = {}
    for at, frozen in held.values_list(key, "audience_freeze"):
        found[at, frozen is not None] = found.get((at, frozen is not None), 0) + 1
    return found


def _counted(params: Params, viewer: Viewer, held: QuerySet[Session]) -> dict[Group, tuple[int, ...]]:
    """Audience, decided, attended, participated and completed of each group."""
    bureau = params.across in (Across.BUREAU, Across.BUREAU_AND_GRADE)
    grade = params.across in (Across.GRADE, Across.BUREAU_AND_GRADE)
    nothing = Value(None, output_field=BigIntegerField())
    members = (
        audience_members_reported_to(viewer)
        .filter(freeze__session__in=held.values("pk"))
        .values(
            "staff_id",
            grouped=F("freeze__session" if params.unit == Unit.SESSION else "freeze__session__course"),
            at=F("freeze__session"),
            of_bureau=F("bureau_id") if bureau else nothing,
            of_grade=F("grade_id") if grade else nothing,
        )
    )
    seats = (
        enrollments_reported_to(viewer)
        .order_by()
        .filter(DECIDED, session__in=held.values("pk"))
        .values(
            "session_id",
            "staff_id",
            attended=_is(Q(was_there())),
            participated=_is(Q(status=Status.ATTENDED)),
            completed=_is(Q(status=Status.COMPLETED)),
        )
    )
    try:
        (listed, of_list), (seated, of_seats) = members.query.sql_with_params(), seats.query.sql_with_params()
    except EmptyResultSet:  # a scope that holds nobody
        return {}
    with connection.cursor() as cursor:
        # Only the ORM's own statements are put into the text; every value is a parameter.
        cursor.execute(_COUNTED.format(members=listed, seats=seated), (*of_list, *of_seats))
        return {(at, body, rank): tuple(figures) for at, body, rank, *figures in cursor.fetchall()}


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _named(unit: Unit, keys: set[int]) -> dict[int, tuple[UUID, str, str, str]]:
    """Id, names and pillar, in order: sessions by their day, courses by their title."""
    columns = ("pk", "public_id", "title_ja", "title_en")
    sessions = Session.objects.filter(pk__in=keys).order_by("starts_on", "pk")
    courses = Course.objects.filter(pk__in=keys).order_by("title_folded", "code")
    read = (
        sessions.values_list(*columns, "course__program__pillar")
        if unit == Unit.SESSION
        else courses.values_list(*columns, "program__pillar")
    )
    return {pk: (public_id, ja, en, pillar) for pk, public_id, ja, en, pillar in read}


def _places(
    model: type[Organization] | type[Grade], keys: set[int | None], order: tuple[str, ...]
) -> dict[int | None, _Place]:
    rows = model._default_manager.filter(pk__in=[key for key in keys if key]).order_by(*order)
    read = enumerate(rows.values_list("pk", "public_id", "name_ja"))
    return {None: NOWHERE} | {pk: _Place(place, public_id, name) for place, (pk, public_id, name) in read}


def _row(
    about: tuple[UUID, str, str, str], sessions: int, bureau: _Place, grade: _Place, figures: tuple[int, ...] | None
) -> Row:
    public_id, name_ja, name_en, pillar = about
    audience, decided, attended, participated, completed = figures or (None,) * 5
    return Row(
        id=public_id,
        name_ja=name_ja,
        name_en=name_en,
        pillar=Pillar(pillar),
        frozen=figures is not None,
        sessions=sessions,
        bureau=bureau.id,
        bureau_name_ja=bureau.name_ja,
        grade=grade.id,
        grade_name_ja=grade.name_ja,
        audience=audience,
        decided=decided,
        attended=attended,
        participated=participated,
        completed=completed,
        coverage=None if audience is None or completed is None else share(completed, audience),
    )
