"""Who may see and do what with seats (`seats`) and with learning records (`records`)."""

from enrollments.access.seats import (
    assignable_by,
    enrollments_visible_to,
    may_decide,
    may_mark,
    may_view,
    may_withdraw,
    own_enrollments,
    people_of,
    runs,
    teaches,
)

__all__ = [
    "assignable_by",
    "enrollments_visible_to",
    "may_decide",
    "may_mark",
    "may_view",
    "may_withdraw",
    "own_enrollments",
    "people_of",
    "runs",
    "teaches",
]
