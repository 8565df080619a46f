"""The life of a session up to its end: drafted, changed, published, opened, closed, finished.

Capacity, reopening and cancelling belong to enrollments: they ask about the people in it. Locks: the course, then the session.
"""

from courses.operations.sessions.copies import clone_session, draft_from_template
from courses.operations.sessions.drafts import SessionFields, change_session, create_session
from courses.operations.sessions.publication import finish_session, publish_session
from courses.operations.sessions.windows import change_deadlines, close_session, open_session

__all__ = [
    "SessionFields",
    "change_deadlines",
    "change_session",
    "clone_session",
    "close_session",
    "create_session",
    "draft_from_template",
    "finish_session",
    "open_session",
    "publish_session",
]
