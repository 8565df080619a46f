from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from academy.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="docs")),
    path("healthz/", healthz),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
]

handler400 = "api.problems.bad_request"
handler404 = "api.problems.no_such_address"
handler500 = "api.problems.fault_of_ours"
