"""Secrets are shown once: in the dialog that made them, in no message, address, session or log."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise


def shown_once(request: HttpRequest, *, title: str | Promise, text: str | Promise, secret: str, address: str) -> HttpResponse:
    """The dialog with the secret in it, which leads to the address when it has been put away."""
    context: dict[str, Any] = {"title": title, "text": text, "secret": secret, "address": address}
    response = render(request, "backoffice/secret.html", context)
    response["HX-Retarget"] = response["HX-Reselect"] = "#dialog"
    response["Cache-Control"] = "no-store"
    return response
