"""Decisions over thousands of applicants: the same operations, done by a job with the rights that whoever asked has then."""

from collections import Counter
from typing import Any

from academy.errors import Forbidden
from academy.models import Job
from academy.operations.jobs import asked_by, job_kind
from courses.models import Session
from enrollments import access
from enrollments.access.decisions import decisions_visible_to, may_decide_on
from enrollments.models import Decision, DecisionLine, Outcome
from enrollments.operations.decisions import propose_decision
from enrollments.operations.publishing import publish_decision

PROPOSE_JOB = "enrollments.propose_decision"
PUBLISH_JOB = "enrollments.publish_decision"


@job_kind(PROPOSE_JOB)
def run_proposal(job: Job) -> dict[str, Any]:
    """Draft a decision over the sessions `session_ids`."""
    viewer, keys = asked_by(job), job.parameters["session_ids"]
    sessions = Session.objects.filter(pk__in=keys).select_related("course__program")
    if not all(access.runs(viewer, each) for each in sessions):
        raise Forbidden
    return _told(job, propose_decision(session_ids=keys, reserves=job.parameters["reserves"], by=viewer.user))


@job_kind(PUBLISH_JOB)
def run_publication(job: Job) -> dict[str, Any]:
    """Publish the draft `decision_id`."""
    viewer, key = asked_by(job), job.parameters["decision_id"]
    draft = decisions_visible_to(viewer).select_related("course__program").filter(pk=key).first()
    if draft is None or not may_decide_on(viewer, draft):
        raise Forbidden
    return _told(job, publish_decision(decision_id=key, by=viewer.user))


def _told(job: Job, decision: Decision) -> dict[str, Any]:
    """Which decision it is, and how many lines have which outcome."""
    outcomes = Counter(DecisionLine.objects.filter(decision=decision).values_list("outcome", flat=True))
    job.all_rows = outcomes.total()
    return {
        "decision": decision.public_id,
        "status": decision.status,
        "number": decision.number,
        "decided_on": decision.decided_on,
        **{outcome.value: outcomes[outcome] for outcome in Outcome},
    }
