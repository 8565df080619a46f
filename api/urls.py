"""Every address of the API, in one list."""

from django.urls import path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from api import own_tasks
from api.academy import (
    audits,
    calendar_feeds,
    delegations,
    notices,
    posts,
    roster_files,
    roster_windows,
    rosters,
    sign_in,
)
from api.academy import views as academy
from api.courses import urls as courses
from api.enrollments import records_urls as records
from api.enrollments import urls as enrollments
from api.reports import urls as reports
from api.skills import urls as skills

SECONDS_OF_SCHEMA = 300  # it takes a second to make, follows from the code alone, and anybody may ask for it

router = SimpleRouter(use_regex_path=False)
router.register("organizations", academy.Organizations, "organization")
router.register("grades", academy.Grades, "grade")
router.register("job-families", academy.JobFamilies, "job-family")
router.register("hiring-categories", academy.HiringCategories, "hiring-category")
router.register("staff", academy.StaffMembers, "staff")
router.register("delegations", delegations.Delegations, "delegation")
router.register("calendar-feeds", calendar_feeds.CalendarFeeds, "calendar-feed")
router.register("roster-windows", roster_windows.RosterWindows, "roster-window")
router.register("roles", academy.RoleGrants, "role")
router.register("roster-imports", rosters.RosterImports, "roster-import")
router.register("notices", notices.Notices, "notice")
router.register("jobs", academy.Jobs, "job")
router.register("audit-events", academy.AuditEvents, "audit-event")
router.register("audit-cases", audits.AuditCases, "audit-case")
for part in (courses, enrollments, records, skills, reports):
    part.register(router)

urlpatterns = [
    path("schema/", cache_page(SECONDS_OF_SCHEMA)(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("auth/token/", sign_in.SignIn.as_view({"post": "create"}), name="sign-in"),
    path("auth/token/current/", sign_in.SignOut.as_view({"delete": "destroy"}), name="sign-out"),
    path("assignments/", academy.Assignments.as_view({"get": "list"}), name="assignments"),
    path("me/", academy.Me.as_view({"get": "show"}), name="me"),
    path("me/tasks/", own_tasks.MyTasks.as_view({"get": "show"}), name="my-tasks"),
    path(
        "me/notice-preferences/",
        notices.NoticePreferences.as_view({"get": "show", "put": "replace"}),
        name="notice-preferences",
    ),
    path("roster-imports/file/", roster_files.RosterFile.as_view({"get": "retrieve"}), name="roster-file"),
    path("roster-imports/<uuid:id>/faults/", rosters.RosterFaults.as_view({"get": "list"}), name="roster-faults"),
    path("roster-imports/<uuid:id>/changes/", rosters.RosterChanges.as_view({"get": "list"}), name="roster-changes"),
    path("roster-imports/<uuid:id>/effects/", rosters.RosterEffects.as_view({"get": "list"}), name="roster-effects"),
    path("assignments/<uuid:id>/end/", posts.Posts.as_view({"post": "end"}), name="assignment-end"),
    path("statuses/<uuid:id>/end/", posts.Statuses.as_view({"post": "end"}), name="status-end"),
    *courses.urlpatterns,
    *enrollments.urlpatterns,
    *records.urlpatterns,
    *skills.urlpatterns,
    *reports.urlpatterns,
    *router.urls,
]
