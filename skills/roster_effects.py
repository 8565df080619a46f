"""What a roster does to the skill map: assessments that wait for a reviewer who will be another."""

from academy.posts import unit_heads_of
from academy.rosters.effects import Change, Told, Watch, roster_effect
from academy.text import Text
from skills.models import Assessment, AssessmentStatus

ASSESSMENT = "skills.assessment"


@roster_effect(review_rerouted=Text("確認者が変わるスキル評価", "An assessment that another reviewer will have"))
def rerouted_reviews(change: Change) -> Watch:
    """Assessments handed in, not confirmed, whose unit head on the day is another one afterwards, or none."""
    waiting = dict(
        Assessment.objects.filter(status=AssessmentStatus.SUBMITTED).order_by("pk").values_list("public_id", "staff_id")
    )
    people = set(waiting.values())
    before = unit_heads_of(people, on=change.effective_on)
    yield
    after = unit_heads_of(people, on=change.effective_on)
    return [
        Told("review_rerouted", staff, ASSESSMENT, public_id, {"reviewer": staff in after})
        for public_id, staff in waiting.items()
        if before.get(staff) != after.get(staff)
    ]
