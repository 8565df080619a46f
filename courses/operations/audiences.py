"""Writing audiences: the rule, and the people who are added or left out by name."""

from typing import Any

from academy.errors import Faults
from academy.models import Staff, User
from academy.operations.base import note, operation
from courses import audiences
from courses.models import Audience, AudiencePerson, AudiencePersonKind


def check_rule(rule: Any, faults: Faults, *, at: str) -> None:
    """Add every fault of a rule: of its shape, and codes that name nothing."""
    audiences.unknown_codes(audiences.read(rule, faults, at=at), faults)


@operation
def set_audience_rule(*, audience_id: int, rule: Any, note_ja: str | None = None, by: User | None) -> Audience:
    """Replace the rule of an audience; who was added or left out by name stays so."""
    audience = Audience.objects.select_for_update(no_key=True).get(pk=audience_id)
    faults = Faults()
    check_rule(rule, faults, at="/rule")
    faults.refuse()
    audience.rule = rule
    audience.note_ja = audience.note_ja if note_ja is None else note_ja
    audience.save(update_fields=["rule", "note_ja"])
    return audience


@operation
def include_person(*, audience_id: int, staff: Staff, reason: str, by: User | None) -> AudiencePerson:
    """Add a person to an audience whatever the rule says, with the reason; a person is named once, the last word counts."""
    return _name(audience_id, staff, AudiencePersonKind.INCLUDE, reason, by)


@operation
def exclude_person(*, audience_id: int, staff: Staff, reason: str, by: User | None) -> AudiencePerson:
    """Leave a person out of an audience whatever the rule says, with the reason."""
    return _name(audience_id, staff, AudiencePersonKind.EXCLUDE, reason, by)


@operation
def unname_person(*, audience_id: int, staff: Staff, by: User | None) -> None:
    """Take back a naming: the rule decides again. Who was not named stays as they are."""
    audience = Audience.objects.select_for_update(no_key=True).get(pk=audience_id)
    AudiencePerson.objects.filter(audience=audience, staff=staff).delete()
    note(audience, staff=staff.public_id)


def _name(audience_id: int, staff: Staff, kind: AudiencePersonKind, reason: str, by: User | None) -> AudiencePerson:
    audience = Audience.objects.select_for_update(no_key=True).get(pk=audience_id)
    faults = Faults()
    if not reason.strip():
        faults.add("/reason", "required", "理由が必要です。", "A reason is needed.")
    faults.refuse()
    named, _ = AudiencePerson.objects.update_or_create(
        audience=audience, staff=staff, defaults={"kind": kind, "reason": reason, "by": by}
    )
    note(named, audience=audience.public_id, staff=staff.public_id, kind=kind)
    return named
