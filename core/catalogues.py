"""The message catalogues: extracted from the code, merged without losing a translation, judged, compiled. No gettext tools needed.

The files carry no dates, line numbers or tool names, and are sorted: two people may add texts at once and merge.
"""

import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = ("core", "outbox", "api", "backoffice", "telegram/bot")
LOCALE = "ru"
HEADER = f"""\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {LOCALE}\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

"""
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def catalogue_file(application: str) -> Path:
    """Where the translations of an application are."""
    return ROOT / application / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> None:
    """Every catalogue has a compiled form that is not older than itself."""
    for application in APPLICATIONS:
        source = catalogue_file(application)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        # Written beside and renamed: a process that starts meanwhile reads the old one or the new one.
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".mo", delete=False) as compiled:
            write_mo(compiled, read_catalogue(application))
        Path(compiled.name).chmod(0o644)
        Path(compiled.name).replace(target)


def read_catalogue(application: str) -> Catalog:
    """The translations that an application has; none is an empty catalogue."""
    file = catalogue_file(application)
    return read_po(io.BytesIO(file.read_bytes() if file.exists() else HEADER.encode()), locale=LOCALE)


def texts_in_code(application: str) -> Catalog:
    """The texts that an application's Python and templates ask for, untranslated."""
    wanted = Catalog(locale=LOCALE)
    for method, source in sources(application):
        for _line, texts, _comments, context in extract(method, io.BytesIO(source.encode()), KEYWORDS):
            wanted.add(texts, context=context)
    return wanted


def sources(application: str) -> Iterator[tuple[str, str]]:
    """Every file that may hold texts, as Python, tests and migrations left out."""
    folder = ROOT / application
    for file in sorted(folder.rglob("*.py")):
        if not {"migrations", "tests"} & set(file.relative_to(folder).parts):
            yield "python", file.read_text()
    for file in sorted(folder.glob("**/templates/**/*")):
        if file.suffix in (".html", ".txt", ".md"):
            yield "python", templatize(file.read_text(), origin=str(file))


def update_catalogue(application: str) -> None:
    """The file names every text of the code, keeps each translation there was, and has no other entry."""
    known, wanted = read_catalogue(application), texts_in_code(application)
    for message in messages(wanted):
        if old := known.get(message.id, message.context):
            message.string, message.flags = old.string, old.flags
            message.user_comments = old.user_comments
    if not messages(wanted) and not catalogue_file(application).exists():
        return
    body = io.BytesIO()
    write_po(body, wanted, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    file = catalogue_file(application)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + body.getvalue().decode().strip() + "\n")


def problems(application: str) -> list[str]:
    """What is wrong with the translations of an application, a line each: missing, fuzzy, stale, or with other placeholders."""
    known, wanted = read_catalogue(application), texts_in_code(application)
    found = []
    for message in messages(wanted):
        entry = known.get(message.id, message.context)
        if entry is None or not all(translations(entry)):
            found.append(f"{application}: not translated: {source_text(message)!r}")
        elif entry.fuzzy:
            found.append(f"{application}: fuzzy: {source_text(message)!r}")
        elif any(placeholders(text) != placeholders(source_text(message)) for text in translations(entry)):
            found.append(f"{application}: other placeholders than {source_text(message)!r}")
    found += [
        f"{application}: no longer in the code: {source_text(message)!r}"
        for message in messages(known)
        if wanted.get(message.id, message.context) is None
    ]
    return found


def messages(catalogue: Catalog) -> list[Message]:
    """The entries without the header, which gettext keeps under the empty text."""
    return [message for message in catalogue if message.id]


def translations(message: Message) -> list[str]:
    """One text, or one for each plural form."""
    texts = [message.string] if isinstance(message.string, str) else message.string or ()
    return list(texts) or [""]


def source_text(message: Message) -> str:
    """The text; of a plural, the one for many, which has all the placeholders."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def placeholders(text: str) -> list[str]:
    """The names that are filled in later."""
    return sorted(set(PLACEHOLDER.findall(text)))
