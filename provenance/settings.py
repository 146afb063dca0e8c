"""All settings, read from the environment; secrets may come from files (NAME_FILE)."""

from pathlib import Path
from typing import Any

from provenance import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.flag("RAGLEDGER_DEBUG")

# --- Secrets -----------------------------------------------------------------------------------
SECRET_KEY = env.required("RAGLEDGER_SECRET_KEY")
# Wraps every data key (AES-KW). Losing it makes all sealed text unreadable for ever.
KEY_ENCRYPTION_KEY = env.secret_bytes("RAGLEDGER_KEK", length=32)
# The one before it, while `manage.py rotate_key_encryption_key` wraps the data keys anew.
OLD_KEY_ENCRYPTION_KEY = env.secret_bytes_if("RAGLEDGER_OLD_KEK", length=32)
# Keys the hashes that stand in events in place of text; it must outlive the log.
HASH_KEY = env.secret_bytes("RAGLEDGER_HASH_KEY", length=32)
# Signs checkpoints (Ed25519 seed). Only the sequencer needs it; without it nothing is sealed.
LOG_SIGNING_KEY = env.secret_bytes_if("RAGLEDGER_LOG_SIGNING_KEY", length=32)
# Rotations put newer keys beside this file.
LOG_SIGNING_KEY_FILE = env.optional("RAGLEDGER_LOG_SIGNING_KEY_FILE")

# --- Database: the web role serves, the owner migrates -------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.database(env.required("DATABASE_URL")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    },
}
# Only what migrates is given the owner's password.
if owner_url := env.optional("DATABASE_OWNER_URL"):
    DATABASES["owner"] = env.database(owner_url)
    DATABASES["owner"]["OPTIONS"] |= {"application_name": "ragledger-owner"}
# Statements on the driver's own cursor (eventstore/driver.py) are prepared at their third use.
DATABASES["default"]["OPTIONS"] |= {"application_name": "ragledger", "prepare_threshold": 2}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis and Celery: the log is the queue, Redis only rings the bell ---------------------------
REDIS_URL = env.required("REDIS_URL")
# redis-py and Celery write the address of a socket differently.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A bell that cannot be rung at once is not rung: it is due again soon.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_keepalive": True,
    "health_check_interval": 10,
    "socket_connect_timeout": 5,
    "socket_timeout": 5,
    "max_retries": 0,
}

# --- Applications ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "provenance.sealing",
    "provenance.eventstore",
    "provenance.integrity",
    "provenance.projections",
    "provenance.accounts",
    "provenance.backups",
    "ingestion",
    "retrieval",
    "retrieval.recording",
    "provenance.history",
    "provenance.review",
    "provenance.cases",
    "provenance.impact",
    "provenance.coverage",
    "provenance.exports",
    "provenance.finding",
    "provenance.readers",
    "provenance.api",
    "provenance.pages",
    "provenance.embedded",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "provenance.pages.security.PageSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "provenance.pages.released.ReleasedContents",
]
ROOT_URLCONF = "provenance.urls"
WSGI_APPLICATION = "provenance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every page holds texts; none has to load what translates them.
            "builtins": ["django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "provenance.pages.alarms.log_alarm",
            ],
        },
    },
]

# --- People, sessions, hosts -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ALLOWED_HOSTS = env.names("RAGLEDGER_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.optional("RAGLEDGER_BASE_URL", f"http://127.0.0.1:{env.integer('PORT', 8000)}")
CSRF_TRUSTED_ORIGINS = env.names("RAGLEDGER_TRUSTED_ORIGINS")
SECURE_COOKIES = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Logs: to the terminal, warnings and worse; Django alone would keep them to itself ------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "provenance.link_secrets.WithoutSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "terminal": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_secrets"],
        }
    },
    "root": {"handlers": ["terminal"], "level": "WARNING"},
    # A request that was refused is no event of the server.
    "loggers": {"django.request": {"level": "ERROR"}},
}

# --- Language, time, static files --------------------------------------------------------------
# One language so far, so no request has to choose; docs/translation.md says how to add another.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# To look every text up in an empty catalogue costs a trace a quarter of its time.
USE_I18N = len(LANGUAGES) > 1
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.optional("RAGLEDGER_STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

# --- The product's own settings ----------------------------------------------------------------
RAGLEDGER_HOME = Path(env.optional("RAGLEDGER_HOME", str(BASE_DIR / ".ragledger")))
LOG_SOURCE = env.optional("RAGLEDGER_LOG_SOURCE", "/ragledger")
# The log's name on its checkpoints, fixed at the first one; by default made from its key.
LOG_ORIGIN = env.optional("RAGLEDGER_LOG_ORIGIN")
CHECKPOINT_SECONDS = env.integer("RAGLEDGER_CHECKPOINT_SECONDS", 2)
# Who cosigns checkpoints, each `address verifier-key`; where checkpoints are kept outside.
WITNESSES = [tuple(each.split()) for each in env.names("RAGLEDGER_WITNESSES")]
ANCHOR_FOLDER = env.optional("RAGLEDGER_ANCHOR_FOLDER")
ANCHOR_WEBHOOK = env.optional("RAGLEDGER_ANCHOR_WEBHOOK")
ANCHOR_BUCKET = env.optional("RAGLEDGER_ANCHOR_BUCKET")
ANCHOR_BUCKET_DAYS = env.integer("RAGLEDGER_ANCHOR_BUCKET_DAYS", 3650)
# Who stamps checkpoints (RFC 3161), and a PEM file of the roots that its certificate leads to.
TIMESTAMP_URL = env.optional("RAGLEDGER_TIMESTAMP_URL")
TIMESTAMP_ROOTS = env.optional("RAGLEDGER_TIMESTAMP_ROOTS")
# An anchor is given the newest checkpoint at most once in so many seconds.
ANCHOR_SECONDS = env.integer("RAGLEDGER_ANCHOR_SECONDS", 60)
# Who is told of stale answers, each `application address secret`; `*` is every application.
WEBHOOKS = env.names("RAGLEDGER_WEBHOOKS")
# Whether a webhook may be on this machine, and without https.
WEBHOOKS_LOOPBACK = env.flag("RAGLEDGER_WEBHOOKS_LOOPBACK")
# A retrieval without an output, or a gap in an application's count, is missing once it is older.
COVERAGE_GRACE_MINUTES = env.integer("RAGLEDGER_COVERAGE_GRACE_MINUTES", 15)
# Coverage alarms below this, and when it falls so many points below what is usual.
COVERAGE_LEAST_PER_CENT = env.integer("RAGLEDGER_COVERAGE_LEAST_PER_CENT", 90)
COVERAGE_DROP_POINTS = env.integer("RAGLEDGER_COVERAGE_DROP_POINTS", 10)
VERIFY_WHOLE_HOURS = env.integer("RAGLEDGER_VERIFY_WHOLE_HOURS", 24)
VERIFY_SAMPLES_MINUTES = env.integer("RAGLEDGER_VERIFY_SAMPLES_MINUTES", 60)
EMBEDDING_MODEL = env.optional("RAGLEDGER_EMBEDDING_MODEL", "minilm")
# Whether a second administrator has to agree before searches use another index generation.
FOUR_EYES_ACTIVATION = env.flag("RAGLEDGER_FOUR_EYES_ACTIVATION")
FOUR_EYES_SIGN_OFF = env.flag("RAGLEDGER_FOUR_EYES_SIGN_OFF")
OPENAI_BASE_URL = env.optional("RAGLEDGER_OPENAI_BASE_URL", "https://api.openai.com/v1")
OPENAI_API_KEY = env.optional("RAGLEDGER_OPENAI_API_KEY")
MAX_DOCUMENT_BYTES = env.integer("RAGLEDGER_MAX_DOCUMENT_BYTES", 25 * 1024 * 1024)
MAX_PROMPT_BYTES = env.integer("RAGLEDGER_MAX_PROMPT_BYTES", 4 * 1024 * 1024)
MAX_OUTPUT_BYTES = env.integer("RAGLEDGER_MAX_OUTPUT_BYTES", 1024 * 1024)
MAX_QUERY_BYTES = env.integer("RAGLEDGER_MAX_QUERY_BYTES", 32 * 1024)
MAX_METADATA_BYTES = env.integer("RAGLEDGER_MAX_METADATA_BYTES", 16 * 1024)
MAX_PROMPT_RETRIEVALS = env.integer("RAGLEDGER_MAX_PROMPT_RETRIEVALS", 50)
EXTRACTION_SECONDS = env.integer("RAGLEDGER_EXTRACTION_SECONDS", 20)
EXTRACTION_MEMORY_BYTES = env.integer("RAGLEDGER_EXTRACTION_MEMORY_BYTES", 512 * 1024 * 1024)
# How formats are read that can be read in several ways: all of an HTML page or its content without
# menus, headers and footers; the text of a PDF in its flow or in its layout.
HTML_TEXT = env.one_of("RAGLEDGER_HTML_TEXT", ("page", "content"))
PDF_TEXT = env.one_of("RAGLEDGER_PDF_TEXT", ("flow", "layout"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * MAX_DOCUMENT_BYTES

# --- The HTTP API ------------------------------------------------------------------------------
# Requests a minute for each key; 0 sets no limit.
RATE_LIMIT_PER_MINUTE = env.integer("RAGLEDGER_RATE_LIMIT_PER_MINUTE", 0)
SPECTACULAR_SETTINGS = {
    "TITLE": "RAGLedger",
    "DESCRIPTION": "Proves where every answer of a RAG application came from.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
}
