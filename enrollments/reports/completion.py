"""Applications, seats, attendance and completion, by programme, session, organisation or grade.

Counted are the enrolments that the reader may see, as they stand at the watermark, whose session belongs to the fiscal
year (1 April to 31 March) and whose reference date (first live meeting, or the day of enrolment where there is none)
lies within `from` and `to`, both included. Organisation (bureau) and grade are those of the person on that date, as
copied on the enrolment, not those of today.

- applied: every enrolment, by whichever way and whatever became of it.
- decided: of these, those with a seat: enrolled, in progress or judged. An offer that is not accepted yet, and a seat
  withdrawn from or cancelled, are not in; seats given up after the decision are shown apart.
- attended: of the decided, those present or late at one live meeting or its archive, by the mark that holds, or with one
  lesson opened.
- completed: of the decided, those judged completed. Participated (judged attended: the course ends without a
  certificate) is shown apart and is no completion.
- in progress: of the decided, those not judged yet, shown apart; they are part of the decided.
  decided = completed + participated + not completed + absent + in progress.
- attendance rate = attended ÷ decided; completion rate = completed ÷ decided, of enrolments, 4 digits, halves up;
  empty where nothing was decided.
- exempt: of the decided, those exempted (免除: on leave, seconded, official duty …) from a day that has come, unless they
  completed or participated. Adjusted completion rate = completed ÷ (decided - exempt); empty where nothing is left. An
  exemption that was taken back, or begins later than the watermark, does not count. Who has withdrawn is in neither.

Each of the first four is given twice: enrolments (延べ) and distinct people (実). A row holds training (研修) or
self-development (自己啓発), never both; so does a total. Distinct people of a total are counted anew, they are not the
sum of its rows: a person of two programmes is one person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Model, Q, QuerySet, TextChoices, Value

from academy.access import Viewer
from academy.models import Grade, Organization
from academy.text import Text, bilingual
from courses.models import Pillar, Program, Session
from enrollments.models import Enrollment, Status
from enrollments.reports.fields import says
from enrollments.reports.results import share
from enrollments.reports.scope import DECIDED, EXEMPT, GIVEN_UP, UNDER_WAY, Scope, exempted, was_there

NAME = "completion"
TITLE = Text("申込・受講・修了の状況", "Applications, attendance and completion")
DEFINITION = Text(
    cleandoc(
        """
        研修・回・所属局・職層ごとの申込、決定、受講、修了の数。

        閲覧者が見ることのできる受講登録を、watermark の時点の状態で数える。年度は回の実施年度(4月1日から3月31日)、from と to は
        基準日(最初の有効なコマの日。コマがなければ登録日)で、両端を含む。所属局と職層は、今日のものではなく、基準日のものとして受講登録に
        写したもの。

        - 申込: すべての受講登録。方法とその後の経過を問わない。
        - 決定: 席のあるもの(受講決定、受講中、判定済み)。繰上げ案内への回答前、辞退・取消となった席は含まない。決定後の辞退・取消は別に示す。
        - 受講: 決定のうち、有効なコマに一度でも出席・遅刻した(現に有効な出欠による)か、レッスンを一つでも開いたもの。
        - 修了: 決定のうち、修了と判定されたもの。参加(修了を伴わない講座の終わり)は修了に含めず、別に示す。
        - 受講中: 決定のうち、判定前のもの。決定に含み、別に示す。決定 = 修了 + 参加 + 未修了 + 欠席 + 受講中。
        - 受講率 = 受講 ÷ 決定、修了率 = 修了 ÷ 決定。いずれも延べで、小数第4位まで(第5位を四捨五入)。決定がなければ空欄。
        - 免除: 決定のうち、免除の開始日が到来しているもの。修了・参加したものを除く。取り消された免除、watermark より後に
          始まる免除は数えない。調整後修了率 = 修了 ÷(決定 − 免除)。残りがなければ空欄。

        申込から修了までの四つは、延べ(受講登録の数)と実(人の数)を示す。研修と自己啓発は一つの行に合わせない。計も同じ。計の実人数は
        改めて数えたもので、行の和ではない(二つの研修を受けた人は一人)。
        """
    ),
    cleandoc(__doc__ or ""),
)


class By(TextChoices):
    PROGRAM = "program", bilingual("研修", "Programme")
    SESSION = "session", bilingual("回", "Session")
    ORGANIZATION = "organization", bilingual("所属局", "Organisation")
    GRADE = "grade", bilingual("職層", "Grade")


@dataclass(frozen=True, kw_only=True)
class Params(Scope):
    by: By = field(default=By.PROGRAM, metadata=says("集計の単位", "What a row is"))


@dataclass(frozen=True)
class Row:
    """One group, or the total of a pillar: then without an id."""

    total: bool = field(metadata=says("計", "Total"))
    id: UUID | None = field(metadata=says("ID", "ID"))
    name_ja: str = field(metadata=says("名称", "Name (Japanese)"))
    name_en: str = field(metadata=says("名称(英語)", "Name (English)"))
    pillar: Pillar = field(metadata=says("区分", "Pillar"))
    applied: int = field(metadata=says("申込(延べ)", "Applied (enrolments)"))
    applied_people: int = field(metadata=says("申込(実人数)", "Applied (people)"))
    decided: int = field(metadata=says("決定(延べ)", "Decided (enrolments)"))
    decided_people: int = field(metadata=says("決定(実人数)", "Decided (people)"))
    attended: int = field(metadata=says("受講(延べ)", "Attended (enrolments)"))
    attended_people: int = field(metadata=says("受講(実人数)", "Attended (people)"))
    completed: int = field(metadata=says("修了(延べ)", "Completed (enrolments)"))
    completed_people: int = field(metadata=says("修了(実人数)", "Completed (people)"))
    participated: int = field(metadata=says("参加(延べ)", "Participated, no certificate (enrolments)"))
    not_completed: int = field(metadata=says("未修了(延べ)", "Not completed (enrolments)"))
    absent: int = field(metadata=says("欠席(延べ)", "Absent (enrolments)"))
    in_progress: int = field(metadata=says("受講中・判定前(延べ)", "In progress, not judged yet (enrolments)"))
    given_up: int = field(metadata=says("決定後の辞退・取消(延べ)", "Given up after the decision (enrolments)"))
    exempt: int = field(metadata=says("免除(延べ)", "Exempt (enrolments)"))
    attendance_rate: float | None = field(metadata=says("受講率", "Attendance rate"))
    completion_rate: float | None = field(metadata=says("修了率", "Completion rate"))
    adjusted_completion_rate: float | None = field(
        metadata=says("調整後修了率(免除を除く)", "Adjusted completion rate (without the exempt)")
    )


@dataclass(frozen=True)
class Grouping:
    """The path from an enrolment to its group, what stands there, its names, and the official order."""

    path: str
    model: type[Model]
    name: str
    order: Sequence[str]


GROUPINGS: Mapping[By, Grouping] = {
    By.PROGRAM: Grouping("course__program", Program, "title", ("-pillar", "title_folded", "code")),  # 研修 first
    By.SESSION: Grouping("session", Session, "title", ("starts_on", "pk")),
    By.ORGANIZATION: Grouping("bureau", Organization, "name", ("position", "code")),
    By.GRADE: Grouping("grade", Grade, "name", ("ladder__code", "rank")),
}
PILLARS = list(Pillar)  # 研修 before 自己啓発

# What each count is of, of one enrolment. The first four are counted as enrolments and as people.
TWICE = ("applied", "decided", "attended", "completed")
ONCE = ("participated", "not_completed", "absent", "in_progress", "given_up", "exempt")

# Enrolments first become one row for each person of a group, then the group: people are told apart by hashing once,
# not by sorting for each count, and evidence is looked up once for each enrolment (200,000 of them: 0.6 s, not 2.3 s).
_COUNTED = """
    WITH seen AS MATERIALIZED ({seen}), person AS (
        SELECT grouped, pillar, staff_id, grouping(grouped) AS total, {counts}
        FROM seen GROUP BY GROUPING SETS ((grouped, pillar, staff_id), (pillar, staff_id))
    )
    SELECT total, grouped, pillar, {sums} FROM person GROUP BY total, grouped, pillar
"""


def rows(params: Params, *, viewer: Viewer) -> list[Row]:
    """The groups in official order, then the total of each pillar; two statements, however many rows."""
    by = GROUPINGS[params.by]
    counted = _counted(params.enrollments(viewer), by.path)
    named = by.model._default_manager.filter(pk__in={key for key, _ in counted if key is not None})
    names: list[tuple[int | None, UUID | None, str, str]] = [
        *named.order_by(*by.order).values_list("pk", "public_id", f"{by.name}_ja", f"{by.name}_en"),
        (None, None, "計", "Total"),
    ]
    return [
        _row(public_id, name_ja, name_en, pillar, counted[key, pillar])
        for key, public_id, name_ja, name_en in names
        for pillar in PILLARS
        if (key, pillar) in counted
    ]


def _counted(seen: QuerySet[Enrollment], path: str) -> dict[tuple[int | None, str], dict[str, int]]:
    """The counts of each group and pillar; of a whole pillar under None."""
    each = seen.order_by().values(
        "staff_id",
        grouped=F(path),
        pillar=F("course__program__pillar"),
        applied=Value(True),
        decided=_is(DECIDED),
        attended=_is(DECIDED & Q(was_there())),
        completed=_is(Q(status=Status.COMPLETED)),
        participated=_is(Q(status=Status.ATTENDED)),
        not_completed=_is(Q(status=Status.NOT_COMPLETED)),
        absent=_is(Q(status=Status.ABSENT)),
        in_progress=_is(Q(status__in=UNDER_WAY)),
        given_up=_is(GIVEN_UP),
        exempt=_is(EXEMPT & Q(exempted())),
    )
    try:
        statement, parameters = each.query.sql_with_params()
    except EmptyResultSet:  # a scope that holds nobody
        return {}
    names = [*TWICE, *ONCE, *(f"{name}_people" for name in TWICE)]
    counts = [f"count(*) FILTER (WHERE {name}) AS {name}" for name in (*TWICE, *ONCE)]
    sums = [f"sum({name})::bigint" for name in (*TWICE, *ONCE)]
    people = [f"count(*) FILTER (WHERE {name} > 0)" for name in TWICE]
    with connection.cursor() as cursor:
        # Only the ORM's own statement and names from above are put into the text; every value is a parameter.
        cursor.execute(
            _COUNTED.format(seen=statement, counts=", ".join(counts), sums=", ".join([*sums, *people])), parameters
        )
        return {
            (None if total else key, pillar): dict(zip(names, figures, strict=True))
            for total, key, pillar, *figures in cursor.fetchall()
        }


def _is(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _row(key: UUID | None, name_ja: str, name_en: str, pillar: Pillar, figures: dict[str, int]) -> Row:
    return Row(
        total=key is None,
        id=key,
        name_ja=name_ja,
        name_en=name_en,
        pillar=pillar,
        attendance_rate=share(figures["attended"], figures["decided"]),
        completion_rate=share(figures["completed"], figures["decided"]),
        adjusted_completion_rate=share(figures["completed"], figures["decided"] - figures["exempt"]),
        **figures,
    )
