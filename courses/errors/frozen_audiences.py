"""What the freezing of audiences refuses."""

from academy.errors import DomainError
from academy.text import Text


class AudienceNotDue(DomainError):
    code = "audience_not_due"
    title = Text("まだ確定できません", "Not due yet")
    text = Text(
        "対象者は、公開中または終了した、日程の決まっている回について、基準日({on})から確定します。",
        "An audience is frozen from the reference date on ({on}), of a published or finished session that has its date.",
    )
