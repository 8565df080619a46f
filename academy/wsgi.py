import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from academy.logs import guard_server_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings")

guard_server_logs()
application = get_wsgi_application()
# The addresses are imported now, not by the first request: whoever comes first after a start waits for nobody.
get_resolver().url_patterns  # noqa: B018
