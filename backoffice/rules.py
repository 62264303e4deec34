"""Commission and limits: what is in force, what was, and a dialog for a new one. History stands."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from backoffice import audit_panel, audit_words, filters, show
from backoffice.audit_words import LIMITS
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog
from backoffice.page import Fact, Page, Panel
from core.base import clock
from core.base.vocabulary import Currency, Niche
from core.money.models import Escrow
from core.rules import services
from core.rules.limits import KINDS
from core.rules.models import CommissionRule, Limit

READ, CHANGE = ("finance", "finance_approver"), ("finance_approver",)
NOTE_MAX = 500


def _note() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Stays in the history of the rule."),
        max_length=NOTE_MAX,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class NewRule(Confirm):
    """What a new commission rule says."""

    scope = forms.ChoiceField(label=gettext_lazy("For"), choices=CommissionRule.Scope.choices, widget=UnfoldAdminSelectWidget())
    niche = forms.ChoiceField(
        label=gettext_lazy("Niche"),
        help_text=gettext_lazy("Only for a rule of a niche."),
        choices=[("", "—"), *Niche.choices],
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    brand_id = forms.UUIDField(
        label=gettext_lazy("Id of the brand"),
        help_text=gettext_lazy("Only for a rule of a brand; it stands on the brand's page."),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )
    bps = forms.DecimalField(
        label=gettext_lazy("Commission, %"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        localize=True,
        widget=UnfoldAdminTextInputWidget(),
    )
    note = _note()

    def clean_bps(self) -> int:
        """Percent as basis points."""
        return int(self.cleaned_data["bps"] * 100)


class NewLimit(Confirm):
    """What a limit becomes."""

    key = forms.ChoiceField(label=gettext_lazy("Limit"), choices=list(LIMITS.items()), widget=UnfoldAdminSelectWidget())
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=[("", gettext_lazy("All that have no limit of their own")), *Currency.choices],
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    value = forms.DecimalField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("Money in whole units, time in hours."),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=UnfoldAdminDecimalFieldWidget(),
    )
    note = _note()

    def clean_value(self) -> int:
        """An amount in minor units; anything else as it is. Raises ValidationError for half an hour."""
        value, kind = self.cleaned_data["value"], KINDS.get(self.cleaned_data.get("key", ""))
        if kind is None or kind.is_money:
            return int(value * 100)
        if value != int(value):
            raise forms.ValidationError(_("Give a whole number."))
        return int(value)


class RuleAdmin(ReadOnlyAdmin):
    """A list of rows that are only ever added."""

    see = READ
    ordering = ("-valid_from", "-id")

    @display(description=gettext_lazy("In force from"))
    def since(self, rule: Any) -> Any:
        return show.exact(rule.valid_from)

    @display(description=gettext_lazy("Who"))
    def who(self, rule: Any) -> Any:
        return show.name(rule.created_by)

    @display(description=gettext_lazy("Why"))
    def why(self, rule: Any) -> Any:
        return rule.note or show.NOTHING

    def circumstances(self, rule: Any) -> Panel:
        """Since when, by whom and why."""
        return Panel(
            _("Circumstances"),
            facts=[
                Fact(_("In force from"), show.exact(rule.valid_from)),
                Fact(_("Who"), show.name(rule.created_by)),
                Fact(_("Why"), rule.note or show.NOTHING),
            ],
        )


class CommissionRuleAdmin(RuleAdmin):
    """What the platform takes. The most specific rule in force wins; a deal keeps the rule of its beginning."""

    title = gettext_lazy("Commission")
    icon = "percent"
    empty = gettext_lazy("No rule fits. Reset the filters.")
    list_display = ("target", "state", "since", "who", "why", "share")
    list_filter = (filters.choice("scope", gettext_lazy("For")), filters.choice("niche", gettext_lazy("Niche")))
    actions_list = ("add_rule",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return CommissionRule.objects.select_related("brand__brand_profile", "created_by")

    @display(description=gettext_lazy("For"))
    def target(self, rule: CommissionRule) -> Any:
        return target_text(rule)

    @display(description=gettext_lazy("State"))
    def state(self, rule: CommissionRule) -> Any:
        return rule_state(rule)

    @display(description=gettext_lazy("Commission"))
    def share(self, rule: CommissionRule) -> Any:
        return show.percent(rule.bps)

    def page(self, request: HttpRequest, rule: CommissionRule) -> Page:
        deals = Escrow.objects.filter(commission_rule=rule).count()
        return Page(
            heading=show.percent(rule.bps),
            state=rule_state(rule),
            subheading=target_text(rule),
            main=[
                Panel(
                    _("Rule"),
                    facts=[
                        Fact(_("For"), target_text(rule)),
                        Fact(_("Commission"), show.percent(rule.bps)),
                        Fact(_("Deals under this rule"), deals),
                    ],
                )
            ],
            side=[self.circumstances(rule), audit_panel.of(rule)],
        )

    @dialog(
        fresh=True,
        can=CHANGE,
        label=gettext_lazy("New rule"),
        icon="add",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("New commission rule"),
        submit=gettext_lazy("Add the rule"),
        text=gettext_lazy("It applies to deals that begin from now on. Deals that run keep theirs."),
        form_class=NewRule,
    )
    def add_rule(self, request: HttpRequest, rule: None, form: Confirm) -> None:
        self.run(request, services.add_commission_rule, done=_("The rule is in force."), **form.cleaned_data)


class LimitAdmin(RuleAdmin):
    """What staff set bounds to."""

    title = gettext_lazy("Limits")
    icon = "speed"
    empty = gettext_lazy("No limit was changed yet: the defaults stand beside “New value”.")
    list_display = ("what", "currency_text", "since", "who", "why", "value_text")
    actions_list = ("set_value",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Limit.objects.select_related("created_by")

    @display(description=gettext_lazy("Limit"))
    def what(self, limit: Limit) -> Any:
        return LIMITS.get(limit.key, _("Another limit"))

    @display(description=gettext_lazy("Currency"))
    def currency_text(self, limit: Limit) -> Any:
        return limit.get_currency_display() or _("All")

    @display(description=gettext_lazy("Value"))
    def value_text(self, limit: Limit) -> Any:
        return limit_text(limit)

    def page(self, request: HttpRequest, limit: Limit) -> Page:
        default = (
            audit_words.limit_text(limit.key, KINDS[limit.key].default(limit.currency), limit.currency) if limit.key in KINDS else None
        )
        return Page(
            heading=limit_text(limit),
            subheading=LIMITS.get(limit.key, _("Another limit")),
            main=[
                Panel(
                    _("Limit"),
                    facts=[
                        Fact(_("Value"), limit_text(limit)),
                        Fact(_("Currency"), self.currency_text(limit)),
                        Fact(_("Without any rule"), default or show.NOTHING),
                    ],
                )
            ],
            side=[self.circumstances(limit), audit_panel.of(limit)],
        )

    @dialog(
        fresh=True,
        can=CHANGE,
        label=gettext_lazy("New value"),
        icon="add",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("New value of a limit"),
        submit=gettext_lazy("Set the value"),
        text=gettext_lazy("It is in force at once, for everything that begins from now on."),
        form_class=NewLimit,
    )
    def set_value(self, request: HttpRequest, limit: None, form: Confirm) -> None:
        self.run(request, services.set_limit, done=_("The limit has a new value."), **form.cleaned_data)


def target_text(rule: CommissionRule) -> Any:
    """Whose deals the rule is about."""
    if rule.scope == "BRAND":
        return show.two_lines(_("Brand"), show.name(rule.brand))
    if rule.scope == "NICHE":
        return show.two_lines(_("Niche"), rule.get_niche_display())
    return rule.get_scope_display()


def rule_state(rule: CommissionRule) -> Any:
    """Whether the rule has begun. Which of those that began wins is decided when a deal begins."""
    return show.badge(_("Begins later"), show.AMBER) if rule.valid_from > clock.now() else show.badge(_("Has begun"), show.GREEN)


def limit_text(limit: Limit) -> Any:
    """The value as an amount, without a sign where it is for every currency; or in its own unit."""
    kind = KINDS.get(limit.key)
    if kind is None or kind.is_money:
        return show.amount(limit.value, limit.currency)
    return audit_words.limit_text(limit.key, limit.value, "")
