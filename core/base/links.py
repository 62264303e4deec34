"""Links that people give us: http and https alone, of bounded length, checked again by the database."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.base.texts import TURNERS

LINK_LENGTH_MAX = 2_000
LINK_SHAPE = r"^https?://[^\s/@]+([/?#]\S*)?$"
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def validate_link(link: str) -> None:
    """The link is http or https, has a host, and hides neither credentials nor control characters. Raises ValidationError."""
    refusal = ValidationError(_("Enter a link that begins with http:// or https://."), code="invalid")
    if _CONTROL.search(link) or TURNERS.intersection(link) or not re.match(LINK_SHAPE, link, re.IGNORECASE):
        raise refusal
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError as malformed:
        raise refusal from malformed
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.username or port == 0:
        raise refusal


class LinkField(models.CharField):
    """A link that may be shown to other people. The table that holds it adds `link_check`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LINK_LENGTH_MAX)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_link]


def link_check(field: str, *, name: str, blank: bool = False) -> models.CheckConstraint:
    """The database's own word: the column holds an http or https link (or is empty, where that is allowed)."""
    shape = models.Q(**{f"{field}__iregex": LINK_SHAPE})
    return models.CheckConstraint(condition=shape | models.Q(**{field: ""}) if blank else shape, name=name)
