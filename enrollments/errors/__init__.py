"""What enrolment refuses, and which broken constraint means which refusal."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError, Forbidden
from academy.text import Text


class SessionNotOpen(DomainError):
    code = "session_not_open"
    title = Text("申し込めません", "Not open")
    text = Text("この回は申込みを受け付けていません。", "This session takes no applications now.")


class SessionClosed(DomainError):
    code = "session_closed"
    title = Text("申込期間が終わりました", "Applications have closed")
    text = Text("この回の申込期間は終わりました。", "The application period of this session is over.")


class NotSelfService(DomainError):
    code = "not_self_service"
    title = Text("本人からの申込みではありません", "Not by application")
    text = Text("この回は本人の申込みによる決定ではありません。", "Seats of this session are not given by application.")


class AlreadyApplied(DomainError):
    code = "already_applied"
    title = Text("すでに申し込まれています", "Already applied")
    text = Text("この回にはすでに申込みがあります。", "There is an application for this session already.")


class CourseTaken(DomainError):
    code = "course_taken_this_year"
    title = Text("今年度の席がすでにあります", "A seat this year already")
    text = Text("この講座の席は同じ年度に一つまでです。", "A person has one seat of this course in a fiscal year.")


class NotEligible(DomainError):
    code = "not_eligible"
    title = Text("対象ではありません", "Not eligible")
    text = Text("満たしていない条件は errors にあります。", "The conditions that are not met are listed in errors.")


class PersonClash(DomainError):
    code = "person_clash"
    title = Text("日時が重なっています", "Times clash")
    text = Text(
        "同じ時間に別の回を受講または担当します。", "The person attends or teaches another session at the same time."
    )


class SessionFull(DomainError):
    code = "session_full"
    title = Text("満席です", "Full")
    text = Text("席が残っていません。", "No seat is left.")


class SessionBegun(DomainError):
    code = "session_begun"
    title = Text("すでに始まっています", "Already begun")
    text = Text("最初のコマが始まった後はできません。", "Not after the first meeting has begun.")


class SessionOver(DomainError):
    code = "session_over"
    title = Text("終わった回です", "Session over")
    text = Text(
        "中止・終了した回、最終日や最後のコマが過ぎた回ではできません。",
        "Not for a session that is cancelled or finished, or whose last day or meeting is past.",
    )


class CapacityBelowSeatsTaken(DomainError):
    code = "capacity_below_seats_taken"
    title = Text("定員が受講決定者数を下回ります", "Capacity below seats taken")
    text = Text("{taken}席が埋まり、{excess}席多すぎます。", "Seats taken: {taken}, too many: {excess}.")


class HiringYearsForbidden(Forbidden):
    text = Text(
        "講師は採用年度別の集計を見られません。職層別(cohort=grade)を使ってください。",
        "Instructors do not see figures by hiring year. Use cohort=grade.",
    )


CONSTRAINT_REFUSALS.update(
    {
        "session_seats_within_capacity": SessionFull,
        "enrollment_one_per_person_and_session": AlreadyApplied,
        "enrollment_one_seat_per_person_course_and_year": CourseTaken,
        "enrollment_person_not_in_two_places": PersonClash,
    }
)


# Learning records.


class NotTakingPart(DomainError):
    code = "not_taking_part"
    title = Text("受講していません", "Not taking part")
    text = Text("受講が決定した人の記録だけを付けられます。", "Records are kept of those who take part.")


class OwnRecord(DomainError):
    code = "own_record"
    status = 403
    title = Text("本人の記録です", "One's own record")
    text = Text("自分の記録を自分で認めることはできません。", "Nobody vouches for a record of their own.")


class MeetingNotStarted(DomainError):
    code = "meeting_not_started"
    title = Text("まだ始まっていません", "Not begun")
    text = Text("出欠はコマが始まってから記録します。", "Attendance is marked once the meeting has begun.")


class MeetingCancelled(DomainError):
    code = "meeting_cancelled"
    title = Text("中止されたコマです", "Meeting cancelled")
    text = Text("中止されたコマの出欠は記録しません。", "There is no attendance at a cancelled meeting.")


class WatchedFasterThanTime(DomainError):
    code = "watched_faster_than_time"
    title = Text("経過時間より長い視聴です", "Watched faster than time")
    text = Text(
        "新しい視聴 {new} 秒は、経過時間から可能な {allowed} 秒を超えています。",
        "{new} new seconds are more than the {allowed} that the time since allows.",
    )


class NoExam(DomainError):
    code = "no_exam"
    title = Text("試験のない講座です", "No examination")
    text = Text("この講座の修了要件に試験はありません。", "Completing this course takes no examination.")


class ExamAlreadyRecorded(DomainError):
    code = "exam_already_recorded"
    title = Text("記録済みの受験です", "Already recorded")
    text = Text("この日の受験は記録済みです。訂正してください。", "This sitting is recorded. Correct it instead.")


class OfficialResultStands(DomainError):
    code = "official_result_stands"
    title = Text("実施機関の通知があります", "The official result stands")
    text = Text("実施機関の通知は自己申告で変更できません。", "A self-report does not change an official result.")


class Superseded(DomainError):
    code = "superseded"
    title = Text("古い版です", "Superseded")
    text = Text("新しい版があります。新しい版を指定してください。", "There is a later version. Name that one.")


class TeamNameTaken(DomainError):
    code = "team_name_taken"
    title = Text("使用中の班名です", "Team name taken")
    text = Text("この回には同じ名前の班があります。", "The session has a team of this name.")


class AlreadyInTeam(DomainError):
    code = "already_in_team"
    title = Text("すでに班に入っています", "Already in a team")
    text = Text("受講者が入れる班は一つです。", "Who takes part is in one team.")


class MembersOnly(DomainError):
    code = "members_only"
    status = 403
    title = Text("班員だけができます", "Members only")
    text = Text("提案を提出できるのは班の一員だけです。", "Only a member of the team hands in its proposal.")


class AlreadyPresented(DomainError):
    code = "already_presented"
    title = Text("発表済みです", "Already presented")
    text = Text("成果発表の後に提案は変わりません。", "A proposal does not change once it was presented.")


class RecordedMeanwhile(DomainError):
    code = "recorded_meanwhile"
    title = Text("ほかの人が先に記録しました", "Recorded meanwhile")
    text = Text("最新の内容を取得してからやり直してください。", "Fetch it again, then repeat the change.")


CONSTRAINT_REFUSALS.update(
    {
        "attendance_revision_is_unique": RecordedMeanwhile,
        "exam_attempt_revision_is_unique": RecordedMeanwhile,
        "proposal_revision_is_unique": RecordedMeanwhile,
        "lesson_progress_is_one_per_lesson": RecordedMeanwhile,
        "team_name_is_unique_in_its_session": TeamNameTaken,
        "enrollments_teammember_enrollment_id_key": AlreadyInTeam,
        "enrollments_presentation_proposal_id_key": AlreadyPresented,
    }
)
