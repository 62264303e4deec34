"""Wallets and the other accounts: what they hold, and the movements that it comes from. Read, and nothing else."""

from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import entries, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel, Table
from core.money.models import Account, LedgerEntry
from core.people.policies import staff_can

SHOWN = 50


def _tab(key: str, title: Any, *kinds: str, filled: bool = False) -> Tab:
    def rows(accounts: QuerySet) -> QuerySet:
        chosen = accounts.filter(kind__in=kinds)
        return chosen.filter(balance_cents__gt=0) if filled else chosen

    return Tab(
        key, title, rows, ("-balance_cents", "-id"), gettext_lazy("There is no such account. A wallet is opened by its first movement.")
    )


class AccountAdmin(ReadOnlyAdmin):
    """Where money is."""

    see = ("finance", "finance_approver")
    title = gettext_lazy("Wallets and accounts")
    icon = "account_balance_wallet"
    tabs = (
        _tab("brands", pgettext_lazy("tab", "Brands"), "BRAND"),
        _tab("creators", pgettext_lazy("tab", "Creators"), "CREATOR"),
        _tab("held", pgettext_lazy("tab", "Held"), "ESCROW", "PAYOUT_HOLD", filled=True),
        _tab("platform", pgettext_lazy("tab", "Platform"), *Account.UNLIMITED),
    )
    list_display = ("owner_name", "kind_text", "currency_text", "opened", "balance")
    list_filter = (filters.choice("currency", gettext_lazy("Currency")),)
    search_fields = ("owner__brand_profile__company_name", "owner__creator_profile__display_name")
    search_help_text = gettext_lazy("Company, creator's name, or id of the owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Account.objects.select_related(*show.joined("owner"), "escrow__job", "payout__creator__creator_profile")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        found = self.by_id(Account.objects.none(), search_term)
        if found is not None:
            return queryset.filter(owner_id=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Owner"))
    def owner_name(self, account: Account) -> Any:
        return owner_text(account)

    @display(description=gettext_lazy("Account"))
    def kind_text(self, account: Account) -> Any:
        return account.get_kind_display()

    @display(description=gettext_lazy("Currency"))
    def currency_text(self, account: Account) -> Any:
        return account.get_currency_display()

    @display(description=gettext_lazy("Opened"))
    def opened(self, account: Account) -> Any:
        return show.ago(account.created_at)

    @display(description=gettext_lazy("Balance"))
    def balance(self, account: Account) -> Any:
        return show.amount(account.balance_cents, account.currency) if account.is_limited else _("on its page")

    def page(self, request: HttpRequest, account: Account) -> Page:
        moved = list(entries.of_account(account).select_related(*entries.WITH_ENDS)[:SHOWN])
        sums = _sums(account)
        came, went = sums["came"] or 0, sums["went"] or 0
        balance = account.balance_cents if account.is_limited else came - went
        headings = (_("When"), _("What"), _("Other side"), _("Amount"), _("Balance after"))
        empty = _("Nothing has moved here. The first movement opens the statement.")
        return Page(
            heading=show.amount(balance, account.currency),
            state=_check(account, came - went),
            subheading=owner_text(account),
            main=[
                Panel(
                    _("Statement"),
                    table=Table(headings, entries.signed_lines(moved, account), empty=empty, numbers=(3, 4)),
                    more=_more(account, moved),
                )
            ],
            side=[_facts(account, came, went, balance, request.user)],
        )


def owner_text(account: Account) -> Any:
    """Whose money it is, or what it is held for."""
    if account.owner_id:
        return show.name(account.owner)
    if account.kind == Account.Kind.ESCROW and hasattr(account, "escrow"):
        return account.escrow.job.title
    if account.kind == Account.Kind.PAYOUT_HOLD and hasattr(account, "payout"):
        return show.name(account.payout.creator)
    return _("The marketplace")


def _sums(account: Account) -> dict[str, int | None]:
    return LedgerEntry.objects.filter(Q(from_account=account) | Q(to_account=account)).aggregate(
        came=Sum("amount_cents", filter=Q(to_account=account)), went=Sum("amount_cents", filter=Q(from_account=account))
    )


def _check(account: Account, summed: int) -> Any:
    """Whether the balance that is kept equals the sum of the movements."""
    if not account.is_limited:
        return show.badge(_("Sum of movements"))
    if account.balance_cents == summed:
        return show.badge(_("Agrees with the ledger"), show.GREEN)
    return show.badge(_("Differs from the ledger"), show.RED)


def _facts(account: Account, came: int, went: int, balance: int, user: Any) -> Panel:
    linked = staff_can(user, "moderator", "support")
    held_for: list[Fact] = []
    if hasattr(account, "escrow"):
        held_for = [Fact(_("Deal"), show.inside(account.escrow, account.escrow.job.title))]
    if hasattr(account, "payout"):
        held_for = [Fact(_("Payout"), show.inside(account.payout, show.name(account.payout.creator)))]
    return Panel(
        _("Account"),
        facts=[
            Fact(_("Owner"), show.person(account.owner, linked=linked) if account.owner_id else owner_text(account)),
            *held_for,
            Fact(_("Account"), account.get_kind_display()),
            Fact(_("Currency"), account.get_currency_display()),
            Fact(_("Came in"), show.amount(came, account.currency)),
            Fact(_("Went out"), show.amount(went, account.currency)),
            Fact(_("Balance"), show.amount(balance, account.currency)),
            Fact(_("Opened"), show.exact(account.created_at)),
        ],
    )


def _more(account: Account, moved: list[LedgerEntry]) -> str:
    return show.list_url(LedgerEntry, account=account.pk) if len(moved) == SHOWN else ""
