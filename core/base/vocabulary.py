"""The closed vocabularies that several rooms share. Stored values are equal to their names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    """Currencies of the marketplace, all with two decimals. Never converted into each other."""

    RUB = "RUB", _("Russian rouble")
    KZT = "KZT", _("Kazakhstani tenge")
    UAH = "UAH", _("Ukrainian hryvnia")
    BYN = "BYN", _("Belarusian rouble")
    USD = "USD", _("US dollar")
    EUR = "EUR", _("Euro")


class Platform(models.TextChoices):
    TIKTOK = "TIKTOK", "TikTok"
    INSTAGRAM_REELS = "INSTAGRAM_REELS", "Instagram Reels"
    YOUTUBE_SHORTS = "YOUTUBE_SHORTS", "YouTube Shorts"
    VK_CLIPS = "VK_CLIPS", _("VK Clips")
    OTHER = "OTHER", _("Other platform")


class Niche(models.TextChoices):
    BEAUTY = "BEAUTY", _("Beauty")
    FOOD = "FOOD", _("Food")
    FITNESS = "FITNESS", _("Fitness")
    GADGETS = "GADGETS", _("Gadgets")
    GAMES = "GAMES", _("Games")
    EDUCATION = "EDUCATION", _("Education")
    FINTECH = "FINTECH", _("Fintech")
    APPS = "APPS", _("Apps")
    ECOMMERCE = "ECOMMERCE", _("Online shops")
    HOME = "HOME", _("Home")
    KIDS = "KIDS", _("Children")
    PETS = "PETS", _("Pets")
    TRAVEL = "TRAVEL", _("Travel")
    OTHER = "OTHER", _("Other niche")


class Language(models.TextChoices):
    """Languages of videos and creators: ISO 639-1, lower case on the wire and in the database."""

    RU = "ru", _("Russian")
    EN = "en", _("English")
    UK = "uk", _("Ukrainian")
    BE = "be", _("Belarusian")
    KK = "kk", _("Kazakh")
    UZ = "uz", _("Uzbek")
    KY = "ky", _("Kyrgyz")
    TG = "tg", _("Tajik")
    HY = "hy", _("Armenian")
    AZ = "az", _("Azerbaijani")
    KA = "ka", _("Georgian")
    RO = "ro", _("Romanian")


class Country(models.TextChoices):
    """Countries of people: ISO 3166-1 alpha-2."""

    RU = "RU", _("Russia")
    KZ = "KZ", _("Kazakhstan")
    BY = "BY", _("Belarus")
    UA = "UA", _("Ukraine")
    UZ = "UZ", _("Uzbekistan")
    KG = "KG", _("Kyrgyzstan")
    TJ = "TJ", _("Tajikistan")
    AM = "AM", _("Armenia")
    AZ = "AZ", _("Azerbaijan")
    GE = "GE", _("Georgia")
    MD = "MD", _("Moldova")
    OTHER = "OTHER", _("Other country")


class Queue(models.TextChoices):
    """What moderators work through."""

    JOBS = "JOBS", _("Jobs")
    CREATORS = "CREATORS", _("Creators")
