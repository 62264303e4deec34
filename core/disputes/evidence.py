"""Links to evidence: http or https, at a listed host, because our staff follow them."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.base.errors import Invalid
from core.base.links import LINK_LENGTH_MAX, validate_link
from core.base.texts import visible
from core.disputes.models import TEXT_MAX, DisputeMessage, EvidenceLink

TEXT_MIN = 3
LINKS_MAX = DisputeMessage.LINKS_MAX
# Nothing that a browser reads otherwise than we do: of `https://elsewhere.example\\.drive.google.com` it opens the first part.
PLAIN_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def read_text(name: str, text: str, *, required: bool = True) -> str:
    """The text, trimmed: 3 to 2,000 characters, or nothing where it is not required. Raises Invalid, under this name."""
    trimmed = visible(text)
    if not trimmed and not required:
        return ""
    if not TEXT_MIN <= len(trimmed) <= TEXT_MAX:
        raise Invalid({name: [_("Write {low} to {high} characters.").format(low=TEXT_MIN, high=TEXT_MAX)]})
    return trimmed


def read_links(links: Sequence[str]) -> list[EvidenceLink]:
    """The links as rows to be stored, in their order, each with its host. Raises Invalid with every fault at once."""
    if not 1 <= len(links) <= LINKS_MAX:
        raise Invalid({"links": [_("Give from 1 to {highest} links.").format(highest=LINKS_MAX)]})
    trimmed = [link.strip() for link in links]
    if fields := dict(_faults(trimmed)):
        raise Invalid(fields)
    return [EvidenceLink(position=place, url=link, host=host_of(link)) for place, link in enumerate(trimmed)]


def host_of(link: str) -> str:
    """The host that the link leads to, in lower case."""
    return (urlsplit(link).hostname or "").lower().rstrip(".")


def listed(host: str) -> bool:
    """Whether this host, or one that it belongs to, is on the list of the settings."""
    if not PLAIN_HOST.fullmatch(host):
        return False
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in settings.EVIDENCE_HOSTS)


def _faults(links: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for place, link in enumerate(links):
        if len(link) > LINK_LENGTH_MAX:
            yield f"links.{place}", [_("Write at most {longest} characters.").format(longest=LINK_LENGTH_MAX)]
            continue
        try:
            validate_link(link)
        except ValidationError as refused:
            yield f"links.{place}", refused.messages
            continue
        if not listed(host_of(link)):
            allowed = ", ".join(settings.EVIDENCE_HOSTS)
            yield f"links.{place}", [_("Evidence is accepted from known hosts alone: {allowed}.").format(allowed=allowed)]
