"""Texts of the framework that its own Russian catalogue lacks. Standing here, they are collected into ours."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Ensure this field has at least {min_length} elements."),
    gettext_noop("Ensure this field has no more than {max_length} elements."),
)
