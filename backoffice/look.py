"""How the backoffice looks: its name, colour and style sheet. Settings name these functions as strings."""

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext

PRIMARY = {
    "50": "oklch(96.2% .018 272.314)",
    "100": "oklch(93% .034 272.788)",
    "200": "oklch(87% .065 274.039)",
    "300": "oklch(78.5% .115 274.713)",
    "400": "oklch(67.3% .182 276.935)",
    "500": "oklch(58.5% .233 277.117)",
    "600": "oklch(51.1% .262 276.966)",
    "700": "oklch(45.7% .24 277.023)",
    "800": "oklch(39.8% .195 277.366)",
    "900": "oklch(35.9% .144 278.697)",
    "950": "oklch(25.7% .09 281.288)",
}


def title(request: HttpRequest) -> str:
    """What stands over the menu and in the browser's tab."""
    return gettext("Marketplace backoffice")


def primary(request: HttpRequest) -> dict[str, str]:
    """The shades of the brand's colour. A copy, since unfold writes into what it gets."""
    return dict(PRIMARY)


def style(request: HttpRequest) -> str:
    """The address of our own style sheet."""
    return static("backoffice/backoffice.css")


def icon(request: HttpRequest) -> str:
    """The address of the icon in the browser's tab."""
    return static("backoffice/icon.svg")


def environment(request: HttpRequest) -> tuple[str, str] | None:
    """Where one is, as a mark on every page: real money is red, the sandbox with its movable clock orange, a developer's machine blue."""
    if settings.SANDBOX:
        return gettext("Sandbox"), "warning"
    return (gettext("Development"), "info") if settings.DEBUG else (gettext("Production"), "danger")


def environment_prefix(request: HttpRequest) -> str:
    """The same before the title of the browser's tab, where it is not the real thing."""
    return f"{gettext('Sandbox')} ·" if settings.SANDBOX else ""
