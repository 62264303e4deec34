"""Every setting, read from top to bottom. What differs by machine comes from the environment; `.env.example` lists all of it.

Secrets have a default only with DEBUG=1. Without it `core.checks` refuses to start on a value that is missing, short or shared.
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.constants import NONE as NOBODY
from django.utils.translation import gettext_lazy as _
from huey.serializer import SignedSerializer

from core.database_url import PATIENCE, conninfo, django_database
from core.embedded import DATABASE, ROLE, Embedded
from core.logging import logging_configuration

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

# ── Where and who ────────────────────────────────────────────────────────────────────────────────────────────────────

DEBUG = env.bool("DEBUG", False)
SANDBOX = env.bool("SANDBOX", False)  # the clock can be moved forward; never where money is real
UGC_HOME = Path(env.str("UGC_HOME", "var"))
UGC_HOME = UGC_HOME if UGC_HOME.is_absolute() else ROOT / UGC_HOME
APP_BASE_URL = env.str("APP_BASE_URL", "http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
NUM_PROXIES = env.int("NUM_PROXIES", 0)  # how many proxies of ours stand before the server: X-Forwarded-For is read that far and no further

# ── Secrets: each has one use ────────────────────────────────────────────────────────────────────────────────────────


def secret(name: str) -> str:
    """Return the secret from the environment; with DEBUG=1 a known one instead of none."""
    return env.str(name, f"developer-only-{name.lower()}-developer-only-developer-only" if DEBUG else "")


SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
CURSOR_SECRET = secret("CURSOR_SECRET")  # signs the cursors of lists
HUEY_SECRET = secret("HUEY_SECRET")  # signs queued tasks: who can write a task runs code in the worker
TELEGRAM_BINDING_PEPPER = secret("TELEGRAM_BINDING_PEPPER")  # keys the digests of short codes people type
TELEGRAM_BOT_SECRET = secret("TELEGRAM_BOT_SECRET")  # of a bot elsewhere that confirms codes over the API; none is heard without it
TELEGRAM_WEBHOOK_SECRET = secret("TELEGRAM_WEBHOOK_SECRET")  # what Telegram shows when it brings updates; none are taken without it
OUTBOX_CONSUMER_SECRET = env.str("OUTBOX_CONSUMER_SECRET", "")  # the token of the first pull consumer; none without it
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # opens /metrics and the numbers of /api/health/…; without it nobody sees them
DEVELOPER_PAYOUT_DETAILS_KEY = "ZGV2ZWxvcGVyLW9ubHktZGV2ZWxvcGVyLW9ubHktMTI="
# Fernet keys: the first one encrypts, all of them decrypt.
PAYOUT_DETAILS_KEYS = env.list("PAYOUT_DETAILS_KEY", default=[DEVELOPER_PAYOUT_DETAILS_KEY] if DEBUG else [])
DEVELOPER_WEBHOOK_SECRETS_KEY = "ZGV2ZWxvcGVyLW9ubHktd2ViaG9vay1zZWNyZXRzLTE="
WEBHOOK_SECRETS_KEYS = env.list("WEBHOOK_SECRETS_KEY", default=[DEVELOPER_WEBHOOK_SECRETS_KEY] if DEBUG else [])  # the same, for webhooks
DEVELOPER_SECOND_FACTOR_KEY = "ZGV2ZWxvcGVyLW9ubHktc2Vjb25kLWZhY3Rvci1rZXk="
SECOND_FACTOR_KEYS = env.list("SECOND_FACTOR_KEY", default=[DEVELOPER_SECOND_FACTOR_KEY] if DEBUG else [])  # the same, for authenticators

# ── Applications ─────────────────────────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "backoffice",  # before unfold, some of whose templates it replaces
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "huey.contrib.djhuey",
    "axes",
    "pgtrigger",
    "core",
    "outbox",
    "api",
    "bot",
    "perf",
]

MIDDLEWARE = [
    "api.middleware.RequestMiddleware",  # first: every call has an id, and an answer whatever happens below
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # The rest is for pages; a call of the API passes it by and does not pay for it.
    "backoffice.middleware.Sessions",
    "backoffice.middleware.Locale",
    "backoffice.middleware.Common",
    "backoffice.middleware.Csrf",
    "backoffice.middleware.Authentication",
    "backoffice.middleware.Messages",
    "backoffice.middleware.Frames",
    "backoffice.middleware.ContentPolicy",
    "backoffice.middleware.Axes",
]

SILENCED_SYSTEM_CHECKS = ["axes.W002", "security.W003"]  # both look for names of classes that backoffice.middleware extends

ROOT_URLCONF = "core.urls"
WSGI_APPLICATION = "core.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ── Database ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DATABASE_URL = env.str("DATABASE_URL", "")
EMBEDDED = {
    "ENGINE": "core.postgresql",
    "NAME": DATABASE,
    "USER": ROLE,
    "HOST": str(Embedded(UGC_HOME / "postgres").socket_folder),
}
DATABASES: dict[str, dict[str, Any]] = {"default": django_database(DATABASE_URL) if DATABASE_URL else EMBEDDED}

# Statements seen this often are prepared on the server. Negative means never, as a pooler in transaction mode needs it.
PREPARE_THRESHOLD = env.int("PREPARE_THRESHOLD", 3)

DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,  # verbs open transactions, nobody else
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
}
DATABASES["default"]["OPTIONS"] = {
    **PATIENCE,
    "application_name": "marketplace",
    "server_side_binding": True,
    "prepare_threshold": PREPARE_THRESHOLD if PREPARE_THRESHOLD >= 0 else None,
    "options": " ".join(
        f"-c {name}={milliseconds}"
        for name, milliseconds in {
            "statement_timeout": env.int("STATEMENT_TIMEOUT_MS", 30_000),
            "lock_timeout": env.int("LOCK_TIMEOUT_MS", 10_000),
            "idle_in_transaction_session_timeout": env.int("IDLE_IN_TRANSACTION_TIMEOUT_MS", 60_000),
        }.items()
        if milliseconds
    ),
    **DATABASES["default"].get("OPTIONS", {}),
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "core.people.passwords.hashers.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Staff sign in with a password and a code of their authenticator. Money wants a code that is not older than these minutes.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", not DEBUG)
STAFF_FRESH_MINUTES = env.int("STAFF_FRESH_MINUTES", 5)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 30)  # of silence, then they are signed out
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)  # after which they sign in again, busy or not

SESSION_ENGINE = "core.people.factors.store"
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("sessionid", "csrftoken") if DEBUG else ("__Host-sessionid", "__Host-csrftoken")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # what a verb has to say lies in no cookie

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # the field of the form; axes would look for one named like USERNAME_FIELD
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = NUM_PROXIES
AXES_LOCKOUT_CALLABLE = "backoffice.sessions.locked_out"

# ── Language and time ────────────────────────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STAFF_TIME_ZONE = env.str("STAFF_TIME_ZONE", "Europe/Moscow")  # in which the backoffice tells times, and takes days of filters

# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(UGC_HOME / "static")))
HEALTH_FOLDER = Path(env.str("HEALTH_FOLDER", str(UGC_HOME / "health")))  # each process but the web server says there how it is
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# ── Browsers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", False)  # the proxy does it; health checks speak plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"  # a page that opened ours in a window sees nothing of it
X_FRAME_OPTIONS = "DENY"
# Measured in Chromium (tests/browser/test_policy.py): without 'unsafe-eval' Alpine compiles no expression and no button of unfold works.
# No script and no sheet of ours is inline but those with the nonce; only style attributes are.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NOBODY],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src-elem": [SELF, NONCE],
        "style-src-attr": [UNSAFE_INLINE],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NOBODY],
        "base-uri": [NOBODY],
        "form-action": [SELF],
        "frame-ancestors": [NOBODY],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

UNFOLD = {
    "SITE_TITLE": "backoffice.look.title",
    "SITE_HEADER": "backoffice.look.title",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "STYLES": ["backoffice.look.style"],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "backoffice.look.icon"}],
    "COLORS": {"primary": "backoffice.look.primary"},
    "SIDEBAR": {"navigation": "backoffice.menu.navigation"},
    "ENVIRONMENT": "backoffice.look.environment",
    "ENVIRONMENT_TITLE_PREFIX": "backoffice.look.environment_prefix",
}

# ── API ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

THROTTLE_MULTIPLIER = env.int("THROTTLE_MULTIPLIER", 100 if DEBUG else 1)  # stretches every rate of api.throttles; 1 where it matters
# How many calls of one process may wait for news at a time: each holds a thread, and others need one too.
LONG_POLL_PLACES = env.int("LONG_POLL_PLACES", max(1, env.int("WEB_THREADS", 4) // 2))
# The process `live` (api.stream): who waits there costs no thread, and memory of which there is an end.
LIVE_THREADS = env.int("LIVE_THREADS", 4)  # each with a connection to the database
LIVE_STREAMS_MAX = env.int("LIVE_STREAMS_MAX", 2_000)
LIVE_STREAMS_PER_PERSON = env.int("LIVE_STREAMS_PER_PERSON", 10)
LIVE_WRITE_SECONDS = env.int("LIVE_WRITE_SECONDS", 20)  # whoever reads nothing for so long is dropped, and comes back to where they were
REST_FRAMEWORK: dict[str, object] = {
    "EXCEPTION_HANDLER": "api.errors.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.NoOne"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.EnvelopeRenderer"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.DescribedSchema",
    "DATETIME_FORMAT": None,  # orjson writes them, the same as PostgreSQL does in rows that come as JSON
    "DATE_FORMAT": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "UGC marketplace API",
    "DESCRIPTION": "Every answer is `{ok: true, data, requestId}` or `{ok: false, error: {code, message, details?}, requestId}`.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["api.openapi.put_envelope"],
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # .ci/run validates the document by itself
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# ── Work after the answer ────────────────────────────────────────────────────────────────────────────────────────────

HUEY = {
    "huey_class": "huey.PostgresHuey",
    "name": "marketplace",
    "results": False,
    "immediate": env.bool("HUEY_IMMEDIATE", False),
    "create_tables": False,  # `manage.py create_huey_tables` makes them, after migrate
    "serializer": SignedSerializer(secret=HUEY_SECRET or "unset"),
    "connection": {
        "dsn": conninfo(DATABASES["default"], application_name="marketplace-queue"),
    },
    "consumer": {
        "workers": env.int("HUEY_WORKERS", 4),
        "worker_type": "thread",
        # Between two looks at the queue, which each listen for a second: by default the pause grows to ten seconds.
        "initial_delay": 0.02,
        "max_delay": 0.02,
        "graceful_signal": "TERM",  # the default interrupts running tasks
        "shutdown_timeout": 25,
    },
}

LOGGING = logging_configuration(env.str("LOG_LEVEL", "INFO"))

# ── Money, mail ──────────────────────────────────────────────────────────────────────────────────────────────────────

PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", "mock" if DEBUG else "manual")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "marketplace@localhost")
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 5  # for each step of the conversation; the carrier waits for all of them a quarter of a minute

# ── Telegram ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TELEGRAM_BOT_TOKEN = env.str("TELEGRAM_BOT_TOKEN", "")  # without it the channel prints to the console, and says so
TELEGRAM_BOT_NAME = env.str("TELEGRAM_BOT_NAME", "").removeprefix("@")  # links to the bot are made of it
TELEGRAM_API_URL = env.str("TELEGRAM_API_URL", "https://api.telegram.org").rstrip("/")

# ── Webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# A developer's receiver on this machine may be called. Never elsewhere: behind our wall stand doors that trust us.
WEBHOOK_PRIVATE_HOSTS_ALLOWED = env.bool("WEBHOOK_PRIVATE_HOSTS_ALLOWED", False)

# ── Disputes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# Where evidence in disputes may lie: these hosts and what belongs to them. Our staff follow the links.
EVIDENCE_HOSTS = env.list(
    "EVIDENCE_HOSTS",
    default=[
        *("disk.yandex.ru", "disk.yandex.kz", "disk.yandex.by", "yadi.sk", "cloud.mail.ru", "drive.google.com", "docs.google.com"),
        *("photos.google.com", "photos.app.goo.gl", "dropbox.com", "onedrive.live.com", "1drv.ms", "icloud.com", "mega.nz"),
        *("youtube.com", "youtu.be", "vk.com", "vk.ru", "vkvideo.ru", "rutube.ru", "tiktok.com", "instagram.com", "t.me", "vimeo.com"),
        *("imgur.com", "ibb.co", "frame.io", "wetransfer.com", "we.tl"),
    ],
)
