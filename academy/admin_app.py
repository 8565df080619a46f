"""Which admin site `django.contrib.admin` sets up. Read before any model is there: it names the site, and imports nothing."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdmin(AdminConfig):
    default = False  # named in INSTALLED_APPS; `academy` itself needs none
    default_site = "academy.admin_site.OfficeSite"
