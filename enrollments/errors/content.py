"""What moving a session to another version of its content refuses."""

from academy.errors import DomainError
from academy.text import Text


class ContentIsWatched(DomainError):
    code = "content_is_watched"
    title = Text("視聴が始まっています", "Somebody has begun to watch")
    text = Text(
        "この回の受講者が教材を開いた後は、版を変更できません(開いた受講者:{learners}人)。",
        "The version stays once somebody who takes part has opened a lesson ({learners} so far).",
    )
