"""What the content of courses, and what courses ask of people, refuse."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class ContentDraftExists(DomainError):
    code = "content_draft_exists"
    title = Text("作成中の版があります", "There is a draft")
    text = Text(
        "この講座には作成中の教材の版があります。公開するか破棄してから、新しい版を作ってください。",
        "The course has a draft of its content. Publish or discard it before starting another.",
    )


class ContentNotDraft(DomainError):
    code = "content_not_draft"
    title = Text("作成中の版ではありません", "Not a draft")
    text = Text(
        "公開・破棄できるのは作成中の版だけです(この版:第{number}版)。",
        "Only a draft is published or discarded (this is version {number}).",
    )


class ContentIsEmpty(DomainError):
    code = "content_is_empty"
    title = Text("教材がありません", "No content")
    text = Text(
        "動画・教材も資料もない版は公開できません。", "A version without a lesson and a material is not published."
    )


class ContentIsOnlyVersion(DomainError):
    code = "content_is_only_version"
    title = Text("この講座のただ一つの版です", "The only version")
    text = Text(
        "ほかに版のない講座では、章か資料のある版は破棄できません。",
        "The only version of a course is discarded only while it has neither a chapter nor a material.",
    )


class CircularPrerequisites(DomainError):
    code = "circular_prerequisites"
    title = Text("前提講座が循環します", "The prerequisites would go in a circle")
    text = Text(
        "「{title}」は、この講座を直接または間接に前提としています。",
        "“{title}” itself requires this course, directly or through others.",
    )


CONSTRAINT_REFUSALS["content_has_one_draft"] = ContentDraftExists
