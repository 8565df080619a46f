"""What is refused about completion policies."""

from academy.errors import CONSTRAINT_REFUSALS, AlreadyExists, DomainError
from academy.text import Text


class PolicyInUse(DomainError):
    code = "policy_in_use"
    title = Text("使用中の修了条件です", "Policy in use")
    text = Text(
        "講座で使っている修了条件は名称だけ変更できます。新しい修了条件を作ってください。",
        "A policy that a course has changes its names only. Make a new one.",
    )


CONSTRAINT_REFUSALS.update(
    {"courses_completionpolicy_code_key": AlreadyExists, "courses_examscheme_code_key": AlreadyExists}
)
