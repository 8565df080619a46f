"""One settings file, from the environment only. It refuses what it does not understand and refuses to start insecurely.

Three kinds of running: `demo` (the embedded servers of `make run`; the default without DATABASE_URL), `production`
(the default with it) and `test`.
"""

import datetime as dt
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from academy.embedded.home import PORT as EMBEDDED_PORT
from academy.embedded.home import Home

# Generic base classes of Django that are subscripted at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

KNOWN_VARIABLES = {
    "ACADEMY_ENV", "ACADEMY_HOME", "ACADEMY_TODAY", "ACADEMY_TODAY_SET_ON", "ACADEMY_LOG_LEVEL",
    "ACADEMY_REQUESTS_AT_ONCE", "ACADEMY_REQUESTS_WAITING", "ACADEMY_REQUEST_PATIENCE", "ACADEMY_DIGEST_HOUR",
}  # fmt: skip
if unknown := sorted(name for name in os.environ if name.startswith("ACADEMY_") and name not in KNOWN_VARIABLES):
    raise ImproperlyConfigured(f"Unknown settings in the environment: {', '.join(unknown)}")

HOME = Home.from_environment(BASE_DIR / "var")
DATABASE_URL = env.str("DATABASE_URL", "")
ACADEMY_ENV = env.str("ACADEMY_ENV", "production" if DATABASE_URL else "demo")
if ACADEMY_ENV not in {"demo", "production", "test"}:
    raise ImproperlyConfigured("ACADEMY_ENV is demo, production or test")
PRODUCTION = ACADEMY_ENV == "production"

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", "") or HOME.secret("secret_key")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is needed in production, with at least 50 characters")
SECRET_KEY = SECRET_KEY or "not-a-secret-before-the-first-run-made-one"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS is needed in production: the host names this service answers to, not *")


# Business time: the database's now() plus a fixed number of whole days.
def _business_offset() -> dt.timedelta:
    today, set_on = env.str("ACADEMY_TODAY", ""), env.str("ACADEMY_TODAY_SET_ON", "")
    if not today:
        if set_on:
            raise ImproperlyConfigured("ACADEMY_TODAY_SET_ON means nothing without ACADEMY_TODAY")
        state = {} if ACADEMY_ENV != "demo" else HOME.state()
        today, set_on = state.get("today", ""), state.get("today_set_on", "")
        if not today:
            return dt.timedelta(0)
    if PRODUCTION:
        raise ImproperlyConfigured("ACADEMY_TODAY moves the business clock and is refused in production")
    try:
        anchor = dt.date.fromisoformat(set_on) if set_on else dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()
        return dt.date.fromisoformat(today) - anchor
    except ValueError as error:
        raise ImproperlyConfigured("ACADEMY_TODAY and ACADEMY_TODAY_SET_ON are dates: YYYY-MM-DD") from error


BUSINESS_OFFSET = _business_offset()
BUSINESS_TIME_ZONE = ZoneInfo("Asia/Tokyo")

INSTALLED_APPS = [
    "academy.admin_app.OfficeAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "academy",
    "skills",
    "courses",
    "enrollments",
    "api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "academy.middleware.RequestContextMiddleware",
    "api.admission.AdmissionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "academy.urls"
WSGI_APPLICATION = "academy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "academy" / "templates"],  # before the admin's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# PostgreSQL only: the promises are kept by the database.
if DATABASE_URL:
    _database = env.db_url("DATABASE_URL")
    if _database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database")
else:
    _database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "academy",
        "USER": "academy",
        "PASSWORD": HOME.secret("database_password"),
        "HOST": str(HOME.socket_folder),
        "PORT": str(EMBEDDED_PORT),
    }
# A process serves as many requests at a time as it has connections; see `api.admission` for those beyond.
REQUESTS_AT_ONCE = env.int("ACADEMY_REQUESTS_AT_ONCE", 8)
REQUESTS_WAITING = env.int("ACADEMY_REQUESTS_WAITING", 24)
REQUEST_PATIENCE = env.float("ACADEMY_REQUEST_PATIENCE", 2.0)  # seconds
_session_settings = {
    "timezone": "UTC",
    "academy.clock_offset_seconds": str(int(BUSINESS_OFFSET.total_seconds())),
    "lock_timeout": "3s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    # The statements are short and many: compiling them costs more than it saves.
    "jit": "off",
}
DATABASES = {
    "default": {
        **_database,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "options": " ".join(f"-c {name}={value}" for name, value in _session_settings.items()),
            "prepare_threshold": 5,  # what asks to be prepared is prepared: see `academy.statements`
            "pool": {"min_size": 1, "max_size": REQUESTS_AT_ONCE, "timeout": 5} if ACADEMY_ENV != "test" else False,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "academy.User"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if ACADEMY_ENV == "test"
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["academy.backends.ServingBackend"]
SESSION_COOKIE_AGE = 12 * 60 * 60  # as long as a token of a person
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"  # how times are shown; they are stored, and the connection runs, in UTC

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static" if PRODUCTION else None
# The offline API pages are 28 MB: served from the packages, so that no `collectstatic` stands before the first start.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = ACADEMY_ENV == "test"  # a test's client would list all files before its first request

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.ByAction"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["api.filters.DeclaredFilters"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "api.schema.AcademySchema",
    "EXCEPTION_HANDLER": "api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Digital Academy API",
    "DESCRIPTION": "デジタルアカデミーの研修・受講・スキルマップ・集計。Learning management of a government's Digital Academy.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "EnrollmentStatus": "enrollments.models.Status.choices",
        "SessionStatus": "courses.models.SessionStatus.choices",
        "Deadline": "courses.models.Deadline.choices",
        "AssessmentStatus": "skills.models.AssessmentStatus.choices",
        "ApprovalStatus": "enrollments.models.ApprovalStatus.choices",
        "ApprovalLevel": "enrollments.models.ApprovalLevel.choices",
        "Overdue": "courses.models.Overdue.choices",
        "FrameworkStatus": "skills.models.FrameworkStatus.choices",
        "PlanStatus": "courses.models.PlanStatus.choices",
        "SurveyStatus": "courses.demand.SurveyStatus.choices",
        "JobStatus": "academy.models.JobStatus.choices",
        "RosterStatus": "academy.models.RosterStatus.choices",
        "RosterMode": "academy.models.RosterMode.choices",
        "ProgramMode": "courses.models.programs.Mode.choices",
        "OrganizationKind": "academy.models.OrganizationKind.choices",
        "SuccessionKind": "academy.models.SuccessionKind.choices",
        "AssignmentKind": "academy.models.AssignmentKind.choices",
        "QuestionKind": "courses.models.QuestionKind.choices",
        "ExemptionKind": "enrollments.models.ExemptionKind.choices",
        "DecisionStatus": "enrollments.models.DecisionStatus.choices",
        "DecisionOutcome": "enrollments.models.Outcome.choices",
        "SettableOutcome": "enrollments.operations.changing_decisions.SETTABLE",
        "Delivery": "academy.models.Delivery.choices",
        "StatusKind": "academy.models.StatusKind.choices",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "DISABLE_ERRORS_AND_WARNINGS": False,
}

# Mail. The address of the server carries its password: what is wrong with it is said without quoting it.
_MAIL_SCHEMES = {"smtp", "smtp+tls", "smtp+ssl", *([] if PRODUCTION else ["consolemail", "memorymail", "dummymail"])}
_email_url = env.str("EMAIL_URL", "" if PRODUCTION else "consolemail://")
if PRODUCTION and not _email_url:
    raise ImproperlyConfigured("EMAIL_URL is needed in production: smtp+tls://user:password@host:port")
if _email_url.partition("://")[0] not in _MAIL_SCHEMES:
    raise ImproperlyConfigured(f"EMAIL_URL begins with one of {', '.join(sorted(_MAIL_SCHEMES))}")
_mail_server = env.email_url("EMAIL_URL", default=_email_url)
if _email_url.startswith("smtp") and not _mail_server["EMAIL_HOST"]:
    raise ImproperlyConfigured("EMAIL_URL names no host")
EMAIL_BACKEND = _mail_server["EMAIL_BACKEND"]
EMAIL_HOST = _mail_server["EMAIL_HOST"] or ""
EMAIL_PORT = _mail_server["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail_server["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail_server["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_mail_server.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_mail_server.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "" if PRODUCTION else "academy@localhost")
if not re.fullmatch(r"[^\s@<>,;:\"]+@[A-Za-z0-9.-]+", DEFAULT_FROM_EMAIL):
    raise ImproperlyConfigured("EMAIL_FROM is needed in production: one plain address, academy@example.jp")
# Where a mail sends its reader; without it a mail carries no link.
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
if PUBLIC_URL and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[\w./~-]*)?", PUBLIC_URL):
    raise ImproperlyConfigured("PUBLIC_URL is the address of this service: https://academy.example.jp")
if PRODUCTION and PUBLIC_URL and not PUBLIC_URL.startswith("https://"):
    raise ImproperlyConfigured("PUBLIC_URL begins with https:// in production")
# From this hour of a business day, in Tokyo, digests and reminders go out.
DIGEST_HOUR = env.int("ACADEMY_DIGEST_HOUR", 8)
if not 0 <= DIGEST_HOUR <= 23:
    raise ImproperlyConfigured("ACADEMY_DIGEST_HOUR is an hour of the day, 0 to 23")

# Celery only wakes workers up. Without a broker of its own the embedded mode passes messages through files.
_broker = env.str("CELERY_BROKER_URL", "")
if PRODUCTION and not _broker:
    raise ImproperlyConfigured("CELERY_BROKER_URL is needed in production: Redis or RabbitMQ")
CELERY_BROKER_URL = _broker or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if _broker
    else {
        "data_folder_in": str(HOME.broker),
        "data_folder_out": str(HOME.broker),
        "control_folder": str(HOME.broker / "control"),
        "polling_interval": 0.05,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"class": "academy.logs.WithoutRows", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("ACADEMY_LOG_LEVEL", "INFO").upper()},
}
