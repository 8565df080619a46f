"""Changes that are looked at before they are done: the page shows what a change would do to whom, and asks once more."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from academy.access import Viewer
from academy.admin import OperationForm, Table
from academy.errors import DomainError, Fault
from academy.text import Text, bilingual
from courses.models import Session
from courses.rescheduling import Fate, Planned
from courses.scheduling import Slot
from enrollments import access
from enrollments.errors.changes import ImpactHasChanged
from enrollments.impact import Impact
from enrollments.models import Enrollment, Status
from enrollments.operations.changes.resolutions import MOST_SHOWN, Action, Resolution, described

CHANGED_SINCE = Text(
    "確認のあとに状況が変わりました。下の影響をもう一度確かめてください。何も変更していません。",
    "Things have changed since you looked. Look at the impact below again. Nothing was changed.",
)
LOOK = Text("影響を確かめ、もう一度送信すると実行します。", "Look at the impact; sent once more, it is done.")
FATES: Mapping[Fate, Text] = {
    Fate.KEPT: Text("変更なし", "Stays"),
    Fate.RETITLED: Text("名称変更", "Renamed"),
    Fate.MOVED: Text("移動", "Moves"),
    Fate.ADDED: Text("追加", "New"),
    Fate.CANCELLED: Text("中止", "Cancelled"),
}
NOT_SHOWN = Text("担当範囲の外の{count}人", "{count} outside your scope")
BEFORE_AND_AFTER = (Text("変更前", "Before"), Text("変更後", "After"))
NO_LIMIT = Text("定員なし", "no limit")


class ConfirmedForm(OperationForm):
    """Sent first, it shows the impact; sent again with the digest of what was shown, it does the change.

    What has changed in between, in the form or in the world, has another digest: it is shown anew and not done.
    """

    confirm = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    preview: Sequence[Table] = ()

    def look(self) -> Impact:
        """The impact that the change would have."""
        raise NotImplementedError

    def change(self, confirmed: str) -> Session:
        raise NotImplementedError

    def save(self) -> Session:
        return self.change(self.cleaned_data["confirm"])

    def done(self) -> bool:
        if self.cleaned_data["confirm"] and super().done():
            return True
        try:
            impact = self.look()
        except DomainError as refusal:
            if not self.errors:
                self.refuse(refusal)
        else:
            self.show(impact)
        return False

    def show(self, impact: Impact) -> None:
        data = MultiValueDict(self.data) if isinstance(self.data, MultiValueDict) else {**self.data}
        data["confirm"] = impact.digest
        self.data = data
        self.preview = tables_of(impact, self.row, self.viewer)

    def refuse(self, refusal: DomainError) -> None:
        if isinstance(refusal, ImpactHasChanged):
            self.add_error(None, str(CHANGED_SINCE))
        else:
            super().refuse(refusal)


class ResolvingForm(ConfirmedForm):
    """With a decision and its reason for each person who stands in the way, asked for once the impact shows them."""

    def prepare(self) -> None:
        super().prepare()
        self.people: list[UUID] = []
        self.decided: list[UUID] = []
        for name in self.data if self.is_bound else ():
            kind, _, key = str(name).partition("-")
            if kind == "action" and _is_id(key) and UUID(key) not in self.people and len(self.people) < MOST_SHOWN:
                self._ask_about(UUID(key), "")

    def show(self, impact: Impact) -> None:
        super().show(impact)
        for key, name in people_shown(impact.clashing, self.row, self.viewer).values():
            if key in self.people:
                self.fields[f"action-{key}"].label = name
            else:
                self._ask_about(key, name)

    def resolutions(self) -> list[Resolution]:
        """Of those about whom something was decided."""
        self.decided = [key for key in self.people if self.cleaned_data.get(f"action-{key}")]
        return [
            Resolution(key, Action(self.cleaned_data[f"action-{key}"]), self.cleaned_data.get(f"reason-{key}") or "")
            for key in self.decided
        ]

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, name = rest.partition("/")
        if first != "resolutions" or not index.isdigit() or int(index) >= len(self.decided):
            return super().place(fault)
        self.add_error(f"{'reason' if name == 'reason' else 'action'}-{self.decided[int(index)]}", str(fault.text))
        return None

    def _ask_about(self, key: UUID, name: str) -> None:
        self.people.append(key)
        choices = [("", "---------"), *Action.choices]
        self.fields[f"action-{key}"] = forms.ChoiceField(label=name, choices=choices, required=False)
        reason = forms.CharField(label=bilingual("理由", "Reason"), max_length=400, required=False)
        self.fields[f"reason-{key}"] = reason


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# What the page shows. Counts are of everybody; of the people, those whom the session's roster shows the viewer.


def tables_of(impact: Impact, session: Session, viewer: Viewer) -> list[Table]:
    found = [Table(LOOK, (Text("影響", "Impact"), Text("人数", "People")), list(_figures(impact)))]
    if impact.plan.meetings:
        columns = (Text("コマ", "Meeting"), *BEFORE_AND_AFTER)
        found.append(Table(Text("コマ", "Meetings"), columns, [_meeting(each) for each in impact.plan.meetings]))
    if impact.deadlines:
        moved = [(_column(name), before or "", after or "") for name, before, after in impact.deadlines]
        found.append(
            Table(Text("移る期限", "Deadlines that move"), (Text("期限", "Deadline"), *BEFORE_AND_AFTER), moved)
        )
    if impact.clashes:
        columns = (Text("氏名", "Name"), Text("重なり", "Clash"), Text("対応", "Resolved"))
        found.append(Table(Text("日時が重なる人", "Who would clash"), columns, _clashes(impact, session, viewer)))
    groups = [
        (Text("修了が危ぶまれる人", "Whose completion is at risk"), impact.at_risk),
        (Text("対象でなくなる人", "No longer eligible"), tuple(impact.no_longer_eligible)),
        (Text("繰り上がる人", "Promoted from the queue"), impact.promoted),
    ]
    for title, keys in groups:
        if keys:
            names = [(name,) for _, name in people_shown(keys, session, viewer).values()]
            found.append(Table(title, (Text("氏名", "Name"),), [*names, *_not_shown(len(keys) - len(names))]))
    return found


def _figures(impact: Impact) -> Iterable[tuple[object, object]]:
    for status, count in impact.affected.items():
        yield Status(status).label, count
    yield Text("知らせる人", "Told"), len(impact.told)
    for name, count in (
        (Text("対応の要る人", "To be resolved"), len(impact.unresolved)),
        (Text("定員を超える人", "Too many for the limit"), impact.too_many),
        (Text("修了が危ぶまれる人", "Completion at risk"), len(impact.at_risk)),
        (Text("対象でなくなる人", "No longer eligible"), len(impact.no_longer_eligible)),
        (Text("辞退扱い", "Withdrawn"), len(impact.withdrawn)),
        (Text("免除", "Exempted"), len(impact.exempted)),
        (Text("繰上げ", "Promoted"), len(impact.promoted)),
    ):
        if count:
            yield name, count
    before, after = (NO_LIMIT if each is None else each for each in impact.capacity)
    if before != after:
        yield Text("定員", "Capacity"), f"{before} → {after}"


def _column(name: str) -> object:
    return getattr(Session._meta.get_field(name), "verbose_name", name)


def _meeting(planned: Planned) -> tuple[object, ...]:
    return FATES[planned.fate], _slot(planned.before), _slot(planned.after)


def _slot(slot: Slot | None) -> str:
    if slot is None:
        return ""
    place = f" {slot.venue}" if slot.venue else ""
    if slot.starts_at is None or slot.ends_at is None:
        return f"{slot.month:%Y-%m}{place}"
    begins, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    return f"{begins:%Y-%m-%d %H:%M} – {ends:%H:%M}{place}"


def _clashes(impact: Impact, session: Session, viewer: Viewer) -> list[Sequence[object]]:
    people = people_shown(impact.clashing, session, viewer)
    rows: list[Sequence[object]] = [
        (people[clash.enrollment][1], text, "" if clash.enrollment in impact.unresolved else "✓")
        for clash, text in described(impact.clashes, session, viewer.user)
        if clash.enrollment in people
    ]
    return [*rows, *_not_shown(len(impact.clashing) - len(people))]


def _not_shown(count: int) -> list[Sequence[object]]:
    return [(NOT_SHOWN.format(count=count),)] if count else []


def people_shown(keys: Iterable[int], session: Session, viewer: Viewer) -> dict[int, tuple[UUID, str]]:
    """Id and name by enrolment, of those whom the viewer sees in the session's roster."""
    seen = access.seats_visible_to(viewer, session).filter(pk__in=Enrollment.objects.filter(pk__in=list(keys)))
    rows = seen.order_by("pk").values_list("pk", "public_id", "staff__family_name", "staff__given_name")[:MOST_SHOWN]
    return {pk: (public_id, f"{family} {given}") for pk, public_id, family, given in rows}
