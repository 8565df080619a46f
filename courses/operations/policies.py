"""What completing a course takes: policies, as data of each installation."""

from typing import TypedDict, Unpack

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.errors.policies import PolicyInUse
from courses.models import CompletionPolicy, ExamScheme
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
