"""Chats of people in Telegram: whom we reach, whom we do not, and who behaves strangely. Codes are never shown, they are not kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog, succeed
from backoffice.lists import Tab
from backoffice.mailbox import words
from backoffice.mailbox.delivery_dialogs import why_field
from backoffice.page import Fact, Page, Panel, Table
from core.audit.models import AuditEntry
from core.mailbox import services
from core.people.models import User
from core.people.policies import staff_can
from core.telegram import care
from core.telegram.models import BindingAttempt, TelegramAccount, TelegramCode
from outbox.channels import TELEGRAM
from outbox.models import Delivery

SEE, CARE = ("moderator", "support"), ("support",)
SHOWN = 15
RECENT = 1_000  # so many of the newest bindings are looked through for people who bind again and again
SUSPICIOUS_TRIES = 3
State = TelegramAccount.State
TONES = {State.ACTIVE: show.GREEN, State.BLOCKED: show.AMBER, State.GONE: show.RED}
FAILED = (Delivery.State.DEAD, Delivery.State.UNCERTAIN)


def again_and_again(rows: QuerySet) -> QuerySet:
    """Of the newest bindings those of people who had another chat before."""
    newest = TelegramAccount.objects.order_by("-id").values("id")[:RECENT]
    before = AuditEntry.objects.filter(actor_id=OuterRef("user_id"), action="TELEGRAM_UNBOUND")
    return rows.filter(Exists(before), id__in=list(newest.values_list("id", flat=True)))


def suspicious(rows: QuerySet) -> QuerySet:
    """Those from whose Telegram wrong codes came several times within the last day, which is how long tries are kept."""
    wrong = BindingAttempt.objects.filter(is_right=False).values("telegram_user_id").annotate(count=Count("id"))
    return rows.filter(telegram_user_id__in=wrong.filter(count__gte=SUSPICIOUS_TRIES).values("telegram_user_id"))


def has_failed(account: TelegramAccount, user: Any) -> bool:
    """Whether a message to this person ended without arriving."""
    return last_failed(account) is not None


class ChatFacts(Confirm):
    def facts(self) -> Sequence[tuple[Any, Any]]:
        return ((_("Person"), show.name(self.row.user)), (_("Chat"), masked_chat(self.row)))


class Unlink(ChatFacts):
    offered = (
        gettext_lazy("The person asked for it: the phone is lost."),
        gettext_lazy("The chat is in wrong hands."),
        gettext_lazy("The person binds another account."),
    )
    reason = why_field()


class ChatAdmin(ReadOnlyAdmin):
    """Moderators look; support helps."""

    see = SEE
    title = gettext_lazy("Telegram")
    icon = "chat"
    tabs = (
        Tab("all", pgettext_lazy("chats", "All"), lambda rows: rows, ("-id",), gettext_lazy("Nobody has linked Telegram yet.")),
        Tab(
            "unreachable",
            pgettext_lazy("chats", "Out of reach"),
            lambda rows: rows.exclude(state=State.ACTIVE),
            ("-id",),
            gettext_lazy("Every linked chat takes our messages."),
        ),
        Tab(
            "again",
            pgettext_lazy("chats", "Bound again"),
            again_and_again,
            ("-id",),
            gettext_lazy("Nobody has bound another chat lately."),
        ),
        Tab(
            "suspicious",
            pgettext_lazy("chats", "Suspicious"),
            suspicious,
            ("-id",),
            gettext_lazy("No wrong codes came from linked chats within a day."),
        ),
    )
    list_display = ("person", "chat", "where", "muted", "failures", "last", "bound")
    search_fields = ("user__email",)
    search_help_text = gettext_lazy("E-mail or id of the person, or the name in Telegram")
    actions_detail = ("resend", "unlink")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        theirs = Delivery.objects.filter(channel=TELEGRAM, recipient_id=OuterRef("user_id")).order_by("-id")
        failed = theirs.filter(state__in=FAILED).order_by().values("recipient_id").annotate(count=Count("id")).values("count")
        return TelegramAccount.objects.select_related(*show.joined("user")).annotate(
            last_sent_at=Subquery(theirs.filter(state="SENT").values("settled_at")[:1]), failed=Subquery(failed)
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By a whole e-mail, id or name."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term[1:]:
            return queryset.filter(user__in=list(User.objects.filter(email__iexact=term).values_list("id", flat=True))), False
        same = self.by_id(queryset.none(), term)
        return (queryset.filter(Q(user_id=term) | Q(id=term)) if same else queryset.filter(username=term.removeprefix("@"))), False

    @display(description=gettext_lazy("Person"))
    def person(self, account: TelegramAccount) -> Any:
        return show.two_lines(show.name(account.user), account.user.get_role_display())

    @display(description=gettext_lazy("Chat"))
    def chat(self, account: TelegramAccount) -> Any:
        return masked_chat(account)

    @display(description=gettext_lazy("State"))
    def where(self, account: TelegramAccount) -> Any:
        return state(account)

    @display(description=gettext_lazy("Muted"))
    def muted(self, account: TelegramAccount) -> Any:
        return muted(account)

    @display(description=gettext_lazy("Failures"))
    def failures(self, account: Any) -> Any:
        return show.badge(account.failed, show.RED) if account.failed else show.NOTHING

    @display(description=gettext_lazy("Last delivery"))
    def last(self, account: Any) -> Any:
        return show.ago(account.last_sent_at)

    @display(description=gettext_lazy("Linked"))
    def bound(self, account: TelegramAccount) -> Any:
        return show.ago(account.bound_at)

    def page(self, request: HttpRequest, account: Any) -> Page:
        return Page(
            heading=show.name(account.user),
            state=state(account),
            subheading=masked_chat(account),
            main=[_parcels(account, request.user), _bindings(account)],
            side=[_facts(account), audit_panel.of(account)],
        )

    # ── Steps ──

    @dialog(
        can=CARE,
        label=gettext_lazy("Send the last one again"),
        icon="replay",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Send the last message that did not arrive again?"),
        form_class=ChatFacts,
        when=has_failed,
    )
    def resend(self, request: HttpRequest, account: TelegramAccount, form: Confirm) -> None:
        failed = last_failed(account)
        if failed is not None:
            self.run(request, services.retry_delivery, failed, done=_("It is on its way again."))

    @dialog(
        can=CARE,
        label=gettext_lazy("Unlink"),
        icon="link_off",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Unlink this chat?"),
        text=gettext_lazy("The person reads in the app that it was unlinked, and can link a chat again. What waits is not sent."),
        form_class=Unlink,
    )
    def unlink(self, request: HttpRequest, account: TelegramAccount, form: Confirm) -> str:
        care.unlink_for(account.pk, by=request.user, reason=form.cleaned_data["reason"])
        succeed(request, _("The chat is unlinked, and the person is told."))
        return show.list_url(TelegramAccount)


def last_failed(account: TelegramAccount) -> int | None:
    """The newest message to this person that ended without arriving."""
    theirs = Delivery.objects.filter(channel=TELEGRAM, recipient_id=account.user_id, state__in=services.ENDED)
    found: int | None = theirs.order_by("-id").values_list("id", flat=True).first()
    return found


def masked_chat(account: TelegramAccount) -> str:
    """As much of the chat as tells two of them apart."""
    number = f"•••{str(account.chat_id)[-3:]}"
    return f"@{account.username[:2]}••• · {number}" if account.username else number


def state(account: TelegramAccount) -> Any:
    """Whether the chat takes messages."""
    return show.badge(account.get_state_display(), TONES.get(account.state, show.GREY))  # type: ignore[attr-defined,call-overload]


def muted(account: TelegramAccount) -> Any:
    """Whether the person has muted us, and until when."""
    if not account.is_muted_at(timezone.now()):
        return show.NOTHING
    return show.until(account.muted_until) if account.muted_until else show.badge(_("muted"), show.AMBER)


def _facts(account: Any) -> Panel:
    return Panel(
        _("Chat"),
        facts=[
            Fact(_("Person"), show.person(account.user, linked=True)),
            Fact(_("Chat"), masked_chat(account)),
            Fact(_("State since"), show.exact(account.state_changed_at)),
            Fact(_("Linked"), show.exact(account.bound_at)),
            Fact(_("Muted"), muted(account)),
            Fact(_("Last delivery"), show.ago(account.last_sent_at)),
            Fact(_("Failures"), account.failed or 0),
        ],
    )


def _parcels(account: TelegramAccount, user: Any) -> Panel:
    newest = Delivery.objects.filter(channel=TELEGRAM, recipient_id=account.user_id).order_by("-id")[:SHOWN]
    opens = staff_can(user, "support", "engineer")
    rows = [
        (
            show.inside(each, words.type_label(each.type)) if opens else words.type_label(each.type),
            words.state(each),
            words.code(each.reason),
            show.ago(each.created_at),
        )
        for each in newest
    ]
    headings = (_("What"), _("State"), _("Cause"), _("Written"))
    return Panel(_("Messages"), table=Table(headings, rows, empty=_("Nothing was sent there yet.")))


def _bindings(account: TelegramAccount) -> Panel:
    """Tries from this Telegram and codes of this person, within the day that they are kept. Never the codes themselves."""
    day = timezone.now() - timedelta(days=1)
    tries = [
        (each.at, _("A code was right") if each.is_right else _("A wrong code came"), show.GREEN if each.is_right else show.RED)
        for each in BindingAttempt.objects.filter(telegram_user_id=account.telegram_user_id, at__gt=day).order_by("-at")[:SHOWN]
    ]
    codes = [
        (each.created_at, _("A code was asked for"), show.GREY)
        for each in TelegramCode.objects.filter(user_id=account.user_id, created_at__gt=day).order_by("-created_at")[:SHOWN]
    ]
    found = sorted([*tries, *codes], key=lambda each: each[0], reverse=True)[:SHOWN]
    rows = [(show.badge(text, tone), show.exact(at)) for at, text, tone in found]
    return Panel(_("Tries to link"), table=Table((_("What"), _("When")), rows, empty=_("Nobody has tried within a day.")))
