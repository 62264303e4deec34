"""The feed: what it shows, what its filters let through, in which order, page by page, and in which plan."""

import json
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.utils.dateparse import parse_datetime

from core.base import clock
from core.hiring.services import accept_application
from core.jobs.models import Job
from core.jobs.services import pause_job, take_down_job, unpause_job
from core.people.models import User
from tests.api.callers import Caller
from tests.world import unique

ITEM = {
    "id",
    "title",
    "description",
    "platform",
    "niche",
    "rightsPackage",
    "budgetMin",
    "budgetMax",
    "currency",
    "deadlineType",
    "deadlineDate",
    "deliverablesCount",
    "videoDurationSec",
    "contentFormats",
    "languages",
    "createdAt",
    "publishedAt",
    "brand",
}


def feed(query: str = "") -> list[str]:
    """The titles of the feed."""
    return [item["title"] for item in Caller().get(f"/api/jobs?limit=100&{query}".rstrip("&?")).data["items"]]


def walk(query: str = "", *, limit: int = 3, between=lambda page: None) -> list[str]:
    """The ids of every page, one after another; `between` happens after each page."""
    seen, cursor, page = [], None, 0
    while True:
        data = Caller().get(f"/api/jobs?limit={limit}&{query}" + (f"&cursor={cursor}" if cursor else "")).data
        seen += [item["id"] for item in data["items"]]
        if (cursor := data["nextCursor"]) is None:
            return seen
        between(page)
        page += 1


def make(world, brand: User, **content) -> Job:
    return world.live_job(brand=brand, **content)


def bulk(brand: User, count: int, **content) -> list[Job]:
    """So many live jobs, each a second younger than the one before."""
    first = clock.now() - timedelta(days=30)
    common = {
        "title": "Review of tea",
        "platform": "TIKTOK",
        "niche": "FOOD",
        "usage_term_days": 90,
        "budget_min": 100,
        "budget_max": 200,
        "deadline_type": "WEEK_PLUS",
        "status": "PUBLISHED",
        "moderation_status": "APPROVED",
    } | content
    return Job.objects.bulk_create(Job(brand=brand, live_at=first + timedelta(seconds=number), **common) for number in range(count))


def test_an_item_says_what_the_contract_says_and_no_more(world):
    job = world.live_job(description="Brew it.", content_formats=["REVIEW"], languages=["ru", "kk"])

    (item,) = Caller().get("/api/jobs").data["items"]

    assert set(item) == ITEM
    assert item["brand"] == {"profileId": str(job.brand.brand_profile.id), "companyName": job.brand.brand_profile.company_name}
    assert (item["id"], item["description"], item["contentFormats"], item["languages"]) == (
        str(job.id),
        "Brew it.",
        ["REVIEW"],
        ["ru", "kk"],
    )
    assert (item["budgetMin"], item["budgetMax"], item["currency"], item["deadlineDate"]) == (3_000, 5_000, "RUB", None)


def test_a_time_is_written_in_the_feed_as_on_the_page_of_the_job(world):
    job = world.live_job()

    (item,) = Caller().get("/api/jobs").data["items"]
    page = Caller().get(f"/api/jobs/{job.id}").data["job"]

    assert [parse_datetime(item["publishedAt"]), parse_datetime(item["createdAt"])] == [job.live_at, job.created_at]
    assert [parse_datetime(page["publishedAt"]), parse_datetime(page["createdAt"])] == [job.live_at, job.created_at]
    assert item["publishedAt"].endswith("+00:00")
    assert page["publishedAt"].endswith("+00:00")


def test_only_live_jobs_are_shown_to_anybody(world):
    live = world.live_job()
    for state in ("draft_job", "job", "rejected_job", "paused_job", "accepted_job", "completed_deal", "canceled_deal"):
        getattr(world, state)()

    for caller in (Caller(), Caller(live.brand), Caller(world.creator()), Caller(world.moderator)):
        assert [item["id"] for item in caller.get("/api/jobs").data["items"]] == [str(live.id)]


def test_a_job_leaves_the_feed_when_it_is_held_taken_down_or_taken(world):
    held, down, taken = world.live_job(), world.live_job(), world.live_job()
    application = world.application(job=taken)

    pause_job(held.id, by=held.brand)
    take_down_job(down.id, by=world.moderator, reason="The product may not be advertised.")
    accept_application(taken.id, application.id, by=taken.brand)

    assert feed() == []
    unpause_job(held.id, by=held.brand)
    assert feed() == [held.title]


TEXTS = {
    "plain": {},
    "reels": {"platform": "INSTAGRAM_REELS"},
    "games": {"niche": "GAMES"},
    "dollars": {"currency": "USD"},
    "buyout": {"rights_package": "BUYOUT"},
    "rich": {"budget_min": 20_000, "budget_max": 30_000},
    "many": {"deliverables_count": 7},
    "long": {"video_duration_sec": 60},
    "unboxing": {"content_formats": ["UNBOXING", "REVIEW"]},
    "sketch": {"content_formats": ["SKETCH"]},
    "posting": {"needs_posting": True},
    "whitelisting": {"needs_whitelisting": True},
    "shipping": {"shipping_required": True},
    "kazakh": {"languages": ["kk", "en"]},
}
ALL = set(TEXTS)
FILTERS = [
    ("platform=INSTAGRAM_REELS", {"reels"}),
    ("niche=GAMES", {"games"}),
    ("currency=USD", {"dollars"}),
    ("rightsPackage=BUYOUT", {"buyout"}),
    ("minBudget=5000&currency=RUB", ALL - {"dollars"}),
    ("minBudget=5001&currency=RUB", {"rich"}),
    ("maxBudget=3000&currency=RUB", ALL - {"rich", "dollars"}),
    ("maxBudget=3000&currency=USD", {"dollars"}),
    ("maxBudget=2999&currency=RUB", set()),
    ("minBudget=4000&maxBudget=4500&currency=RUB", ALL - {"rich", "dollars"}),
    ("minBudget=6000&maxBudget=19999&currency=RUB", set()),
    ("minBudget=30000&currency=RUB", {"rich"}),
    ("minDeliverables=2", {"many"}),
    ("maxDeliverables=1", ALL - {"many"}),
    ("minDurationSec=16", {"long"}),
    ("maxDurationSec=59", ALL - {"long"}),
    ("minDurationSec=60&maxDurationSec=60", {"long"}),
    ("formats=REVIEW", {"unboxing"}),
    ("formats=SKETCH,UNBOXING", {"sketch", "unboxing"}),
    ("formats=NO_FACE", set()),
    ("needsPosting=true", {"posting"}),
    ("needsPosting=false", ALL - {"posting"}),
    ("needsWhitelisting=true", {"whitelisting"}),
    ("needsWhitelisting=0", ALL - {"whitelisting"}),
    ("shippingRequired=true", {"shipping"}),
    ("shippingRequired=false", ALL - {"shipping"}),
    ("lang=kk", {"kazakh"}),
    ("lang=ru", ALL - {"kazakh"}),
    ("lang=uz", set()),
    ("platform=TIKTOK&niche=FOOD&shippingRequired=true", {"shipping"}),
    ("platform=", ALL),
]


@pytest.fixture
def shelf(world) -> None:
    """One live job for every filter."""
    brand = world.brand()
    for name, content in TEXTS.items():
        make(world, brand, title=f"Review of {name}", **content)


@pytest.mark.usefixtures("shelf")
def test_each_filter_lets_through_what_it_names():
    for query, expected in FILTERS:
        assert {title.removeprefix("Review of ") for title in feed(query)} == expected, query


BAD = [
    "platform=MYSPACE",
    "platform=tiktok",
    "niche=CARS",
    "currency=GBP",
    "rightsPackage=ALL",
    "formats=REVIEW,POEM",
    "minBudget=-1&currency=RUB",
    "minBudget=1.5&currency=RUB",
    "minBudget=many&currency=RUB",
    "maxBudget=99999999999999999999&currency=RUB",
    "minDeliverables=99999",
    "needsPosting=yes",
    "shippingRequired=2",
    "lang=la",
    "sort=price",
    "currency=&minBudget=1",
    "currency=&sort=budget",
    "limit=0",
    "limit=101",
    "cursor=abc",
    "status=DRAFT",
    "platform=TIKTOK&platform=OTHER",
    "q=" + "x" * 101,
]


@pytest.mark.parametrize("query", BAD)
def test_what_the_feed_does_not_know_is_a_clear_400(db, query):
    answer = Caller().get(f"/api/jobs?{query}")

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == [query.partition("=")[0]]


def test_the_newest_comes_first_and_the_dearest_when_asked_within_one_currency(world):
    brand = world.brand()
    cheap = make(world, brand, budget_max=4_000)
    dear = make(world, brand, budget_max=90_000)
    middle = make(world, brand, budget_max=5_000)
    twin = make(world, brand, budget_max=5_000)
    make(world, brand, budget_max=99_000_000, currency="KZT")

    assert feed("currency=RUB") == [job.title for job in (twin, middle, dear, cheap)]
    assert feed("currency=RUB&sort=new") == [job.title for job in (twin, middle, dear, cheap)]
    assert feed("currency=RUB&sort=budget") == [job.title for job in (dear, twin, middle, cheap)]


@pytest.mark.parametrize("query", ["", "currency=RUB&sort=budget", "platform=TIKTOK&niche=FOOD", "q=чай"])
def test_a_walk_through_the_pages_sees_every_job_once_whatever_comes_between(world, query):
    brand = world.brand()
    old = bulk(brand, 20, description="Китайский чай", budget_max=200) + bulk(brand, 5, description="Чай", budget_max=300)

    seen = walk(query, between=lambda page: world.live_job(brand=brand, title=f"Newer {page} " * 2, description="чай", budget_max=5_000))

    assert len(seen) == len(set(seen))
    assert set(seen) >= {str(job.id) for job in old}


def test_a_walk_loses_nobody_when_rows_go(world):
    brand = world.brand()
    jobs = bulk(brand, 20)
    newest_first = [str(job.id) for job in reversed(jobs)]

    seen = walk(between=lambda page: Job.objects.filter(id=jobs[-1 - page].id).update(status="PAUSED"))

    assert seen == newest_first


def test_jobs_of_the_same_moment_are_walked_once_each(world):
    jobs = bulk(world.brand(), 10)
    Job.objects.update(live_at=clock.now())

    assert walk() == sorted((str(job.id) for job in jobs), reverse=True)


def test_a_cursor_opens_the_list_it_came_from_and_no_other(world):
    bulk(world.brand(), 5)
    cursor = Caller().get("/api/jobs?limit=2&platform=TIKTOK").data["nextCursor"]

    assert Caller().get(f"/api/jobs?limit=2&platform=TIKTOK&cursor={cursor}").status == 200
    for query in ("", "platform=OTHER&", "platform=TIKTOK&sort=new&"):
        assert Caller().get(f"/api/jobs?limit=2&{query}cursor={cursor}").status == 400


WORDS = [
    ("чай", True),
    ("чая", True),
    ("чаем", True),
    ("ЧАЮ", True),
    ("вкусного чая", True),
    ("обзоры", True),
    ("обзора чая", True),
    ("снимите", True),
    ("кофе", False),
    ("чай кофе", False),
    ("чай or кофе", True),
    ("чай -обзор", False),
    ('"вкусный чай"', True),
    ('"чай вкусный"', False),
    ("вку", False),
    ("video", True),
    ("videos", True),
    ("'); DROP TABLE core_job; --", False),
    ("%", False),
    ("\\", False),
    ('"', False),
]


def test_words_are_found_in_any_form(world):
    world.live_job(title="Обзор на вкусный чай", description="Нужно снять один video ролик. Снимите его дома.")

    for words, found in WORDS:
        assert bool(feed("q=" + quote(words))) is found, words


@pytest.mark.parametrize("words", ["-" * 100, "- " * 50, "-!" * 50, "-(" * 50, '-"' * 50, "--чай", "'\\:*<>&|"])
@pytest.mark.parametrize("path", ["/api/jobs", "/api/creators"])
def test_signs_that_mean_something_to_the_database_are_only_words(world, path, words):
    assert Caller().get(f"{path}?{urlencode({'q': words})}").status == 200


def test_a_word_behind_a_minus_is_left_out(world):
    word = unique("облепиха").replace("-", "")
    kept = world.live_job(title=f"Обзор {word} зимой")
    world.live_job(title=f"Обзор {word} летом")

    found = Caller().get(f"/api/jobs?{urlencode({'q': f'{word} -- -летом'})}").data["items"]

    assert [job["id"] for job in found] == [str(kept.id)]


@pytest.mark.parametrize(
    "words", ["чай 100%", "чай %s %(a)s %%", "чай'; DROP TABLE core_job; --", "чай \\' \\\\", 'чай "', "чай $1 $$", "чай {0}"]
)
def test_signs_that_mean_something_elsewhere_are_only_words_here(world, words):
    for _ in range(5):  # as often as makes a statement prepared
        assert Caller().get(f"/api/jobs?{urlencode({'q': words})}").status == 200
    world.live_job(title="Обзор на чай 100%")

    assert feed(urlencode({"q": "чай 100%"})) == ["Обзор на чай 100%"]


def test_the_search_sees_what_the_feed_shows_and_nothing_else(world):
    text = {"title": "Обзор на редкий улун"}
    for state in ("draft_job", "job", "rejected_job", "paused_job"):
        getattr(world, state)(**text)
    live = world.live_job(title="Улун и пуэр", platform="OTHER")

    assert feed("q=улуна") == [live.title]
    assert feed("q=улуна&platform=TIKTOK") == []
    assert feed("q=") == [live.title]


def copies(job: Job, count: int, **content) -> None:
    """So many live jobs like this one, but for the content, written by the database itself."""
    columns = [field.column for field in Job._meta.concrete_fields if not field.generated]
    changed = {"id": "gen_random_uuid()", "live_at": "now() - number * interval '1 minute'"} | dict.fromkeys(content, "%s")
    picked = ", ".join(changed.get(column, column) for column in columns)
    given = [content[column] for column in columns if column in content]
    with connection.cursor() as cursor:
        rows = f"SELECT {picked} FROM core_job, generate_series(1, {count}) AS number WHERE id = %s"
        cursor.execute(f"INSERT INTO core_job ({', '.join(columns)}) {rows}", [*given, job.id])


def plan_of(query: str) -> str:
    """The plan of the statement that this page of the feed sends, as PostgreSQL chooses it now."""
    statements: list[tuple[str, tuple]] = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        Caller().get(f"/api/jobs?{query}").data  # noqa: B018 - only what it sends is wanted
    (statement,) = [one for one in statements if '"core_job"' in one[0]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement[0], statement[1])
        return json.dumps(cursor.fetchone()[0])


@pytest.mark.slow
def test_pages_of_twenty_thousand_skewed_jobs_are_read_from_their_index(world):
    job = world.live_job()
    copies(job, 14_000)
    copies(job, 5_500, niche="BEAUTY", platform="INSTAGRAM_REELS", budget_max=9_000, description="чай")
    copies(job, 20, niche="PETS", platform="VK_CLIPS", content_formats=["SKETCH"], title="Редкий аквариум")
    copies(job, 5_000, status="PAUSED")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_job")

    cursors = {query: Caller().get(f"/api/jobs?{query}").data["nextCursor"] for query in ("limit=50", "limit=50&currency=RUB&sort=budget")}

    assert "job_feed_new" in plan_of("")
    assert "job_feed_new" in plan_of(f"limit=50&cursor={cursors['limit=50']}")
    assert "job_feed_budget" in plan_of("currency=RUB&sort=budget")
    deeper = plan_of(f"limit=50&currency=RUB&sort=budget&cursor={cursors['limit=50&currency=RUB&sort=budget']}")
    assert "job_feed_budget" in deeper
    assert "job_feed_niche" in plan_of("niche=PETS&platform=VK_CLIPS")
    assert "job_feed_one_niche" in plan_of("niche=PETS")
    assert "job_arrays" in plan_of("formats=SKETCH")
    assert "job_search" in plan_of("q=аквариум")
    assert "Seq Scan" not in plan_of("q=чай").partition("core_brandprofile")[0]
