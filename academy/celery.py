"""The Celery app: it only wakes workers up; every piece of work is a row in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings")

app = Celery("academy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# One list of everything that runs by the clock.
app.conf.beat_schedule = {
    "run-waiting-jobs": {"task": "academy.tasks.run_waiting_jobs", "schedule": 10.0},
    "promote-from-queues": {"task": "enrollments.tasks.reconcile_queues", "schedule": 30.0},
    "expire-offers": {"task": "enrollments.tasks.expire_offers", "schedule": 30.0},
    "end-overdue-approvals": {"task": "enrollments.tasks.end_overdue_approvals", "schedule": 60.0},
    "freeze-draws": {"task": "enrollments.tasks.freeze_draws", "schedule": 60.0},
    "tell-of-new-steps": {"task": "enrollments.tasks.tell_of_new_steps", "schedule": 10.0},
    "tell-of-all-steps": {"task": "enrollments.tasks.tell_of_all_steps", "schedule": 600.0},
    "remind": {"task": "enrollments.tasks.remind", "schedule": 600.0},
    "tell-of-waiting-approvals": {"task": "enrollments.tasks.tell_of_waiting_approvals", "schedule": 1800.0},
    "tell-of-overdue-learners": {"task": "enrollments.tasks.tell_of_overdue_learners", "schedule": 3600.0},
    "send-mails": {"task": "academy.tasks.send_mails", "schedule": 10.0},
    "judge-ended-sessions": {"task": "enrollments.tasks.judge_ended_sessions", "schedule": 300.0},
    "freeze-audiences": {"task": "courses.tasks.freeze_audiences", "schedule": 600.0},
    "take-up-names": {"task": "academy.tasks.take_up_names", "schedule": 600.0},
    "delete-expired-records": {"task": "academy.tasks.delete_expired_records", "schedule": 3600.0},
}
