"""May this person: every condition of a rule with what is required, what is the case, and what would help."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from academy.anniversaries import full_on
from academy.calendar import fiscal_year, fiscal_year_of
from academy.facts import Facts
from academy.statements import AmongGiven, Asking, Statement
from academy.text import Text
from courses.audiences.references import References, compared, grades_of, references_for
from courses.audiences.references import asking as asking_references
from courses.audiences.rules import ONE_CODE, YEARS, Condition, Group, Kind, Node, conditions, parse
from courses.models import Audience, AudiencePerson, AudiencePersonKind

MET = "met"
NOT_COMPARABLE = "grade_not_comparable"
REASONS: Mapping[Kind, str] = {
    Kind.GRADE_AT_LEAST: "grade_too_low",
    Kind.GRADE_AT_MOST: "grade_too_high",
    Kind.GRADE_IS: "other_grade",
    Kind.JOB_FAMILY: "other_job_family",
    Kind.HIRING_CATEGORY: "other_hiring_category",
    Kind.STATUS: "status_missing",
    Kind.ORGANIZATION_KIND: "other_organization_kind",
    Kind.ORGANIZATION: "other_organization",
    Kind.HEADQUARTERS: "other_work_place",
    Kind.NEW_RECRUIT: "other_year_of_service",
    Kind.YEARS_IN_GRADE_AT_LEAST: "too_few_years_in_grade",
    Kind.YEARS_IN_GRADE_LESS_THAN: "too_many_years_in_grade",
}
LABELS: Mapping[Kind, Text] = {
    Kind.GRADE_AT_LEAST: Text("職層", "Grade"),
    Kind.GRADE_AT_MOST: Text("職層", "Grade"),
    Kind.GRADE_IS: Text("職層", "Grade"),
    Kind.JOB_FAMILY: Text("職種", "Job family"),
    Kind.HIRING_CATEGORY: Text("採用区分", "Hiring category"),
    Kind.STATUS: Text("状況", "Status"),
    Kind.ORGANIZATION_KIND: Text("団体の種別", "Kind of body"),
    Kind.ORGANIZATION: Text("所属", "Organisation"),
    Kind.HEADQUARTERS: Text("勤務場所", "Place of work"),
    Kind.NEW_RECRUIT: Text("採用年度", "Year of service"),
    Kind.YEARS_IN_GRADE_AT_LEAST: Text("現職層の在職年数", "Time in the grade"),
    Kind.YEARS_IN_GRADE_LESS_THAN: Text("現職層の在職年数", "Time in the grade"),
}
FLAG_NAMES: Mapping[Kind, tuple[Text, Text]] = {
    Kind.HEADQUARTERS: (Text("本庁", "Headquarters"), Text("事業所", "Field office")),
    Kind.NEW_RECRUIT: (Text("採用1年目", "First year of service"), Text("採用2年目以降", "After the first year")),
}
SENTENCE = Text("{label}:{required}が対象です(現在:{actual})。", "{label}: for {required} (now: {actual}).")
INCOMPARABLE = Text(
    "{label}:{required}が対象ですが、{actual}の職層は比較できません。",
    "{label}: for {required}; the grade {actual} is not comparable.",
)
HAS, HAS_NOT = Text("該当", "yes"), Text("非該当", "no")


@dataclass(frozen=True)
class Finding:
    """One condition and one person. `condition` is its kind, or `included_by_name`, `excluded_by_name`, `audience`.

    `code` says why in a stable word (`met` where it passed). `blocks`: the condition is among those for which the rule
    fails; a failed alternative beside one that passed does not block. `fix` is what would make this condition pass.
    """

    condition: str
    pointer: str
    passed: bool
    code: str
    required: Text
    actual: Text
    text: Text
    fix: Text | None = None
    blocks: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether a person is in an audience, and why: by name first, then condition by condition.

    It is worded for the person and for HR. Who else may see a verdict gets `for_others()`.
    """

    eligible: bool
    by_rule: bool
    findings: tuple[Finding, ...]

    @property
    def code(self) -> str:
        """`included`, `excluded`, `by_rule` or `not_in_audience`: why as one word."""
        first = self.findings[0].condition if self.findings else ""
        if first in {"included_by_name", "excluded_by_name"}:
            return first.removesuffix("_by_name")
        return "by_rule" if self.eligible else "not_in_audience"

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    def for_others(self) -> "Verdict":
        """The verdict without what only the person and HR may be told.

        The reason of a naming is left out. Where the rule asks for a status, no condition is told at all: from the
        others and the outcome the status could be worked out. What is left is 対象 or 対象外.
        """
        naming = any(finding.condition in {"included_by_name", "excluded_by_name"} for finding in self.findings)
        if not naming and all(finding.condition != Kind.STATUS for finding in self.findings):
            return self
        return Verdict(self.eligible, self.eligible, (_outcome(self.eligible),))


def explain(audience: Audience, facts: Facts) -> Verdict:
    """The verdict about one person on the day of the facts."""
    return explain_all(audience, [facts])[facts.staff_id]


def explain_all(audience: Audience, people: Iterable[Facts]) -> dict[int, Verdict]:
    """The verdicts about several people by their key, with as many statements as for one."""
    asked = [(audience, facts) for facts in people]
    return {facts.staff_id: verdict for (_, facts), verdict in zip(asked, explain_each(asked), strict=True)}


def asking(audience: Audience, people: Iterable[int]) -> list[Asking]:
    """What `explain_all` asks: for `statements.ahead`."""
    return [*asking_references(parse(audience.rule)), _NAMED.asked(audiences=[audience.pk], people=list(people))]


def explain_each(asked: Sequence[tuple[Audience, Facts]]) -> list[Verdict]:
    """A verdict about each audience and person, in the order given, with as many statements as for one."""
    nodes = {pk: parse(rule) for pk, rule in {audience.pk: audience.rule for audience, _ in asked}.items()}
    people = {facts.staff_id for _, facts in asked}
    bureaus = {facts.bureau_id for _, facts in asked}
    references = references_for(Group(True, "", tuple(nodes.values())), bureau_ids=bureaus)
    by_name = {
        (audience, staff): (kind, reason)
        for audience, staff, kind, reason in _NAMED.rows(audiences=list(nodes), people=list(people))
    }
    return [
        _verdict(nodes[audience.pk], facts, references, by_name.get((audience.pk, facts.staff_id)))
        for audience, facts in asked
    ]


_NAMED = Statement(
    lambda: AudiencePerson.objects.filter(
        AmongGiven("audience_id", "audiences"), AmongGiven("staff_id", "people")
    ).values_list("audience_id", "staff_id", "kind", "reason")
)


def admits(node: Node, facts: Facts, references: References) -> bool:
    """Whether the rule alone admits a person."""
    if isinstance(node, Condition):
        return _check(node, facts, references) == MET
    test = all if node.every else any
    return test(admits(inner, facts, references) for inner in node.nodes)


def _verdict(rule: Node, facts: Facts, references: References, by_name: tuple[str, str] | None) -> Verdict:
    by_rule = admits(rule, facts, references)
    blocking = {id(each) for each in _blocking(rule, facts, references)}
    found = tuple(_finding(each, facts, references, id(each) in blocking) for each in conditions(rule))
    if by_name is None:
        return Verdict(by_rule, by_rule, found)
    kind, reason = by_name
    included = kind == AudiencePersonKind.INCLUDE
    if included:
        found = tuple(replace(finding, blocks=False) for finding in found)
    return Verdict(included, by_rule, (_naming(included, reason), *found))


def _blocking(node: Node, facts: Facts, references: References) -> list[Condition]:
    """The failed conditions on which a failed tree fails."""
    if admits(node, facts, references):
        return []
    if isinstance(node, Condition):
        return [node]
    return [each for inner in node.nodes for each in _blocking(inner, facts, references)]


def _naming(included: bool, reason: str) -> Finding:
    said = Text(reason, reason)
    if included:
        text = Text("個別に対象に追加されています(理由:{r})。", "Added by name (reason: {r}).").format(r=reason)
        return Finding("included_by_name", "", True, MET, Text("", ""), said, text)
    text = Text("個別に対象から除外されています(理由:{r})。", "Left out by name (reason: {r}).").format(r=reason)
    return Finding("excluded_by_name", "", False, "excluded_by_name", Text("", ""), said, text, blocks=True)


def _outcome(eligible: bool) -> Finding:
    text = Text("対象です。", "In the audience.") if eligible else Text("対象外です。", "Not in the audience.")
    nothing = Text("", "")
    code = MET if eligible else "not_in_audience"
    return Finding("audience", "", eligible, code, nothing, nothing, text, blocks=not eligible)


def _finding(condition: Condition, facts: Facts, references: References, blocks: bool) -> Finding:
    code = _check(condition, facts, references)
    required, actual = _required(condition, references), _actual(condition, facts, references)
    sentence = INCOMPARABLE if code == NOT_COMPARABLE else SENTENCE
    text = sentence.format(label=LABELS[condition.kind], required=required, actual=actual)
    fix = None if code in {MET, NOT_COMPARABLE} else _fix(condition, facts, references)
    return Finding(condition.kind, condition.pointer, code == MET, code, required, actual, text, fix, blocks)


# What is the case.


def _check(condition: Condition, facts: Facts, references: References) -> str:
    """`met`, or the code of why not."""
    if condition.kind in GRADE_TESTS:
        return grade_check(condition, facts.ladder, facts.rank, facts.equivalent_rank, references, facts.on)
    return MET if TESTS[condition.kind](condition, facts, references) else REASONS[condition.kind]


def grade_check(
    condition: Condition, ladder: str, rank: int, equivalent_rank: int | None, references: References, on: dt.date
) -> str:
    """What a grade condition says of one grade; not comparable only where it compares with none of those named."""
    differences = [compared(ladder, rank, equivalent_rank, grade, on) for grade in grades_of(condition, references)]
    known = [difference for difference in differences if difference is not None]
    if not known:
        return NOT_COMPARABLE
    return MET if any(GRADE_TESTS[condition.kind](each) for each in known) else REASONS[condition.kind]


GRADE_TESTS: Mapping[Kind, Callable[[int], bool]] = {
    Kind.GRADE_AT_LEAST: lambda difference: difference >= 0,
    Kind.GRADE_AT_MOST: lambda difference: difference <= 0,
    Kind.GRADE_IS: lambda difference: difference == 0,
}
TESTS: Mapping[Kind, Callable[[Condition, Facts, References], bool]] = {
    Kind.JOB_FAMILY: lambda condition, facts, _: facts.job_family in condition.codes,
    Kind.HIRING_CATEGORY: lambda condition, facts, _: facts.hiring_category in condition.codes,
    Kind.STATUS: lambda condition, facts, _: not facts.statuses.isdisjoint(condition.codes),
    Kind.ORGANIZATION_KIND: lambda condition, facts, _: facts.bureau_kind in condition.codes,
    Kind.ORGANIZATION: lambda condition, facts, references: any(
        references.organizations.get(code) in facts.organizations for code in condition.codes
    ),
    Kind.HEADQUARTERS: lambda condition, facts, _: facts.headquarters == condition.wanted,
    Kind.NEW_RECRUIT: lambda condition, facts, _: facts.new_recruit == condition.wanted,
    Kind.YEARS_IN_GRADE_AT_LEAST: lambda condition, facts, _: facts.years_in_grade >= condition.years,
    Kind.YEARS_IN_GRADE_LESS_THAN: lambda condition, facts, _: facts.years_in_grade < condition.years,
}


# How it is said.

_SUFFIX = {
    Kind.GRADE_AT_LEAST: Text("{name}以上", "{name} or above"),
    Kind.GRADE_AT_MOST: Text("{name}以下", "{name} or below"),
}
_SPAN = {
    Kind.YEARS_IN_GRADE_AT_LEAST: Text("{years}以上", "{years} or more"),
    Kind.YEARS_IN_GRADE_LESS_THAN: Text("{years}未満", "less than {years}"),
}
_SINCE = Text("{years}({d}から)", "{years}, since {d}")
_ALWAYS = Text("記録の始まる前から", "since before the records begin")


def _required(condition: Condition, references: References) -> Text:
    if condition.kind in FLAG_NAMES:
        return _flag(condition.kind, condition.wanted)
    if condition.kind in YEARS:
        return _SPAN[condition.kind].format(years=_years(condition.years))
    names = [references.name(condition.kind, code) for code in condition.codes]
    if condition.kind in ONE_CODE:
        return _SUFFIX[condition.kind].format(name=names[0])
    return Text("・".join(name.ja for name in names), " or ".join(name.en for name in names))


def _actual(condition: Condition, facts: Facts, references: References) -> Text:
    """What the person is, as far as the condition asks: of statuses only whether one of those named applies."""
    if condition.kind in FLAG_NAMES:
        value = facts.headquarters if condition.kind == Kind.HEADQUARTERS else facts.new_recruit
        return _flag(condition.kind, value)
    if condition.kind == Kind.STATUS:
        return HAS_NOT if facts.statuses.isdisjoint(condition.codes) else HAS
    if condition.kind in YEARS:
        since = facts.grade_since
        return (
            _ALWAYS if since == dt.date.min else _SINCE.format(years=_years(facts.years_in_grade), d=since.isoformat())
        )
    if condition.kind == Kind.ORGANIZATION:
        return references.organization_names.get(facts.bureau_id) or HAS_NOT
    return references.name(condition.kind, _code_of(condition.kind, facts))


def _code_of(kind: Kind, facts: Facts) -> str:
    codes: defaultdict[Kind, str] = defaultdict(lambda: f"{facts.ladder}.{facts.grade}")
    codes[Kind.JOB_FAMILY] = facts.job_family
    codes[Kind.HIRING_CATEGORY] = facts.hiring_category
    codes[Kind.ORGANIZATION_KIND] = facts.bureau_kind
    return codes[kind]


def _years(number: int) -> Text:
    return Text(f"{number}年", "1 year" if number == 1 else f"{number} years")


def _flag(kind: Kind, value: bool) -> Text:
    yes, no = FLAG_NAMES[kind]
    return yes if value else no


# What would help.

_OPENS = Text("{d}から対象になります。", "Opens on {d}.")


def _fix(condition: Condition, facts: Facts, references: References) -> Text | None:
    """The nearest change that makes the condition pass; None where nothing that lies ahead would."""
    if condition.kind in {Kind.GRADE_AT_LEAST, Kind.GRADE_IS}:
        return _grade_fix(condition, facts, references)
    if condition.kind == Kind.ORGANIZATION:
        return Text("{o}に所属すると対象になります。", "Opens with a post in {o}.").format(
            o=_required(condition, references)
        )
    if condition.kind == Kind.HEADQUARTERS:
        return Text("{p}勤務になると対象になります。", "Opens with a post at: {p}.").format(
            p=_required(condition, references)
        )
    if condition.kind == Kind.NEW_RECRUIT and not condition.wanted:
        day = fiscal_year(fiscal_year_of(facts.hired_on))[1] + dt.timedelta(days=1)
        return _OPENS.format(d=day.isoformat())
    if condition.kind == Kind.YEARS_IN_GRADE_AT_LEAST:
        return _OPENS.format(d=full_on(facts.grade_since, condition.years).isoformat())
    return None


def _grade_fix(condition: Condition, facts: Facts, references: References) -> Text | None:
    """The lowest of the named grades that lies above the person's."""
    above = []
    for grade in grades_of(condition, references):
        difference = compared(facts.ladder, facts.rank, facts.equivalent_rank, grade, facts.on)
        if difference is not None and difference < 0:
            above.append((-difference, grade.name))
    if not above:
        return None
    _, name = min(above, key=lambda each: each[0])
    if condition.kind == Kind.GRADE_IS:
        return Text("{g}になると対象になります。", "Opens at the grade {g}.").format(g=name)
    return Text("{g}から対象になります。", "From {g} upwards.").format(g=name)
