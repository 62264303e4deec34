"""Every page for every role: it opens when the menu has it, speaks Russian, and asks the database the same however long the list."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.people.policies import CAPABILITIES
from tests.backoffice.pages import MODAL, admins, client_of, list_url, page_url, seen
from tests.backoffice.whole.scene import Scene

QUERIES_MAX = 12
# What is Latin in Russian too: names of platforms, of standards, of zones.
LATIN = {"ID", "UTC", "Telegram", "TikTok", "Instagram", "Reels", "YouTube", "Shorts", "VK", "IBAN", "mail", "UGC", "Br"}
ROLES = (*CAPABILITIES, "superuser", "nobody")

SEES = {
    "job": {"moderator", "support"},
    "verification": {"moderator", "support"},
    "report": {"moderator"},
    "dispute": {"moderator", "finance", "finance_approver", "support"},
    "user": {"moderator", "support"},
    "payout": {"finance", "finance_approver", "support"},
    "topup": {"finance", "finance_approver", "support"},
    "adjustment": {"finance", "finance_approver"},
    "escrow": {"finance", "finance_approver", "support"},
    "account": {"finance", "finance_approver"},
    "ledgerentry": {"finance", "finance_approver"},
    "commissionrule": {"finance", "finance_approver"},
    "limit": {"finance", "finance_approver"},
    "telegramaccount": {"moderator", "support"},
    "channel": {"engineer"},
    "delivery": {"engineer", "support"},
    "event": {"engineer"},
    "consumer": {"engineer"},
    "endpoint": {"engineer"},
    "auditentry": {"moderator", "finance", "finance_approver", "support", "engineer"},
}


def browser(scene: Scene, role: str) -> Any:
    if role == "superuser":
        return client_of(scene.superuser())
    return client_of(scene.world.staff() if role == "nobody" else scene.staff[role])


def opens_to(role: str, name: str) -> bool:
    return role == "superuser" or role in SEES[name]


def test_the_table_of_rights_names_every_list():
    assert set(SEES) == set(admins())


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_has_a_list_exactly_when_its_pages_open(scene, role):
    client = browser(scene, role)
    menu = client.get("/backoffice/").content.decode()

    for name, rows in scene.rows().items():
        allowed = opens_to(role, name)
        assert (f'href="{list_url(name)}"' in menu) is allowed, name
        assert client.get(list_url(name)).status_code == (200 if allowed else 403), name
        if name != "auditentry" or role in ("superuser", "nobody"):
            assert client.get(page_url(rows[0])).status_code == (200 if allowed else 403), name


def test_nobody_gets_anywhere_without_signing_in(scene, client):
    for name, rows in scene.rows().items():
        for address in (list_url(name), page_url(rows[0])):
            response = client.get(address)
            assert response.status_code == 302
            assert response["Location"].startswith("/backoffice/login/")


def test_what_does_not_exist_is_404_and_the_page_says_so(scene):
    client = browser(scene, "superuser")

    for name in admins():
        for wrong in ("01990000-0000-7000-8000-00000000dead", "999999999999", "x"):
            response = client.get(f"{list_url(name)}{wrong}/change/")
            assert response.status_code == 404, (name, wrong)
    assert "Такой страницы нет" in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_and_dialog_speaks_russian_and_leads_nowhere_forbidden(scene, role):
    client = browser(scene, role)
    foreign: set[tuple[str, str]] = set()
    forbidden: set[tuple[str, str]] = set()
    opened: set[str] = set()

    for address in pages_of(scene, role):
        response = client.get(address)
        assert response.status_code == 200, address
        page = response.content.decode()
        dialogs = {kind_of(dialog): dialog for dialog in dialogs_on(page)}
        for kind in dialogs.keys() - opened:
            dialog = client.get(dialogs[kind], headers=MODAL)
            assert dialog.status_code == 200, dialogs[kind]
            foreign |= {(kind, word) for word in latin_words(seen(dialog))}
        opened |= dialogs.keys()
        foreign |= {(address, word) for word in latin_words(seen(response))}
        forbidden |= {(address, name) for name in lists_linked(page) if not opens_to(role, name)}

    assert foreign == set()
    assert forbidden == set()
    assert opened or role in ("nobody", *LOOKS_ON)


# Who has lists and, in this scene, no step to take in them.
LOOKS_ON: tuple[str, ...] = ()


def pages_of(scene: Scene, role: str) -> list[str]:
    """The dashboard, every tab of every list, and every row's page. A narrowed list can be kept as a view."""
    addresses = ["/backoffice/", "/backoffice/password_change/"]
    for name, rows in scene.rows().items():
        if not opens_to(role, name):
            continue
        admin = admins()[name]
        addresses += [f"{list_url(name)}?tab={tab.key}" for tab in admin.tabs] or [list_url(name)]
        addresses += [f"{list_url(name)}?q=чай"] if admin.search_fields else []
        if name == "auditentry" and role != "superuser":
            continue
        addresses += [page_url(row) for row in rows]
    return addresses


def dialogs_on(page: str) -> list[str]:
    """The dialogs that the page opens. A step for many rows opens with the first one marked."""
    first = re.search(r'class="bo-pick" name="row" value="([^"]+)"', page)
    found = [unescape(address) for address in re.findall(r'hx-get="(/backoffice/[^"]+)"', page) if "/search/" not in address]
    with_rows = {unescape(address) for address in re.findall(r'hx-get="([^"]+)" hx-include="\.bo-pick', page)}
    return [f"{address}?row={first[1]}" if address in with_rows and first else address for address in found]


def kind_of(address: str) -> str:
    """The dialog, whichever row it is about: each kind is opened once per role."""
    return re.sub(r"/[0-9a-f-]{36}/|/\d+/", "/*/", address.split("?", maxsplit=1)[0])


def lists_linked(page: str) -> set[str]:
    """The lists to which links of the page lead, or to whose rows."""
    return {name for name in re.findall(r'href="/backoffice/\w+/(\w+)/', page) if name in SEES}


def latin_words(text: str) -> set[str]:
    """Words of ours that nobody translated. Addresses, identifiers and references of people's own are no words."""
    words = set()
    for token in re.findall(r"\S+", text):
        if re.search(r"[@/\d•]|^UGC-", token):
            continue
        words |= {word for word in re.findall(r"[A-Za-z_]{2,}", token) if word not in LATIN}
    return words


def test_dialogs_and_links_of_a_page_are_noticed():
    page = """<a href="/backoffice/core/payout/7/change/?tab=x" hx-get="/backoffice/core/job/7/approve/?a=1&amp;b=2">
        <input class="bo-pick" name="row" value="5~6"><button hx-get="/backoffice/core/job/many/" hx-include=".bo-pick:checked">"""

    assert dialogs_on(page) == ["/backoffice/core/job/7/approve/?a=1&b=2", "/backoffice/core/job/many/?row=5~6"]
    assert kind_of("/backoffice/core/job/7/approve/?a=1") == "/backoffice/core/job/*/approve/"
    assert lists_linked(page) == {"payout"}


def test_a_stored_value_and_an_english_word_are_noticed():
    page = "Состояние PENDING, ещё Approved; job@example.com 01a2-ff UGC-ABCDEF TikTok и price_quote"

    assert latin_words(page) == {"PENDING", "Approved", "price_quote"}


@pytest.mark.parametrize("name", sorted(SEES))
def test_a_list_asks_the_same_of_the_database_however_long_it_is(scene, name):
    client = browser(scene, "superuser")
    admin = admins()[name]
    address = list_url(name)
    client.get(address)

    whole = asked(client, address)
    shorter, admin.list_per_page = admin.list_per_page, 1
    try:
        single = asked(client, address)
    finally:
        admin.list_per_page = shorter

    assert whole == single
    assert whole <= QUERIES_MAX


def test_a_page_of_a_row_stays_within_its_budget(scene):
    client = browser(scene, "superuser")
    client.get("/backoffice/")

    for rows in scene.rows().values():
        for row in rows:
            assert asked(client, page_url(row)) <= QUERIES_MAX, row


def asked(client: Any, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


BROKEN = (
    *("p=99", "p=0", "p=x", "before=x", "before=-1", "before=99999999999999999999", "e=1", "tab=none", "account=x", "account=0"),
    *("status__exact=%00", "q=%00", "q=%25", "nonsense=1", "created_at_from=x", "niche__exact=NONE", "_facets=1", "all="),
)


def test_a_broken_filter_is_refused_without_an_error(scene):
    client = browser(scene, "superuser")

    for name in admins():
        for query in BROKEN:
            assert client.get(f"{list_url(name)}?{query}").status_code in (200, 302), (name, query)
