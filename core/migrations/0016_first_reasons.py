"""The reasons and checks that moderators begin with. Staff change them by new rows."""

from django.db import migrations

SYSTEM_USER_ID = "00000000-0000-7000-8000-000000000001"

# Queue, code, Russian, English, what to do in Russian and in English, whether changes can mend it.
REASONS = (
    (
        "JOBS",
        "UNCLEAR",
        "Непонятно, что снимать: добавьте примеры и требования.",
        "It is not clear what to film: add examples and requirements.",
        "Опишите сюжет, длину, обязательные кадры и дайте ссылку на похожее видео.",
        "Describe the story, the length and the shots you need, and link a similar video.",
        True,
    ),
    (
        "JOBS",
        "CONTACTS",
        "В тексте есть контакты или ссылки для сделки в обход площадки.",
        "Contacts or links for a deal outside the marketplace are in the text.",
        "Уберите телефоны, почту и ссылки на мессенджеры: переписка идёт на площадке.",
        "Remove phone numbers, e-mail addresses and links to messengers: talk here.",
        True,
    ),
    (
        "JOBS",
        "BUDGET",
        "Бюджет не соответствует описанному объёму работы.",
        "The budget does not match the amount of work described.",
        "Увеличьте бюджет или уменьшите число видео и требований.",
        "Raise the budget, or ask for fewer videos and less work.",
        True,
    ),
    (
        "JOBS",
        "WRONG_NICHE",
        "Ниша или площадка выбраны неверно.",
        "The niche or the platform is chosen wrongly.",
        "Выберите нишу, к которой относится сам товар.",
        "Choose the niche that the product itself belongs to.",
        True,
    ),
    (
        "JOBS",
        "ADVERTISING_LAW",
        "Описание обещает или требует того, что запрещает закон о рекламе.",
        "The description promises or demands what the advertising law forbids.",
        "Уберите обещания результата, сравнения с конкурентами и запрещённые слова.",
        "Remove promised results, comparisons with competitors and forbidden words.",
        True,
    ),
    (
        "JOBS",
        "FORBIDDEN_PRODUCT",
        "Этот товар или услугу нельзя рекламировать на площадке.",
        "This product or service may not be advertised here.",
        "",
        "",
        False,
    ),
    (
        "JOBS",
        "DUPLICATE",
        "Такое задание уже опубликовано: измените прежнее вместо нового.",
        "Such a job is published already: change that one instead.",
        "",
        "",
        False,
    ),
    (
        "CREATORS",
        "NO_CODE",
        "В описании аккаунта нет кода: добавьте его и отправьте заявку ещё раз.",
        "There is no code in the account's bio: add it and send the request again.",
        "Код стоит в заявке. Уберите его после проверки.",
        "The code is in the request. Remove it after the check.",
        True,
    ),
    (
        "CREATORS",
        "CLOSED_ACCOUNT",
        "Аккаунт закрыт: откройте его на время проверки.",
        "The account is closed: open it for the time of the check.",
        "",
        "",
        True,
    ),
    (
        "CREATORS",
        "BROKEN_LINK",
        "Ссылка на аккаунт не открывается: проверьте её и отправьте заявку ещё раз.",
        "The link to the account does not open: check it and send the request again.",
        "",
        "",
        True,
    ),
    (
        "CREATORS",
        "SOMEONE_ELSE",
        "Ссылка ведёт на аккаунт другого человека.",
        "The link leads to another person's account.",
        "",
        "",
        False,
    ),
    (
        "CREATORS",
        "ALREADY_VERIFIED",
        "Этот аккаунт уже подтверждён у другого креатора.",
        "This account is verified already, for another creator.",
        "",
        "",
        False,
    ),
)
# Queue, code, Russian, English.
CHECKS = (
    ("JOBS", "CLEAR", "Понятно, что снимать и как примут работу", "It is clear what to film and how the work will be accepted"),
    ("JOBS", "LAWFUL", "Товар и обещания не нарушают закон о рекламе", "The product and the promises keep the advertising law"),
    ("JOBS", "INSIDE", "Нет контактов и сделок в обход площадки", "No contacts and no deals outside the marketplace"),
    ("JOBS", "FAIR", "Бюджет и срок похожи на правду", "The budget and the deadline are realistic"),
    ("CREATORS", "CODE", "Код стоит в описании аккаунта", "The code is in the account's bio"),
    ("CREATORS", "SAME_PERSON", "Имя и работы в профиле похожи на аккаунт", "The name and the works in the profile fit the account"),
    ("CREATORS", "ALIVE", "Аккаунт живой: есть публикации", "The account is alive: there are posts"),
)


def add_rows(apps, schema_editor):
    reasons, checks = apps.get_model("core", "Reason").objects, apps.get_model("core", "ChecklistItem").objects
    for position, (queue, code, text_ru, text_en, hint_ru, hint_en, is_fixable) in enumerate(REASONS, 1):
        known = {"text_ru": text_ru, "text_en": text_en, "hint_ru": hint_ru, "hint_en": hint_en, "is_fixable": is_fixable}
        reasons.get_or_create(
            queue=queue, code=code, retired_at=None, defaults=known | {"position": position, "created_by_id": SYSTEM_USER_ID}
        )
    for position, (queue, code, text_ru, text_en) in enumerate(CHECKS, 1):
        known = {"text_ru": text_ru, "text_en": text_en, "position": position, "created_by_id": SYSTEM_USER_ID}
        checks.get_or_create(queue=queue, code=code, retired_at=None, defaults=known)


class Migration(migrations.Migration):
    dependencies = [("core", "0015_audit_waits_for_seals")]

    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
