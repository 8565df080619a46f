"""Refusals: one family of exceptions, each with a stable English code and a sentence in both languages.

The API turns each into an RFC 9457 problem; nothing else in the domain knows HTTP, `status` is the class of the refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from academy.text import Text


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place: `pointer` is a JSON pointer into the body, or the name of a parameter."""

    pointer: str
    code: str
    text: Text


class DomainError(Exception):
    """A rule refused. Subclasses set `code`, `title` and, where it is not 409, `status`."""

    code: ClassVar[str]
    status: ClassVar[int] = 409
    title: ClassVar[Text]
    text: ClassVar[Text]
    retry_after: ClassVar[int | None] = None

    def __init__(self, *, faults: Sequence[Fault] = (), **places: object) -> None:
        self.detail = self.text.format(**places)
        self.faults = tuple(faults)
        super().__init__(f"{self.code}: {self.detail.en}")

    @classmethod
    def family(cls) -> "list[type[DomainError]]":
        """Every refusal there is, for the documentation and its test."""
        found = [cls] if "code" in cls.__dict__ else []
        return found + [each for child in cls.__subclasses__() for each in child.family()]


@dataclass
class Faults:
    """Collects what is wrong with an input, so that all of it is named in one pass."""

    found: list[Fault] = field(default_factory=list)

    def add(self, pointer: str, code: str, ja: str, en: str) -> None:
        self.found.append(Fault(pointer, code, Text(ja, en)))

    def refuse(self) -> None:
        if self.found:
            raise InvalidInput(faults=self.found)


class InvalidInput(DomainError):
    code = "invalid_input"
    status = 400
    title = Text("入力に誤りがあります", "The input is not valid")
    text = Text("誤りの場所は errors にあります。", "The places are listed in errors.")


class NotFound(DomainError):
    code = "not_found"
    status = 404
    title = Text("見つかりません", "Not found")
    text = Text("指定されたものはありません。", "There is no such thing.")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    title = Text("権限がありません", "Not allowed")
    text = Text("この操作を行う権限がありません。", "You may not do this.")


class IllegalTransition(DomainError):
    code = "illegal_transition"
    title = Text("現在の状態ではできません", "Not possible in this state")
    text = Text("状態「{old}」から「{new}」へは変更できません。", "The state cannot change from “{old}” to “{new}”.")


class LockTimeout(DomainError):
    code = "lock_timeout"
    title = Text("混み合っています", "Busy")
    text = Text(
        "ほかの処理が続いています。少し待ってからやり直してください。", "Other work holds this. Try again shortly."
    )
    retry_after = 1


class InUse(DomainError):
    code = "in_use"
    title = Text("使用中です", "In use")
    text = Text("ほかから参照されているため削除できません。", "It is referred to and cannot be removed.")


class AlreadyExists(DomainError):
    code = "already_exists"
    title = Text("すでにあります", "Already exists")
    text = Text("同じものがすでにあります。", "The same thing exists already.")


class DatesOverlap(DomainError):
    code = "dates_overlap"
    title = Text("期間が重なっています", "The dates overlap")
    text = Text("期間が既存の記録と重なっています。", "The dates overlap an existing record.")


class SignInRefused(DomainError):
    code = "sign_in_refused"
    status = 401
    title = Text("サインインできません", "Sign-in refused")
    text = Text("ユーザー名またはパスワードが違います。", "The user name or the password is wrong.")


class TooManySignIns(DomainError):
    code = "too_many_sign_ins"
    status = 429
    title = Text("試行が多すぎます", "Too many attempts")
    text = Text("しばらく待ってからやり直してください。", "Wait before trying again.")
    retry_after = 60


class JobNotCancellable(DomainError):
    code = "job_not_cancellable"
    title = Text("取り消せません", "Cannot be cancelled")
    text = Text("このジョブはすでに始まったか、終わっています。", "This job has begun or ended.")


class UnknownJobKind(DomainError):
    code = "unknown_job_kind"
    title = Text("実行できないジョブです", "No such kind of job")
    text = Text("この版には「{kind}」というジョブがありません。", "This version knows no job “{kind}”.")


class TooManyCalendarFeeds(DomainError):
    code = "too_many_calendar_feeds"
    title = Text("アドレスが多すぎます", "Too many addresses")
    text = Text(
        "カレンダーのアドレスは{most}個までです。使わないものを失効させてください。",
        "A calendar has at most {most} addresses. Revoke one that is not used.",
    )


class RosterNotCheckable(DomainError):
    code = "roster_not_checkable"
    title = Text("再検査できません", "Cannot be checked again")
    text = Text(
        "検査中か、終わったか、読めない行のある名簿です。直したファイルを送り直してください。",
        "It is being checked, is over, or has lines that cannot be read. Send the mended file.",
    )


class RosterNotReady(DomainError):
    code = "roster_not_ready"
    title = Text("適用できません", "Not ready")
    text = Text(
        "検査に通り、まだ適用していない名簿だけを適用できます。",
        "Only a roster that has passed its check and is not applied yet can be applied.",
    )


class RosterNeedsSecond(DomainError):
    code = "roster_needs_second_person"
    title = Text("もう一人の承認が必要です", "A second person is needed")
    text = Text(
        "在籍者の5%を超えて終了させる名簿は、取り込んだ人以外の承認が必要です。",
        "A roster that ends more than 5 % of the people is approved by somebody else than who sent it.",
    )


class RosterDiffers(DomainError):
    code = "roster_differs"
    title = Text("確認時と差分が変わりました", "The difference has changed")
    text = Text(
        "検査のあとに人事情報が変わりました。再検査して確かめてください。何も変更していません。",
        "Personnel data have changed since the check. Check it again and look. Nothing was changed.",
    )


class RosterNotApplied(DomainError):
    code = "roster_not_applied"
    title = Text("取り消せません", "Cannot be undone")
    text = Text("適用済みの名簿だけを取り消せます。", "Only an applied roster can be undone.")


class RosterNotLatest(DomainError):
    code = "roster_not_latest"
    title = Text("取り消せません", "Cannot be undone")
    text = Text(
        "この組織には、あとから適用した名簿があります。先にそれを取り消してください。",
        "A later roster of this organisation was applied. Undo that one first.",
    )


class RosterBuiltUpon(DomainError):
    code = "roster_built_upon"
    title = Text("取り消せません", "Cannot be undone")
    text = Text(
        "この名簿の内容は、あとから別の発令で変更されています。",
        "What this roster wrote has been changed by another import or by hand since.",
    )


class OutsideScope(DomainError):
    code = "outside_scope"
    status = 403
    title = Text("担当範囲の外です", "Outside your scope")
    text = Text(
        "異動元と異動先のどちらの組織も、担当範囲の内でなければなりません。",
        "Both where somebody comes from and where they go must lie in your scope.",
    )


class CircularDelegation(DomainError):
    code = "circular_delegation"
    title = Text("代行が循環します", "The delegations would go in a circle")
    text = Text(
        "同じ日に、代行者から本人へ戻る代行があります。",
        "On the same days the delegate's own delegation leads back to the delegator.",
    )


class RosterAwaited(DomainError):
    code = "roster_awaited"
    title = Text("名簿の反映を待っています", "A roster is awaited")
    text = Text(
        "担当者が変わるため、名簿が反映されるまで(遅くとも {until} まで)決定できません。",
        "Who is in charge may change: nothing is decided until the roster is applied, by {until} at the latest.",
    )


CONSTRAINT_REFUSALS: dict[str, type[DomainError]] = {
    "organization_has_one_parent_at_a_time": DatesOverlap,
    "assignment_one_primary_at_a_time": DatesOverlap,
    "organization_code_key": AlreadyExists,
    "delegation_one_at_a_time": DatesOverlap,
    "roster_window_is_announced_once": AlreadyExists,
}
"""What a broken constraint means to a person. Each app adds its own; `operations.base` translates."""
