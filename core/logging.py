"""Log lines: JSON on standard error, each with the request id, none with a person's data."""

import re
from typing import Any

import structlog

from core.base import trace

# What an exception or a library may quote. A log is read by more people than the database is.
PERSONAL = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[email]"),
    (re.compile(r"\b(?:mk_|ugc_out_|whsec_)[\w+/-]{8,}"), "[token]"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
    (re.compile(r"\d{6,}:[\w-]{30,}"), "[bot token]"),
    (re.compile(r"(?<!\w)\+\d[\d ()-]{8,17}\d|(?<![\w.-])[78]\d{10}(?![\w.-])"), "[telephone]"),
    (re.compile(r"(?<![\w.-])(?:\d{4}[ -]){3}\d{1,7}(?![\w.-])|(?<![\w.-])\d{13,19}(?![\w.-])"), "[card]"),
    (re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"), "[iban]"),
)
# What a line may say. A field that is not here is left out, and its name stands under `dropped`: whoever adds one thinks first.
FIELDS = frozenset(
    {
        *("event", "level", "logger", "timestamp", "request_id", "first_request_id", "exception", "stack", "status_code", "dropped"),
        *("attempt", "code", "count", "duration_ms", "error", "kind", "method", "path", "reason", "seconds", "state", "status", "type"),
        *("delivery_id", "event_id", "letter_id", "run_id", "subject_id", "timer_id", "update_id", "endpoint_id"),
        *("channel", "chat", "consumer", "detail", "hint", "position", "process", "queue", "unsent", "version", "worker"),
        *("identity", "subject", "found"),  # a fault of the ledger: which rule, of which account, and by how much
        "text",  # only what the console says instead of a bot, and only with DEBUG
    }
)
# Fields that other libraries hang on a record: a request, its arguments and headers are not for the log.
KEPT_EXTRA = frozenset({"status_code"})


class JSONFormatter(structlog.stdlib.ProcessorFormatter):
    """Makes one JSON line of any record. Needs no settings, so that what runs before Django can name it: core/launch/granian.json."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=KEPT_EXTRA), *SHARED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *LAST],
        )


def logging_configuration(level: str) -> dict[str, Any]:
    """What Django's LOGGING is: every logger, ours and others', ends in one JSON line."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JSONFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},  # a refusal is an answer, not news
            # Without a handler of its own the consumer adds another format. A line for each task that went well is no news.
            "huey": {"handlers": ["console"], "propagate": False, "level": "WARNING"},
            "huey.consumer": {"level": level},
            "httpx": {"level": "WARNING"},  # it writes whole URLs, and Telegram's hold the bot's token
            "axes": {"level": "WARNING"},
            "telegram": {"level": "WARNING"},  # its details are what people write
        },
    }


def set_up_structlog() -> None:
    """Loggers of structlog end where those of the standard library do."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def add_request_id(logger: object, method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """The line names the call it belongs to, if there is one."""
    if request_id := trace.request_id():
        line.setdefault("request_id", request_id)
    return line


def keep_fields(logger: object, method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """The line says nothing that is not on the list of fields."""
    unknown = sorted(name for name in line if name not in FIELDS)
    for name in unknown:
        del line[name]
    if unknown:
        line["dropped"] = unknown
    return line


def forget_personal(logger: object, method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """No text of the line holds an e-mail address, a token, a card, a telephone or an IBAN."""
    for name, value in line.items():
        if isinstance(value, str) and name not in ("timestamp", "request_id"):
            line[name] = without_personal(value)
    return line


def without_personal(text: str) -> str:
    """The text with a kind in place of each thing that belongs to a person."""
    for shape, kind in PERSONAL:
        text = shape.sub(kind, text)
    return text


SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_request_id,
]
LAST: list[structlog.types.Processor] = [
    structlog.processors.format_exc_info,
    keep_fields,
    forget_personal,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]
