"""What the admin site adds about the people in a session: its limit, its change with a preview, that it is cancelled."""

from courses.admin.sessions import SessionAdmin
from enrollments.admin.changes import CANCEL, RESCHEDULE
from enrollments.admin.seats import CAPACITY, REOPEN

SessionAdmin.buttons += (REOPEN, CAPACITY, RESCHEDULE, CANCEL)
