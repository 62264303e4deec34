"""Keys and marks: a queue is worked through without a mouse, and the palette leads to a page."""

from urllib.parse import quote

from core.jobs.models import Job
from tests.world import World, unique


def states(*jobs: Job) -> list[str]:
    return [Job.objects.get(pk=job.pk).moderation_status for job in jobs]


def test_a_view_is_walked_by_keys_alone_and_nothing_moves_behind_a_sheet(committed: World, sit_down):
    title = unique("Обзор чая")
    first, second = committed.job(title=f"{title} первый"), committed.job(title=f"{title} второй")
    person = sit_down(committed.moderator)
    keyboard = person.page.keyboard

    person.open(f"core/job/?q={quote(title)}")
    keyboard.press("j")
    keyboard.press("o")
    person.page.wait_for_url(f"**/{first.pk}/change/**")
    keyboard.press("n")
    person.page.wait_for_url(f"**/{second.pk}/change/**")
    keyboard.press("?")
    assert person.page.locator("#bo-keys").is_visible()
    keyboard.press("n")  # behind the sheet nothing moves
    keyboard.press("Escape")
    assert str(second.pk) in person.page.url

    assert states(first, second) == ["PENDING", "PENDING"]


def test_the_palette_opens_everywhere_and_leads_to_a_page(committed: World, sit_down):
    job = committed.job(title=unique("Ревизия чая"))
    person = sit_down(committed.moderator)

    person.page.keyboard.press("Control+k")
    person.page.keyboard.type(job.title.lower())
    person.page.wait_for_selector(".bo-found")
    person.page.keyboard.press("Enter")

    person.page.wait_for_url(f"**/{job.pk}/change/")
    assert job.title in person.reads()
