"""What a roster does to the heads of units, and to what they have handed on."""

from academy.models import Assignment, Delegation
from academy.rosters.effects import Change, Told, Watch, roster_effect
from academy.text import Text

ORGANIZATION, DELEGATION = "academy.organization", "academy.delegation"


@roster_effect(head_gone=Text("所属長がいなくなる組織", "A unit that has no head any more"))
def units_without_head(change: Change) -> Watch:
    """Units that had a head on the day and have none afterwards, as far as anybody serves there."""
    before = _headed(change)
    yield
    orphaned = before - _headed(change)
    peopled = Assignment.objects.on(change.effective_on).filter(organization_id__in=orphaned)
    units = (
        peopled.values_list("organization__public_id", "organization__name_ja")
        .distinct()
        .order_by("organization__position")
    )
    return [Told("head_gone", None, ORGANIZATION, unit, {"name_ja": name}) for unit, name in units]


def _headed(change: Change) -> set[int]:
    heads = Assignment.objects.on(change.effective_on).filter(head_of_unit=True)
    return set(heads.values_list("organization_id", flat=True))


@roster_effect(delegation_moot=Text("代行の相手か本人が異動する", "A delegation whose giver or holder moves"))
def delegations_of_movers(change: Change) -> Watch:
    """Delegations that still run on the day, of people who move or leave."""
    yield
    running = Delegation.objects.filter(during__endswith__gt=change.effective_on, revoked_at=None)
    concerned = set(change.concerned)
    rows = running.order_by("pk").values_list("public_id", "delegator_id", "delegate_id")
    return [
        Told("delegation_moot", delegator if delegator in concerned else delegate, DELEGATION, public_id)
        for public_id, delegator, delegate in rows
        if delegator in concerned or delegate in concerned
    ]
