"""The addresses of the year's plans, of demand and of quotas; `api.courses.urls` includes them."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from api.courses import demand_views, plan_views

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "demand-surveys/<uuid:id>/answers/",
        demand_views.DemandAnswers.as_view({"get": "list"}),
        name="demand-survey-answers",
    ),
    path(
        "sessions/<uuid:id>/quotas/",
        demand_views.SessionQuotas.as_view({"get": "list", "post": "replace"}),
        name="session-quotas",
    ),
]


def register(router: SimpleRouter) -> None:
    router.register("program-plans", plan_views.ProgramPlans, "program-plan")
    router.register("demand-surveys", demand_views.DemandSurveys, "demand-survey")
    router.register("seat-proposals", demand_views.SeatProposals, "seat-proposal")
