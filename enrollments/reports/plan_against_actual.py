"""A fiscal year as it was planned first, as it is planned now, and as it came: sessions, seats, people.

The plan is the academy's, or that of one organisation. *First* is the earliest version that was published, *current* the
one in force; drafts are not read. Without a published version there is nothing planned, and every row is "not planned".

A row is a line of either version: a programme or one of its courses, in a quarter or in the year. Lines add up, so each
session belongs to one row: that of its course and quarter, else of its course, else of its programme and quarter, else of
its programme; by the lines of the version that `plan` names, else by those of the other. A session that no line covers
counts in a row of its programme, "not planned". The academy's report has the programmes of no organisation, and those
that its plan names; an organisation's has those of its subtree as it stands today, or on the day of the fiscal year that
is nearest to today, and those that its plan names.

- sessions: published or finished, of the fiscal year. The quarter is that of the first day as it is now: a session that
  was moved beyond the end of a quarter counts where it is held. A session without a date yet has no quarter.
- held: of these, finished or with the last day past. cancelled: cancelled sessions, apart, in no other figure.
- seats offered: the capacities of the sessions; sessions without a limit are counted apart and add nothing.
- decided: enrolments with a seat in the sessions (enrolled, in progress or judged; as in the report `completion`, an offer
  that is not accepted yet is not in); people: the distinct persons. Counted are the enrolments that the reader answers
  for, as in every report: a reader of a narrow scope sees all that is planned and offered, and the seats of their people.
- difference: sessions less those planned, and seats offered less those planned, by the version that `plan` names; empty
  where that version has no such line or number (so in a row "not planned"), in a total where a line lacks the number.

Empty is not known, which is not 0. A total adds what is known; it holds training (研修) or self-development (自己啓発),
never both, and its people are counted anew.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from inspect import cleandoc
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, TextChoices

from academy import clock
from academy.access import Viewer
from academy.calendar import Quarter, fiscal_year_of
from academy.errors import Faults
from academy.models import Organization
from academy.text import Text, bilingual
from courses.models import (
    IN_THE_OPEN,
    Course,
    Pillar,
    PlanLine,
    PlanStatus,
    Program,
    ProgramPlan,
    Session,
    SessionStatus,
)
from courses.planning import planning_day
from enrollments.access import enrollments_reported_to
from enrollments.reports.fields import check_bounds, says
from enrollments.reports.scope import DECIDED

NAME = "plan-against-actual"
TITLE = Text("計画と実績", "Plan against actual")
DEFINITION = Text(
    cleandoc(
        """
        年度の当初計画、現行計画、実績の対照(回数・席数・人数)。

        計画は全庁のもの、または一つの組織のもの。「当初」は最初に公開した版、「現行」は公開中の版。作成中・承認済みの版は読まない。
        公開した版がなければ計画はなく、すべての行が「計画外」になる。

        行は、いずれかの版の行(研修または講座、四半期または通年)。行は足し合わせるもので、一つの回は一つの行だけに数える。その講座の
        その四半期の行、なければ講座の通年の行、なければ研修のその四半期の行、なければ研修の通年の行。まず plan に指定した版の行、
        なければもう一方の版の行による。どの行にも当たらない回は、その研修の「計画外」の行に数える。全庁の表には、組織に属さない研修と、
        計画に行のある研修が入る。組織の表には、その組織の配下(今日、または年度のうち今日に最も近い日の組織)の研修と、計画に行の
        ある研修が入る。

        - 回数: その年度の公開中または終了した回。四半期は現在の初日による。四半期をまたいで動かした回は、実施する四半期に数える。
          日程未定の回に四半期はない。
        - 実施: うち、終了したか、最終日を過ぎたもの。中止: 開催中止の回。別に示し、ほかの数に含めない。
        - 席数: 回の定員の合計。定員のない回は別に数え、席数に加えない。
        - 決定: その回に席のある受講登録(受講決定、受講中、判定済み。「申込・受講・修了の状況」と同じく、回答前の繰上げ案内は
          含まない)。実人数は人の数。ほかの表と同じく、閲覧者が担当する受講登録だけを数える。範囲の狭い閲覧者にも、計画と回は
          すべて、決定は担当する人の分が示される。
        - 差: plan に指定した版との差(回数、席数)。その版に行や数がなければ空欄(計画外の行も)。計では、数のない行があれば空欄。

        空欄は「わからない」で、0ではない。計はわかるものだけを足す。研修と自己啓発は合わせない。計の実人数は改めて数える。
        """
    ),
    cleandoc(__doc__ or ""),
)


class Version(TextChoices):
    CURRENT = "current", bilingual("現行", "Current")
    FIRST = "first", bilingual("当初", "First")


class Standing(TextChoices):
    KEPT = "kept", bilingual("当初から", "Kept")
    ADDED = "added", bilingual("追加", "Added")
    DROPPED = "dropped", bilingual("取りやめ", "Dropped")
    NOT_PLANNED = "not_planned", bilingual("計画外", "Not planned")


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fiscal year of today where none is given."""

    fiscal_year: int | None = field(default=None, metadata=says("年度", "Fiscal year", minimum=2000, maximum=2100))
    organization: UUID | None = field(default=None, metadata=says("組織(空欄は全庁)", "Organisation, or the academy"))
    plan: Version = field(default=Version.CURRENT, metadata=says("差をとる版", "Version to compare with"))

    def __post_init__(self) -> None:
        faults = Faults()
        check_bounds(self, faults)
        faults.refuse()
        if self.fiscal_year is None:
            object.__setattr__(self, "fiscal_year", fiscal_year_of(clock.today()))

    @property
    def year(self) -> int:
        return self.fiscal_year or fiscal_year_of(clock.today())


@dataclass(frozen=True)
class Row:
    """A line of the plan, what was not planned of a programme, or the total of a pillar: then without names."""

    total: bool = field(metadata=says("計", "Total"))
    standing: Standing | None = field(metadata=says("計画上の扱い", "Standing in the plan"))
    pillar: Pillar = field(metadata=says("区分", "Pillar"))
    program: UUID | None = field(metadata=says("研修ID", "Programme ID"))
    program_ja: str = field(metadata=says("研修", "Programme (Japanese)"))
    program_en: str = field(metadata=says("研修(英語)", "Programme (English)"))
    course: UUID | None = field(metadata=says("講座ID", "Course ID"))
    course_ja: str = field(metadata=says("講座", "Course (Japanese)"))
    course_en: str = field(metadata=says("講座(英語)", "Course (English)"))
    quarter: int | None = field(metadata=says("四半期", "Quarter"))
    provisional: bool = field(metadata=says("調整中(現行)", "Not settled yet (current)"))
    first_sessions: int | None = field(metadata=says("当初計画・回数", "First plan: sessions"))
    first_seats: int | None = field(metadata=says("当初計画・席数", "First plan: seats"))
    first_yen: int | None = field(metadata=says("当初計画・予算(円)", "First plan: yen"))
    current_sessions: int | None = field(metadata=says("現行計画・回数", "Current plan: sessions"))
    current_seats: int | None = field(metadata=says("現行計画・席数", "Current plan: seats"))
    current_yen: int | None = field(metadata=says("現行計画・予算(円)", "Current plan: yen"))
    sessions: int = field(metadata=says("回数", "Sessions"))
    held: int = field(metadata=says("うち実施", "Held"))
    cancelled: int = field(metadata=says("中止(別掲)", "Cancelled, apart"))
    seats_offered: int = field(metadata=says("席数", "Seats offered"))
    unlimited: int = field(metadata=says("定員のない回", "Sessions without a limit"))
    decided: int = field(metadata=says("決定(延べ)", "Decided (enrolments)"))
    decided_people: int = field(metadata=says("決定(実人数)", "Decided (people)"))
    sessions_difference: int | None = field(metadata=says("回数の差", "Sessions, difference"))
    seats_difference: int | None = field(metadata=says("席数の差", "Seats, difference"))


@dataclass(frozen=True)
class Place:
    """What a row is about. What no line covers has its programme alone, and is not `planned`."""

    program: int
    course: int | None = None
    quarter: int | None = None
    planned: bool = True


@dataclass(frozen=True)
class Held:
    """What came of the sessions of one place, before people are counted."""

    sessions: int = 0
    held: int = 0
    cancelled: int = 0
    seats_offered: int = 0
    unlimited: int = 0

    def __add__(self, other: "Held") -> "Held":
        return Held(*(mine + yours for mine, yours in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class People:
    decided: int = 0
    decided_people: int = 0


Line = Mapping[str, Any]
Lines = Mapping[Place, Line]
NUMBERS = ("sessions", "seats", "yen")
COUNTED = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)
PILLARS = list(Pillar)  # 研修 before 自己啓発

# As in `completion`: one row for each person of a place first, so that people are told apart by hashing once.
_PEOPLE = """
    WITH seen AS MATERIALIZED ({seen}), placed AS (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS each (session_id, place)
    ), person AS (
        SELECT place, pillar, staff_id, count(*) AS seats, grouping(place) AS total FROM seen JOIN placed USING (session_id)
        GROUP BY GROUPING SETS ((place, pillar, staff_id), (pillar, staff_id))
    )
    SELECT total, place, pillar, sum(seats)::bigint, count(*) FROM person GROUP BY total, place, pillar
"""


def rows(params: Params, *, viewer: Viewer) -> list[Row]:
    """The lines by pillar and programme, what was not planned after them, then the total of each pillar."""
    body = Organization.objects.filter(public_id=params.organization).first() if params.organization else None
    if params.organization and body is None:
        return []
    versions = _versions(params, body)
    sessions = _sessions(params, body, versions.values())
    where = {session["pk"]: _place_of(session, params.plan, versions) for session in sessions}
    actual: dict[Place, Held] = defaultdict(Held)
    for session in sessions:
        actual[where[session["pk"]]] += _held(session, clock.today())
    places = {*actual, *(place for lines in versions.values() for place in lines)}
    names = _Names(places)
    ordered = sorted(places, key=names.order)
    numbers = {place: number for number, place in enumerate(ordered)}
    counted = _people(viewer, {pk: numbers[place] for pk, place in where.items()})
    table = _Table(params.plan, versions, actual, names)
    found = [
        table.row(place, counted.get((number, names.pillar(place)), People())) for number, place in enumerate(ordered)
    ]
    for pillar in PILLARS:
        within = [place for place in ordered if names.pillar(place) == pillar]
        if within:
            found.append(table.total(pillar, within, counted.get((None, pillar), People())))
    return found


def _versions(params: Params, body: Organization | None) -> dict[Version, Lines]:
    """The lines of the version in force, and of the one that was published first."""
    published = ProgramPlan.objects.filter(fiscal_year=params.year, organization=body, status__in=IN_THE_OPEN).order_by(
        "version"
    )
    keys = list(published.values_list("pk", "status"))
    current = next((pk for pk, status in keys if status == PlanStatus.PUBLISHED), None)
    first = keys[0][0] if keys else None
    lines: dict[int, dict[Place, Line]] = {pk: {} for pk, _ in keys}
    read = PlanLine.objects.filter(plan__in=[current, first])
    for line in read.values("plan_id", "program_id", "course_id", "quarter", "provisional", *NUMBERS):
        lines[line["plan_id"]][Place(line["program_id"], line["course_id"], line["quarter"])] = line
    return {Version.CURRENT: lines.get(current or 0, {}), Version.FIRST: lines.get(first or 0, {})}


def _sessions(params: Params, body: Organization | None, versions: Iterable[Lines]) -> Sequence[Mapping[str, Any]]:
    named = {place.program for lines in versions for place in lines}
    scope = Q(course__program__organization=None)
    if body is not None:
        within = Organization.objects.within([body.pk], planning_day(params.year))
        scope = Q(course__program__organization__in=within.values("pk"))
    return list(
        Session.objects.filter(scope | Q(course__program__in=named), fiscal_year=params.year)
        .exclude(status=SessionStatus.DRAFT)
        .values("pk", "course_id", "course__program_id", "status", "capacity", "starts_on", "ends_on", "undated")
    )


def _place_of(session: Mapping[str, Any], plan: Version, versions: Mapping[Version, Lines]) -> Place:
    """The row that a session counts in."""
    program, course = session["course__program_id"], session["course_id"]
    quarter = None if session["undated"] else Quarter.of(session["starts_on"]).number
    candidates = [
        Place(program, course, quarter),
        Place(program, course),
        Place(program, None, quarter),
        Place(program),
    ]
    for version in sorted(versions, key=lambda each: each != plan):
        for place in candidates:
            if place in versions[version]:
                return place
    return Place(program, planned=False)


def _held(session: Mapping[str, Any], today: dt.date) -> Held:
    if session["status"] not in COUNTED:
        return Held(cancelled=1)
    over = session["status"] == SessionStatus.FINISHED or session["ends_on"] < today
    capacity = session["capacity"]
    return Held(1, int(over), 0, capacity or 0, int(capacity is None))


def _people(viewer: Viewer, places: Mapping[int, int]) -> dict[tuple[int | None, str], People]:
    """Seats and people of each place, by its number and pillar; of a whole pillar under None."""
    decided = enrollments_reported_to(viewer).filter(DECIDED, session__in=list(places), session__status__in=COUNTED)
    each = decided.order_by().values("session_id", "staff_id", pillar=F("course__program__pillar"))
    try:
        statement, parameters = each.query.sql_with_params()
    except EmptyResultSet:  # no session, or a scope that holds nobody
        return {}
    with connection.cursor() as cursor:
        # Only the ORM's own statement is put into the text; every value is a parameter.
        cursor.execute(_PEOPLE.format(seen=statement), [*parameters, list(places), list(places.values())])
        return {
            (None if total else place, pillar): People(seats, people)
            for total, place, pillar, seats, people in cursor.fetchall()
        }


class _Names:
    """What programmes and courses are called, and the order in which they stand."""

    def __init__(self, places: Iterable[Place]) -> None:
        held = list(places)
        programs = Program.objects.filter(pk__in={place.program for place in held})
        courses = Course.objects.filter(pk__in={place.course for place in held if place.course})
        self.programs = {each.pk: each for each in programs}
        self.courses = {each.pk: each for each in courses}

    def pillar(self, place: Place) -> Pillar:
        return Pillar(self.programs[place.program].pillar)

    def order(self, place: Place) -> tuple[Any, ...]:
        program, course = self.programs[place.program], self.courses.get(place.course or 0)
        named = (course.title_folded, course.code) if course else ("", "")
        return (
            PILLARS.index(self.pillar(place)),
            program.title_folded,
            program.code,
            not place.planned,
            named,
            place.quarter or 0,
        )


@dataclass(frozen=True)
class _Table:
    plan: Version
    versions: Mapping[Version, Lines]
    actual: Mapping[Place, Held]
    names: _Names

    def row(self, place: Place, people: People) -> Row:
        program, course = self.names.programs[place.program], self.names.courses.get(place.course or 0)
        current = self.versions[Version.CURRENT].get(place)
        return Row(
            total=False,
            standing=self._standing(place),
            pillar=self.names.pillar(place),
            program=program.public_id,
            program_ja=program.title_ja,
            program_en=program.title_en,
            course=course.public_id if course else None,
            course_ja=course.title_ja if course else "",
            course_en=course.title_en if course else "",
            quarter=place.quarter,
            provisional=bool(current and current["provisional"]),
            **self._figures([place], people),
        )

    def total(self, pillar: Pillar, places: Sequence[Place], people: People) -> Row:
        return Row(
            total=True,
            standing=None,
            pillar=pillar,
            program=None,
            program_ja="計",
            program_en="Total",
            course=None,
            course_ja="",
            course_en="",
            quarter=None,
            provisional=False,
            **self._figures(places, people),
        )

    def _standing(self, place: Place) -> Standing:
        current, first = place in self.versions[Version.CURRENT], place in self.versions[Version.FIRST]
        if current:
            return Standing.KEPT if first else Standing.ADDED
        return Standing.DROPPED if first else Standing.NOT_PLANNED

    def _figures(self, places: Sequence[Place], people: People) -> dict[str, Any]:
        came = sum((self.actual.get(place, Held()) for place in places), Held())
        found: dict[str, Any] = {**asdict(came), **asdict(people)}
        for version, lines in self.versions.items():
            for name in NUMBERS:
                known = [lines[place][name] for place in places if place in lines]
                told = [value for value in known if value is not None]
                found[f"{version}_{name}"] = sum(told) if told else None
                if version == self.plan and name != "yen":
                    complete = bool(known) and len(told) == len(known)
                    there = came.sessions if name == "sessions" else came.seats_offered
                    found[f"{name}_difference"] = there - sum(told) if complete else None
        return found
