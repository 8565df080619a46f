"""What a course asks of people beforehand."""

from academy.errors import DomainError
from academy.text import Text


class PrerequisiteMissing(DomainError):
    code = "prerequisite_missing"
    title = Text("前提講座を修了していません", "A prerequisite is missing")
    text = Text("先に修了しておく講座は errors にあります。", "The courses to complete first are listed in errors.")


class CourseCompleted(DomainError):
    code = "course_completed"
    title = Text("すでに修了した講座です", "Completed already")
    text = Text("この講座は一度だけ受講できます。", "This course is taken once.")
