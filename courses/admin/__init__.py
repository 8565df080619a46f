"""The catalogue on the admin site: programmes, courses, sessions and what they need, for whoever plans them."""

from courses.admin import demand as demand
from courses.admin import labels as labels
from courses.admin import places as places
from courses.admin import plans as plans
from courses.admin import programs as programs
from courses.admin import quotas as quotas
from courses.admin import sessions as sessions
