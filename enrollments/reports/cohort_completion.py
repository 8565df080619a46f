"""The share of a cohort that had completed so many weeks after the seat was given.

Counted are the enrolments that the reader may see, as they stand at the watermark, that are decided (a seat held:
enrolled, in progress or judged; an offer, and a seat withdrawn from or cancelled, are not in), whose session belongs to
the fiscal year and whose reference date (first live meeting, or the day of enrolment) lies within `from` and `to`, both
included. A person with two such enrolments counts twice.

A cohort is a hiring year (the fiscal year, from 1 April, in which the person was hired) or a grade (the person's on the
reference date, as copied on the enrolment); training (研修) and self-development (自己啓発) are separate cohorts.

Hiring years are open to those who answer for the people (HR, heads of units) and to programme managers (事務局), who run
the programme and report on it; who only instructs is refused (403), since the hiring year is no part of a class list.

- size: the decided enrolments of the cohort.
- week w: the instant 7 × w days after the seat was given, for each enrolment its own.
- observed: n, the enrolments that have reached that instant at the watermark.
- reached: those of the observed that had the result (completed; attended, which ends without a certificate; or either)
  at that instant or before. A result counts from the first step into it, if it holds now: a result that was taken back does not count,
  one that was corrected and restored counts from its first day.
- share = reached ÷ observed, 4 digits, halves up. Reached and share are empty only where nobody is observed.

The denominator shrinks with w (right-censoring): a younger enrolment leaves the count at the first week that it has not
had the time to reach, whatever its result. So the curve is not cumulative over a constant group: reached and share may
fall from one week to the next, and where observed is well below size, or small, a share says little. Read it with n.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextChoices,
    When,
)
from django.db.models.functions import ExtractYear, Least

from academy.access import Viewer
from academy.calendar import in_japanese
from academy.clock import BusinessNow
from academy.text import Text, bilingual
from courses.models import Pillar
from enrollments.errors import HiringYearsForbidden
from enrollments.models import Enrollment, EnrollmentStep, Status
from enrollments.reports.access import may_read_hiring_years
from enrollments.reports.fields import says
from enrollments.reports.results import share
from enrollments.reports.scope import DECIDED, Scope

if TYPE_CHECKING:
    import pandas as pd

NAME = "cohort-completion"
TITLE = Text("採用年度・職層別の修了の推移", "Completion over the weeks, by hiring year or grade")
DEFINITION = Text(
    cleandoc(
        """
        採用年度または職層の集団ごとに、受講決定から何週間でどれだけが修了したか。

        閲覧者が見ることのできる、決定した受講登録(席のあるもの: 受講決定、受講中、判定済み。繰上げ案内への回答前、辞退・取消となった席は
        含まない)を、watermark の時点の状態で数える。年度は回の実施年度、from と to は基準日(最初の有効なコマの日。コマがなければ登録日)で、
        両端を含む。二つの受講登録がある人は二つと数える(延べ)。

        集団は、採用年度(採用日の属する4月からの年度)または職層(基準日のもの)。研修と自己啓発は別の集団とする。

        採用年度は、職員について責めを負う者(人事担当、所属長)と、研修を運営し報告する事務局(研修の管理者)が見ることができる。講師であるだけの者には
        示さない(403)。採用年度は受講者名簿の項目ではないため。

        - 規模: 集団の決定した受講登録の数。
        - 第 w 週: 席を得た時から 7 × w 日後の時点。受講登録ごとに数える。
        - 観測: n。watermark の時点でその時点に達している受講登録の数。
        - 到達: 観測のうち、その時点までに結果(修了、参加、またはそのいずれか)を得たものの数。現にその結果であるものを、最初にその結果となった時から数える。
          取り消された結果は数えず、訂正ののち元に戻った結果は最初の日から数える。
        - 割合 = 到達 ÷ 観測。小数第4位まで(第5位を四捨五入)。到達と割合が空欄となるのは、観測が0の週だけである。

        分母は w とともに減る(右側打切り)。まだその週に達していない新しい受講登録は、結果にかかわらずその週から数えない。したがって一定の集団に
        ついての累積ではなく、到達と割合は次の週に下がることがある。観測が規模を大きく下回る週や観測の少ない週の割合は多くを語らない。n とともに読む。
        """
    ),
    cleandoc(__doc__ or ""),
)


class Cohort(TextChoices):
    HIRING_YEAR = "hiring_year", bilingual("採用年度", "Hiring year")
    GRADE = "grade", bilingual("職層", "Grade")


class Outcome(TextChoices):
    COMPLETED = "completed", bilingual("修了", "Completed")
    ATTENDED = "attended", bilingual("参加", "Attended, no certificate")
    EITHER = "either", bilingual("修了または参加", "Either")


STATES: Mapping[Outcome, Sequence[Status]] = {
    Outcome.COMPLETED: (Status.COMPLETED,),
    Outcome.ATTENDED: (Status.ATTENDED,),
    Outcome.EITHER: (Status.COMPLETED, Status.ATTENDED),
}


@dataclass(frozen=True, kw_only=True)
class Params(Scope):
    cohort: Cohort = field(default=Cohort.HIRING_YEAR, metadata=says("集団の分け方", "What a cohort is"))
    weeks: int = field(default=12, metadata=says("何週まで", "Weeks to show", minimum=0, maximum=52))
    result: Outcome = field(default=Outcome.COMPLETED, metadata=says("結果", "Result"))


@dataclass(frozen=True)
class Row:
    """One cohort at one week."""

    cohort: str = field(metadata=says("集団", "Cohort"))
    name_ja: str = field(metadata=says("名称", "Name (Japanese)"))
    name_en: str = field(metadata=says("名称(英語)", "Name (English)"))
    pillar: Pillar = field(metadata=says("区分", "Pillar"))
    size: int = field(metadata=says("規模(延べ)", "Size (enrolments)"))
    week: int = field(metadata=says("週", "Week"))
    observed: int = field(metadata=says("観測(延べ)", "Observed (enrolments)"))
    reached: int | None = field(metadata=says("到達(延べ)", "Reached (enrolments)"))
    share: float | None = field(metadata=says("割合", "Share"))


class Weeks(Func):
    """A span of time in weeks, as a whole number: `ceil`, the first week by whose end it is over; `floor`, those it fills."""

    template = "%(function)s(extract(epoch FROM %(expressions)s) / 604800)::int"
    output_field = IntegerField()


PILLAR = "course__program__pillar"
HIRED = "staff__hired_on"
COLUMNS: Mapping[Cohort, Sequence[str]] = {
    Cohort.HIRING_YEAR: ("hiring_year",),
    Cohort.GRADE: (
        "grade__ladder__code",
        "grade__rank",
        "grade__public_id",
        "grade__name_ja",
        "grade__name_en",
    ),
}


def rows(params: Params, *, viewer: Viewer) -> list[Row]:
    """The cohorts in order (year; ladder and rank), each with its weeks from 0; one statement."""
    if params.cohort == Cohort.HIRING_YEAR and not may_read_hiring_years(viewer):
        raise HiringYearsForbidden
    import pandas as pd  # a third of a process's start, and few processes make this report

    read = _read(params, params.enrollments(viewer))
    if not read:
        return []
    keys = list(dict.fromkeys(key for key, *_ in read))
    places = {key: place for place, key in enumerate(keys)}
    frame = pd.DataFrame(
        [(places[key], taken, observed, count) for key, taken, observed, count in read],
        columns=["cohort", "taken", "observed", "count"],
    )
    return [
        _row(params.cohort, keys[at], size, week, *point)
        for at, size, curve in _curves(frame, params.weeks)
        for week, point in enumerate(curve)
    ]


def _read(params: Params, seen: QuerySet[Enrollment]) -> list[tuple[tuple[Any, ...], int | None, int, int]]:
    """Of each cohort: how many enrolments took so many weeks and were observed for so many."""
    states = STATES[params.result]
    steps = EnrollmentStep.objects.filter(subject=OuterRef("pk"), new__in=states).order_by("at", "pk")
    since = F("decided_at")
    grouped = (*COLUMNS[params.cohort], PILLAR)
    counted = (
        seen.order_by()
        .filter(DECIDED, decided_at__isnull=False)
        .annotate(
            hiring_year=Case(
                When(**{f"{HIRED}__month__gte": 4}, then=ExtractYear(HIRED)),
                default=ExtractYear(HIRED) - 1,
                output_field=IntegerField(),
            ),
            result_at=Case(
                When(status__in=states, then=Subquery(steps.values("at")[:1])), output_field=DateTimeField(null=True)
            ),
            taken=Weeks(ExpressionWrapper(F("result_at") - since, DurationField()), function="ceil"),
            observed=Least(
                Weeks(ExpressionWrapper(BusinessNow() - since, DurationField()), function="floor"), params.weeks
            ),
        )
        .values(*grouped, "taken", "observed")
        .annotate(count=Count("pk"))
        .order_by(*grouped[:2] if params.cohort == Cohort.GRADE else grouped[:1], f"-{PILLAR}")
        .values_list(*grouped, "taken", "observed", "count")
    )
    return [(tuple(key), taken, observed, count) for *key, taken, observed, count in counted]


def _curves(frame: "pd.DataFrame", weeks: int) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Each cohort with its size and, by week, how many are observed and how many of those had the result by then."""
    # A result dated before the seat counts from week 0; a seat dated ahead is observed in no week.
    frame = frame.assign(taken=frame["taken"].clip(lower=0), observed=frame["observed"].clip(lower=-1))
    sizes = frame.groupby("cohort")["count"].sum()

    def counted(part: "pd.DataFrame", by: "pd.Series[Any]") -> "pd.DataFrame":
        wide = part.groupby(["cohort", by])["count"].sum().unstack(fill_value=0)
        return wide.reindex(index=sizes.index, columns=range(weeks + 1), fill_value=0).cumsum(axis=1).astype(int)

    left = counted(frame, frame["observed"] + 1)  # observed for so many weeks: gone from the next one on
    observed = (-left).add(sizes, axis=0).to_numpy().tolist()
    done = frame[frame["taken"] <= frame["observed"]]  # counted from the week of the result until the last observed one
    reached = (counted(done, done["taken"]) - counted(done, done["observed"] + 1)).to_numpy().tolist()
    for at, size in enumerate(sizes.tolist()):
        yield at, size, list(zip(observed[at], reached[at], strict=True))


def _row(cohort: Cohort, key: tuple[Any, ...], size: int, week: int, observed: int, reached: int) -> Row:
    *named, pillar = key
    return Row(
        *_names(cohort, named),
        pillar=Pillar(pillar),
        size=size,
        week=week,
        observed=observed,
        reached=reached if observed else None,
        share=share(reached, observed),
    )


def _names(cohort: Cohort, named: list[Any]) -> tuple[str, str, str]:
    if cohort == Cohort.GRADE:
        _, _, key, name_ja, name_en = named
        return str(key), name_ja, name_en
    (year,) = named
    return str(year), f"{in_japanese(year)}採用", f"Hired in fiscal year {year}"
