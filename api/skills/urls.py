from django.urls import path
from rest_framework.routers import SimpleRouter

from api.skills import mine, views


def register(router: SimpleRouter) -> None:
    router.register("skill-frameworks", views.Frameworks, "skill-framework")
    router.register("skills", views.Skills, "skill")
    router.register("job-types", views.JobTypes, "job-type")
    router.register("assessment-cycles", views.Cycles, "assessment-cycle")
    router.register("assessments", views.Assessments, "assessment")


urlpatterns = [
    path("me/skill-map/", mine.MySkillMap.as_view({"get": "show"}), name="my-skill-map"),
]
