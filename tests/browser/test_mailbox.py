"""An engineer at work on the mailbox: from the red line of the first page to the letter that arrived."""

import pytest
from django.utils import timezone, translation

from outbox.models import Delivery
from tests.core.people.mailbox import carry_letters, letter_of, parcel_of
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_dead_letter_is_found_sent_again_and_seen_to_arrive(committed: World, sit_down):
    dead = parcel_of(letter_of(committed.bare_creator()))
    Delivery.objects.filter(pk=dead.pk).update(state="DEAD", failures=16, settled_at=timezone.now(), reason="NOT_CONNECTED")
    ivan = sit_down(committed.staff("engineer"))

    ivan.open("outbox/channel/")
    ivan.page.get_by_role("link", name="Посмотрите недоставляемые").click()
    ivan.page.locator(f"#result_list a[href*='/outbox/delivery/{dead.pk}/change/']").first.click()
    ivan.page.wait_for_selector(".bo-heading")
    assert "почтовый сервер не отвечает" in ivan.reads()

    ivan.press("Отправить ещё раз")
    ivan.confirm()
    assert "Снова в пути." in ivan.reads()

    carry_letters()
    ivan.page.reload()
    with translation.override("ru"):
        assert str(Delivery.State.SENT.label) in ivan.page.inner_text(".bo-heading")
    assert "дошло" in ivan.reads()
