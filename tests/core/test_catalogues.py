"""Texts come from the code, translations survive, and what is incomplete is said."""

import gettext

import pytest

from core import catalogues

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

FUNDED = _("The escrow is funded")
DEALS = ngettext("%(count)d deal", "%(count)d deals", 2)
OPEN = pgettext("state of a dispute", "Open")
"""
PAGE = """{% load i18n %}<h1>{% translate "Payouts" %}</h1>{% blocktranslate with name=x %}Hello, {{ name }}{% endblocktranslate %}"""


@pytest.fixture
def application(tmp_path, monkeypatch):
    """An application of its own, with a text of every kind."""
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    (tmp_path / "shop" / "templates").mkdir(parents=True)
    (tmp_path / "shop" / "views.py").write_text(CODE)
    (tmp_path / "shop" / "templates" / "page.html").write_text(PAGE)
    catalogues.update_catalogue("shop")
    return "shop"


def translate(application: str, source: str, *translations: str) -> None:
    file = catalogues.catalogue_file(application)
    text = file.read_text()
    entry = f'msgid "{source}"\n'
    assert entry in text
    if len(translations) == 1:
        text = text.replace(f'{entry}msgstr ""', f'{entry}msgstr "{translations[0]}"')
    else:
        head, tail = text.split(entry)
        for number, translation in enumerate(translations):
            tail = tail.replace(f'msgstr[{number}] ""', f'msgstr[{number}] "{translation}"', 1)
        text = head + entry + tail
    file.write_text(text)


def translate_all(application: str) -> None:
    translate(application, "The escrow is funded", "Эскроу пополнен")
    translate(application, "%(count)d deal", "%(count)d сделка", "%(count)d сделки", "%(count)d сделок")
    translate(application, "Open", "Открыт")
    translate(application, "Payouts", "Выплаты")
    translate(application, "Hello, %(name)s", "Здравствуйте, %(name)s")


def test_code_and_pages_give_their_texts(application):
    found = {message.id for message in catalogues.messages(catalogues.read_catalogue(application))}

    assert found == {"The escrow is funded", ("%(count)d deal", "%(count)d deals"), "Open", "Payouts", "Hello, %(name)s"}


def test_new_texts_are_missing_until_translated(application):
    before = catalogues.problems(application)
    translate_all(application)

    assert len(before) == 5
    assert catalogues.problems(application) == []


def test_an_update_keeps_translations_and_changes_nothing_else(application):
    translate_all(application)
    before = catalogues.catalogue_file(application).read_text()

    catalogues.update_catalogue(application)

    assert catalogues.catalogue_file(application).read_text() == before


def test_a_text_that_left_the_code_is_stale_and_then_dropped(application):
    translate_all(application)
    (catalogues.ROOT / "shop" / "templates" / "page.html").unlink()

    before = catalogues.problems(application)
    catalogues.update_catalogue(application)

    assert sorted(before) == ["shop: no longer in the code: 'Hello, %(name)s'", "shop: no longer in the code: 'Payouts'"]
    assert catalogues.problems(application) == []
    assert "Выплаты" not in catalogues.catalogue_file(application).read_text()


def test_a_fuzzy_translation_is_no_translation(application):
    translate_all(application)
    file = catalogues.catalogue_file(application)
    file.write_text(file.read_text().replace('msgid "Payouts"', '#, fuzzy\nmsgid "Payouts"'))

    assert catalogues.problems(application) == ["shop: fuzzy: 'Payouts'"]


def test_a_lost_placeholder_is_found(application):
    translate_all(application)
    file = catalogues.catalogue_file(application)
    file.write_text(file.read_text().replace("Здравствуйте, %(name)s", "Здравствуйте"))

    assert catalogues.problems(application) == ["shop: other placeholders than 'Hello, %(name)s'"]


def test_a_missing_plural_form_is_found(application):
    translate_all(application)
    file = catalogues.catalogue_file(application)
    file.write_text(file.read_text().replace('msgstr[2] "%(count)d сделок"', 'msgstr[2] ""'))

    assert catalogues.problems(application) == ["shop: not translated: '%(count)d deals'"]


def test_the_compiled_form_is_what_gettext_reads(application, monkeypatch):
    monkeypatch.setattr(catalogues, "APPLICATIONS", ("shop",))
    translate_all(application)

    catalogues.compile_catalogues()

    with catalogues.catalogue_file(application).with_suffix(".mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)
    assert texts.gettext("Payouts") == "Выплаты"
    assert texts.pgettext("state of a dispute", "Open") == "Открыт"
    assert [texts.ngettext("%(count)d deal", "%(count)d deals", n) % {"count": n} for n in (1, 3, 5, 21)] == [
        "1 сделка",
        "3 сделки",
        "5 сделок",
        "21 сделка",
    ]


def test_the_file_holds_no_date_and_no_place(application):
    text = catalogues.catalogue_file(application).read_text()

    assert "Date" not in text
    assert "#:" not in text
