import os

from django.core.asgi import get_asgi_application

from academy.logs import guard_server_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings")

guard_server_logs()
application = get_asgi_application()
