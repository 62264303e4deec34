"""People: accounts, profiles, sessions, verification."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest, Lower, Upper
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.ids import uuid7
from core.base.links import LinkField, link_check
from core.base.models import QuerySet, Row, StatefulRow
from core.base.triggers import frozen, no_delete
from core.base.vocabulary import Country, Currency, Language, Niche, Platform

# The clock's own account: history never says "nobody".
SYSTEM_USER_ID = "00000000-0000-7000-8000-000000000001"
NAME_LENGTH_MIN = 2
# The address of an account that is no more: unique, and of a domain that nobody can ever have (RFC 2606).
ERASED_DOMAIN = "@deleted.invalid"


def stars_check(name: str) -> models.CheckConstraint:
    """The sum of the ratings is one that this many reviews of one to five stars can have."""
    return models.CheckConstraint(condition=Q(rating_sum__gte=F("rating_count"), rating_sum__lte=F("rating_count") * 5), name=name)


class UserManager(BaseUserManager.from_queryset(QuerySet)):  # type: ignore[misc]
    """Finds people by their one spelling of an e-mail address."""

    def create_user(self, *, email: str, password: str, role: str, staff_name: str = "") -> "User":
        """A new account with a hashed password. People come in through `register`; this is for staff and for commands."""
        user = self.model(email=email.strip().lower(), role=role, staff_name=staff_name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def system(self) -> "User":
        """The account in whose name the clock acts."""
        return self.get(id=SYSTEM_USER_ID)

    def on_duty(self, *capabilities: str) -> models.QuerySet["User"]:
        """The active members of staff with one of these capabilities, superusers included."""
        staff = self.filter(role="STAFF", is_active=True, blocked_at=None)
        return staff.filter(Q(groups__name__in=capabilities) | Q(is_superuser=True)).distinct()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. The role never changes; staff rights are groups."""

    class Role(models.TextChoices):
        BRAND = "BRAND", _("Brand")
        CREATOR = "CREATOR", _("Creator")
        STAFF = "STAFF", _("Staff")
        SYSTEM = "SYSTEM", _("System")

    class Tongue(models.TextChoices):
        """The languages in which we write to people."""

        RU = "ru", _("Russian")
        EN = "en", _("English")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.CharField(_("E-mail"), max_length=254, unique=True)
    role = models.CharField(_("Role"), max_length=10, choices=Role)
    staff_name = models.CharField(_("Name"), max_length=80, blank=True, default="")
    language = models.CharField(_("Language"), max_length=2, choices=Tongue, default=Tongue.RU)
    is_active = models.BooleanField(_("Active"), default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    block_reason = models.TextField(blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)  # the account was deleted by its owner: nothing in it says who that was
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_lower"),
            models.CheckConstraint(condition=Q(is_superuser=False) | Q(role="STAFF"), name="user_superuser_is_staff"),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    is_active=False,
                    email__endswith=ERASED_DOMAIN,
                    email_verified_at=None,
                    staff_name="",
                    role__in=["BRAND", "CREATOR"],
                ),
                name="user_erased_is_nobody",
            ),
        ]
        triggers = [frozen("user", "id", "created_at", once=("erased_at",)), no_delete("user")]

    @property
    def is_staff(self) -> bool:
        """Whether the backoffice lets this person in at all."""
        return self.role == self.Role.STAFF and self.is_active and self.blocked_at is None

    def __str__(self) -> str:
        return self.staff_name or self.email


class BrandProfile(Row):
    """What a brand says about itself. One per brand."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="brand_profile")
    company_name = models.CharField(max_length=120, blank=True, default="", validators=[MinLengthValidator(NAME_LENGTH_MIN)])
    website = LinkField(max_length=500, blank=True, default="")
    description = models.CharField(max_length=1_000, blank=True, default="")
    niche = models.CharField(max_length=20, choices=Niche, blank=True, default="")
    country = models.CharField(max_length=10, choices=Country, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    jobs_completed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(OpClass(Upper("company_name"), name="text_pattern_ops"), name="brand_name_begins")]
        constraints = [link_check("website", name="brand_website_link", blank=True), stars_check("brand_rating_range")]

    @property
    def rating(self) -> float | None:
        """The average of the reviews, None before the first one."""
        return round(self.rating_sum / self.rating_count, 2) if self.rating_count else None

    def __str__(self) -> str:
        return self.company_name


class CreatorProfile(Row):
    """What a creator says about themselves, and whether we checked the account. One per creator."""

    class VerificationStatus(models.TextChoices):
        UNVERIFIED = "UNVERIFIED", _("Not verified")
        PENDING = "PENDING", _("Being checked")
        VERIFIED = "VERIFIED", _("Verified")
        REJECTED = "REJECTED", _("Rejected")
        REVOKED = "REVOKED", _("Revoked")

    PRICE_MAX = 1_000_000  # whole units of the currency
    PORTFOLIO_MAX = 10

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="creator_profile")
    display_name = models.CharField(max_length=80, blank=True, default="", validators=[MinLengthValidator(NAME_LENGTH_MIN)])
    bio = models.CharField(max_length=600, blank=True, default="")
    country = models.CharField(max_length=10, choices=Country, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=list, blank=True)
    niches = ArrayField(models.CharField(max_length=20, choices=Niche), default=list, blank=True)
    platforms = ArrayField(models.CharField(max_length=20, choices=Platform), default=list, blank=True)
    price_per_video = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(PRICE_MAX)])
    currency = models.CharField(max_length=3, choices=Currency, default=Currency.RUB)
    is_public = models.BooleanField(default=False)
    verification_status = models.CharField(max_length=12, choices=VerificationStatus, default=VerificationStatus.UNVERIFIED)
    verified_at = models.DateTimeField(null=True, blank=True)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    jobs_completed = models.PositiveIntegerField(default=0)
    is_listed = models.GeneratedField(
        expression=Q(is_public=True) & Q(verification_status="VERIFIED"),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # A thousand times the average, 0 without any: a whole number, so that a list can be ordered and paged by it.
    rating_rank = models.GeneratedField(
        expression=F("rating_sum") * 1000 / Greatest(F("rating_count"), Value(1)), output_field=models.IntegerField(), db_persist=True
    )
    search = models.GeneratedField(
        expression=Func(
            F("display_name"),
            F("bio"),
            template="to_tsvector('russian'::regconfig, %(expressions)s)",
            arg_joiner=" || ' ' || ",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], condition=Q(is_listed=True), name="creator_listed_recent"),
            models.Index(fields=["price_per_video", "id"], condition=Q(is_listed=True), name="creator_listed_price"),
            models.Index(fields=["-rating_rank", "-id"], condition=Q(is_listed=True), name="creator_listed_rating"),
            GinIndex(fields=["search"], condition=Q(is_listed=True), name="creator_search"),
            models.Index(OpClass(Upper("display_name"), name="text_pattern_ops"), name="creator_name_begins"),
            GinIndex(fields=["platforms"], name="creator_platforms"),
            GinIndex(fields=["niches"], name="creator_niches"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_per_video=None) | Q(price_per_video__gte=1, price_per_video__lte=1_000_000), name="creator_price_range"
            ),
            stars_check("creator_rating_range"),
        ]

    @property
    def is_verified(self) -> bool:
        """Whether a moderator has seen that the account is the creator's."""
        return self.verification_status == self.VerificationStatus.VERIFIED

    @property
    def rating(self) -> float | None:
        """The average of the reviews, None before the first one."""
        return round(self.rating_sum / self.rating_count, 2) if self.rating_count else None

    def __str__(self) -> str:
        return self.display_name


class PortfolioItem(Row):
    """One link to earlier work."""

    creator = models.ForeignKey(CreatorProfile, on_delete=models.PROTECT, related_name="portfolio")
    title = models.CharField(max_length=120, blank=True, default="")
    platform = models.CharField(max_length=20, choices=Platform, blank=True, default="")
    url = LinkField()
    thumbnail_url = LinkField(blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["creator", "url"], name="portfolio_url_once"),
            link_check("url", name="portfolio_url_link"),
            link_check("thumbnail_url", name="portfolio_thumbnail_link", blank=True),
        ]


class Verification(StatefulRow):
    """One attempt of a creator to prove that an account is theirs: a code, put into its bio, read by a person."""

    class Status(models.TextChoices):
        ISSUED = "ISSUED", _("Code issued")
        PENDING = "PENDING", _("Being checked")
        VERIFIED = "VERIFIED", _("Verified")
        REJECTED = "REJECTED", _("Rejected")
        REVOKED = "REVOKED", _("Revoked")
        EXPIRED = "EXPIRED", _("Code expired")

    MOVES = {
        "ISSUED": {"PENDING", "EXPIRED"},
        "PENDING": {"VERIFIED", "REJECTED"},
        "VERIFIED": {"REVOKED"},
    }

    profile = models.ForeignKey(CreatorProfile, on_delete=models.PROTECT, related_name="verifications")
    status = models.CharField(max_length=10, choices=Status, default=Status.ISSUED)
    code = models.CharField(max_length=16, unique=True)
    code_expires_at = models.DateTimeField()
    account_url = LinkField(blank=True, default="")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["status", "submitted_at", "id"], condition=Q(submitted_at__isnull=False), name="verification_queue"),
            models.Index(fields=["profile", "-created_at"], name="verification_profile"),
            models.Index(Lower("account_url"), condition=~Q(account_url=""), name="verification_same_account"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["profile"], condition=Q(status__in=["ISSUED", "PENDING"]), name="verification_one_open"),
            models.UniqueConstraint(fields=["profile"], condition=Q(status="VERIFIED"), name="verification_one_in_force"),
            models.CheckConstraint(
                condition=Q(status__in=["ISSUED", "EXPIRED"]) | ~Q(account_url="") & Q(submitted_at__isnull=False),
                name="verification_submitted_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["VERIFIED", "REJECTED", "REVOKED"]) | Q(reviewed_by__isnull=False),
                name="verification_has_reviewer",
            ),
            link_check("account_url", name="verification_account_link", blank=True),
        ]


class Session(Row):
    """One sign-in: a bearer token of a client, or the cookie of a browser. Only the digest of the secret is kept."""

    class Kind(models.TextChoices):
        TOKEN = "TOKEN", _("API token")
        COOKIE = "COOKIE", _("Browser")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    user_agent = models.CharField(max_length=200, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)
    expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], condition=Q(revoked_at=None), name="session_user")]


class EmailToken(Row):
    """A link that goes out by e-mail: to confirm the address, or to set a new password. Used once.

    The secret of the link is computed from the id, so that the row holds nothing that opens anything. A request for an address
    that nobody has is a row without a person: it costs the same, sends nothing, and counts against the same limit.
    """

    class Purpose(models.TextChoices):
        VERIFY_EMAIL = "VERIFY_EMAIL", _("Confirm the address")
        RESET_PASSWORD = "RESET_PASSWORD", _("New password")

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="email_tokens")
    purpose = models.CharField(max_length=16, choices=Purpose)
    address = models.CharField(max_length=64)  # a keyed digest of the e-mail
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["address", "purpose", "created_at"], name="email_token_address"),
            models.Index(fields=["user", "purpose"], condition=Q(used_at=None), name="email_token_open"),
        ]
        constraints = [models.CheckConstraint(condition=Q(user__isnull=False) | Q(purpose="RESET_PASSWORD"), name="email_token_has_person")]


class ContactBlock(Row):
    """This person wants to hear nothing more of that one. The other is never told."""

    # Set by block_contact, for the one who called it.
    is_new: bool

    blocker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contact_blocks", db_index=False)
    blocked = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["blocker", "-created_at", "-id"], name="contact_block_newest")]
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="contact_block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="contact_block_of_another"),
        ]
