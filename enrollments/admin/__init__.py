"""What the admin site adds about the people in a session: its limit and quotas, its change with a preview, that it is
cancelled, what clashes and when it could be held; and what is handed out to them.
"""

from courses.admin.content import ContentVersionAdmin
from courses.admin.sessions import SessionAdmin
from enrollments.admin import materials
from enrollments.admin.changes import CANCEL, RESCHEDULE
from enrollments.admin.clashes import EXPLAIN, SUGGEST
from enrollments.admin.quotas import QUOTAS
from enrollments.admin.seats import CAPACITY, REOPEN

SessionAdmin.buttons += (REOPEN, CAPACITY, QUOTAS, RESCHEDULE, CANCEL, EXPLAIN, SUGGEST, materials.OF_SESSION)
SessionAdmin.more += (materials.of_session,)
ContentVersionAdmin.buttons += (materials.OF_VERSION,)
ContentVersionAdmin.more += (materials.of_version,)
