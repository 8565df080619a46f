from django.contrib import admin
from django.urls import include, path

from academy.health import healthz

urlpatterns = [
    path("healthz/", healthz),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
]
