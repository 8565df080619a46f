"""What completing a course takes: policies and the outside examinations they ask for, as data of each installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.errors.policies import PolicyInUse
from courses.models import CompletionPolicy, ExamField, ExamScheme
from courses.operations.programs import check_title


class PolicyNames(TypedDict, total=False):
    name_ja: str
    name_en: str


class PolicyFields(PolicyNames, total=False):
    certifies: bool
    attendance_numerator: int
    attendance_denominator: int
    all_lessons: bool
    exam: ExamScheme | None
    proposal: bool


@operation
def create_policy(*, code: str, by: User | None, **fields: Unpack[PolicyFields]) -> CompletionPolicy:
    """A policy asks for a fraction of the live meetings (0/1: for none), all lessons, an examination, a proposal, or several."""
    policy = CompletionPolicy(code=code, **fields)
    _check(policy)
    policy.save(force_insert=True)
    return policy


@operation
def change_policy(*, policy_id: int, by: User | None, **fields: Unpack[PolicyFields]) -> CompletionPolicy:
    """Change what is given. Once a course has it, only its names change: people came in under what it asks for."""
    policy = CompletionPolicy.objects.select_for_update().get(pk=policy_id)
    changed = sorted(name for name, value in fields.items() if getattr(policy, name) != value)
    if not PolicyNames.__annotations__.keys() >= set(changed) and policy.courses.exists():
        raise PolicyInUse
    for name in changed:
        setattr(policy, name, fields[name])  # type: ignore[literal-required] # names of the same dictionary
    _check(policy)
    policy.save(update_fields=changed)
    note(policy, changed=changed)
    return policy


def _check(policy: CompletionPolicy) -> None:
    faults = Faults()
    check_title(policy.name_ja, faults, at="/name_ja")
    if policy.attendance_denominator < 1:
        faults.add("/attendance_denominator", "too_small", "分母は1以上です。", "The denominator is at least 1.")
    elif policy.attendance_numerator > policy.attendance_denominator:
        faults.add("/attendance_numerator", "too_large", "割合は1までです。", "The fraction is at most 1.")
    faults.refuse()


class SchemeNames(TypedDict, total=False):
    name_ja: str
    name_en: str
    source: str


@dataclass(frozen=True)
class FieldOfExam:
    """A field (分野) as it is asked for: out of how much it is marked, and the least that passing takes."""

    code: str
    name_ja: str
    score_max: int
    score_min: int
    name_en: str = ""


@operation
def create_exam_scheme(
    *,
    code: str,
    total_max: int,
    total_min: int,
    fields: Sequence[FieldOfExam] = (),
    by: User | None,
    **names: Unpack[SchemeNames],
) -> ExamScheme:
    """An outside examination is passed with its least total and the least of each field; its marks stay as they are."""
    scheme = ExamScheme(code=code, total_max=total_max, total_min=total_min, **names)
    faults = Faults()
    check_title(scheme.name_ja, faults, at="/name_ja")
    _check_passable(total_min, total_max, faults, at="/total_min")
    for place, each in enumerate(fields):
        check_title(each.name_ja, faults, at=f"/exam_fields/{place}/name_ja")
        _check_passable(each.score_min, each.score_max, faults, at=f"/exam_fields/{place}/score_min")
    if len({each.code for each in fields}) < len(fields):
        faults.add("/exam_fields", "repeated", "同じ分野が二度あります。", "A field is named twice.")
    faults.refuse()
    scheme.save(force_insert=True)
    ExamField.objects.bulk_create(
        ExamField(scheme=scheme, position=position, **vars(each)) for position, each in enumerate(fields)
    )
    note(scheme, fields=len(fields))
    return scheme


@operation
def change_exam_scheme(*, scheme_id: int, by: User | None, **names: Unpack[SchemeNames]) -> ExamScheme:
    """Change its names and its source. What passing takes stays: another scheme is another examination."""
    scheme = ExamScheme.objects.select_for_update(no_key=True).get(pk=scheme_id)
    for name, value in names.items():
        setattr(scheme, name, value)
    faults = Faults()
    check_title(scheme.name_ja, faults, at="/name_ja")
    faults.refuse()
    scheme.save(update_fields=list(names))
    return scheme


def _check_passable(least: int, most: int, faults: Faults, *, at: str) -> None:
    if least > most:
        faults.add(at, "above_maximum", "満点を超えています。", "It lies above the full marks.")
