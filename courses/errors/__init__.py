"""What the catalogue refuses, and which broken constraint means which refusal."""

from academy.errors import CONSTRAINT_REFUSALS, AlreadyExists, DomainError
from academy.text import Text


class SessionNotDraft(DomainError):
    code = "session_not_draft"
    title = Text("準備中の回ではありません", "Not a draft")
    text = Text(
        "内容と日程を変更できるのは準備中の回だけです(現在:{status})。",
        "Content and meetings change only while a session is a draft (now: {status}).",
    )


class SessionNotPublished(DomainError):
    code = "session_not_published"
    title = Text("公開中の回ではありません", "Not published")
    text = Text(
        "申込みを開始・終了できるのは公開中の回だけです(現在:{status})。",
        "Applications open and close only while a session is published (now: {status}).",
    )


class SessionHasNoMeeting(DomainError):
    code = "session_has_no_meeting"
    title = Text("コマがありません", "No meeting")
    text = Text(
        "コマのない回は公開できません。各自が進める形式の講座だけがコマなしで公開できます。",
        "A session without a meeting cannot be published, unless its course is taken at one's own pace.",
    )


class SessionStillRuns(DomainError):
    code = "session_still_runs"
    title = Text("まだ終わっていません", "Not over yet")
    text = Text("最終日({ends_on})より前に終了にはできません。", "Not before its last day, {ends_on}.")


class SelectionTakesNoApplications(DomainError):
    code = "selection_takes_no_applications"
    title = Text("申込みを受け付けない選考方法です", "No applications")
    text = Text(
        "この回の席は事務局が指名するため、申込みを受け付けません(選考方法:{selection})。",
        "Seats of this session are assigned by the office, so that it takes no applications (selection: {selection}).",
    )


class CourseIsOffered(DomainError):
    code = "course_is_offered"
    title = Text("すでに開講している講座です", "Already offered")
    text = Text(
        "修了条件と再受講の可否は、最初の回を公開する前だけ変更できます。",
        "What completing takes, and whether it may be repeated, change only before the first session is published.",
    )


class ContentIsPublished(DomainError):
    code = "content_is_published"
    title = Text("公開済みの教材です", "Published content")
    text = Text(
        "公開した版の章・教材の構成と長さは変更できません。新しい版を作ってください。",
        "The chapters and lessons of a published version, and their lengths, stay. Make a new version.",
    )


class OrdinalTaken(DomainError):
    code = "ordinal_taken"
    title = Text("回数が重複しています", "Number taken")
    text = Text(
        "この講座の同じ年度に同じ回数の回があります。", "The course has a session of this number in the fiscal year."
    )


class RoomNotFree(DomainError):
    code = "room_not_free"
    title = Text("会場が空いていません", "Room not free")
    text = Text("同じ時間に別のコマが会場を使います。", "Another meeting uses a room at the same time.")


class InstructorNotFree(DomainError):
    code = "instructor_not_free"
    title = Text("講師の日時が重なっています", "Instructor not free")
    text = Text(
        "同じ時間に講師が別の回を担当または受講します。",
        "An instructor teaches or attends another session at the same time.",
    )


CONSTRAINT_REFUSALS.update(
    {
        "courses_program_code_key": AlreadyExists,
        "courses_course_code_key": AlreadyExists,
        "courses_venue_code_key": AlreadyExists,
        "content_is_published": ContentIsPublished,
        "instructor_per_staff": AlreadyExists,
        "module_position_is_unique": AlreadyExists,
        "lesson_position_is_unique": AlreadyExists,
        "session_ordinal_is_unique_in_its_year": OrdinalTaken,
        "meeting_room_is_free": RoomNotFree,
        "instructor_is_free": InstructorNotFree,
        "instructor_has_no_seat_meanwhile": InstructorNotFree,
    }
)
