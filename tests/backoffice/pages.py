"""How tests read pages: who opens them, which there are, and what a person sees on them."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

from backoffice.site import site
from core.base.errors import Refusal
from core.people.models import User

SILENT = ("script", "style", "title", "kbd")
SEEN = ("placeholder", "aria-label", "alt", "data-label", "title")
WORDLESS = ("material-symbols-outlined", "bo-raw")  # icons, and what other programs call a thing
VOID = ("input", "link", "meta", "br", "hr", "img")
MODAL = {"HX-Request": "true"}


def client_of(user: User, **options: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Reader(HTMLParser):
    """Collects what a person sees: texts, and what screen readers say. Names of icons are not texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        self.texts += [known[name] or "" for name in SEEN if name in known]
        if tag not in VOID and (self.hidden or tag in SILENT or any(name in (known.get("class") or "") for name in WORDLESS)):
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and self.hidden[-1] == tag:
            self.hidden.pop()

    def handle_data(self, text: str) -> None:
        if not self.hidden and text.strip():
            self.texts.append(text.strip())


def seen(response: Any) -> str:
    """Everything that a person sees on the page."""
    reader = Reader()
    reader.feed(response.content.decode())
    return "\n".join(reader.texts)


def room_of(name: str) -> str:
    """Which application keeps the rows of this list."""
    return next(model._meta.app_label for model in site._registry if model._meta.model_name == name)


def list_url(name: str) -> str:
    return reverse(f"admin:{room_of(name)}_{name}_changelist")


def page_url(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def dialog_url(row: Any, action: str, **query: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk], query=query or None)


def admins() -> dict[str, Any]:
    """The admin of every list, by the name of its model."""
    return {model._meta.model_name: admin for model, admin in site._registry.items()}


def words(refusal: Refusal) -> str:
    """What the refusal says in Russian."""
    with translation.override("ru"):
        return refusal.text()
