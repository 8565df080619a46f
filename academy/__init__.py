"""Who we are and what the academy does besides courses; also Django's project files."""

from academy.celery import app as celery_app

__all__ = ["celery_app"]
