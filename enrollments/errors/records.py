"""What marking attendance refuses."""

from academy.errors import DomainError
from academy.text import Text


class ArchiveOfNoMeeting(DomainError):
    code = "archive_of_no_meeting"
    title = Text("元のコマがありません", "An archive of no meeting")
    text = Text(
        "元のコマの決まっていないアーカイブ配信には出欠を付けられません。",
        "An archive that does not say which meeting it shows takes no marks.",
    )
