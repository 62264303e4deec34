"""The search field of every page: a few creators and jobs, while one is still typing."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BigIntegerField, CharField, F, Func, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from core.base.counting import CountOf
from core.base.errors import Invalid
from core.base.prepared import with_literals
from core.base.texts import visible
from core.jobs.models import Job
from core.people.models import CreatorProfile
from core.people.policies import listed_creators

SHOWN_OF_EACH = 5
LOOKED_AT = 2_000
QUERY_MIN, QUERY_MAX = 2, 100
WORDS_MAX = 8
WORD = re.compile(r"[^\W_]+")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Moment(Func):
    """A moment as a whole number of microseconds. The planner does not see the order of an index in it.

    It takes the beginning of any word for common, and would read all rows in their order to find the five that have a rare one.
    """

    template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


def found(query: str) -> list[dict[str, Any]]:
    """Up to five listed creators, best rated first, and up to five live jobs, newest first, that have all these words.

    A word counts in any grammatical form, and as the beginning of a longer one. One statement; none when there is no word to look for.
    Raises Invalid for a query that is too short or too long.
    """
    words = WORD.findall(_judged(query))[:WORDS_MAX]
    if not words:
        return []
    wanted = reduce(and_, [_word(word) for word in words])
    rows = _creators(wanted).union(_new_jobs(wanted), _other_jobs(wanted), all=True)
    # The words stand in the statement itself: a prepared plan would be the same for a rare word and for a common one.
    return _shown(with_literals(*rows.query.sql_with_params()).run(()))


def _creators(wanted: Any) -> Any:
    """The best rated of the creators who say so; of thousands, the best of some."""
    some = listed_creators().filter(search=wanted)[:LOOKED_AT]
    creators = CreatorProfile.objects.filter(pk__in=some.values("pk")).annotate(kind=_kind("creator"), label=F("display_name"))
    place = Cast("rating_rank", BigIntegerField())
    return creators.annotate(place=place).order_by("-rating_rank", "-id").values_list(*COLUMNS)[:SHOWN_OF_EACH]


def _live_jobs(wanted: Any) -> Any:
    return Job.objects.filter(is_live=True, search=wanted).annotate(kind=_kind("job"), label=F("title"), place=Moment("live_at"))


def _new_jobs(wanted: Any) -> Any:
    """The newest of the jobs that say so, as far as they are new: what is common is found there at once, in the order of the feed."""
    feed = Job.objects.filter(is_live=True).order_by("-live_at", "-id")
    since = Coalesce(Subquery(feed.values("live_at")[LOOKED_AT : LOOKED_AT + 1]), Value(LONG_AGO))
    return _live_jobs(wanted).filter(live_at__gt=since).order_by("-live_at", "-id").values_list(*COLUMNS)[:SHOWN_OF_EACH]


def _other_jobs(wanted: Any) -> Any:
    """The newest of all the jobs that say so, unless the new ones are enough: by the index of words alone."""
    jobs = _live_jobs(wanted).annotate(new=CountOf(_new_jobs(wanted))).filter(new__lt=SHOWN_OF_EACH)
    return jobs.order_by("-place", "-id").values_list(*COLUMNS)[:SHOWN_OF_EACH]


COLUMNS = ("kind", "id", "label", "place")
PLACES = {"creator": "/creators/{id}", "job": "/jobs/{id}"}


def _kind(name: str) -> Cast:
    return Cast(Value(name), CharField())


def _shown(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Each thing once, creators before jobs, the best of each kind first."""
    shown: list[dict[str, Any]] = []
    for kind, where in PLACES.items():
        places = {key: (place, key.int, label) for each, key, label, place in rows if each == kind}
        best = sorted(places, key=lambda key: places[key][:2], reverse=True)[:SHOWN_OF_EACH]
        shown += [{"type": kind, "id": key, "label": places[key][2], "href": where.format(id=key)} for key in best]
    return shown


def _word(word: str) -> Any:
    """Texts with this word in some form, or with one that begins so; a single letter begins too many.

    A word of letters and digits needs no more than its quotes.
    """
    form = SearchQuery(word, config="russian", search_type="plain")
    return form if len(word) == 1 else form | SearchQuery(f"'{word}':*", config="simple", search_type="raw")


def _judged(query: str) -> str:
    """The query, trimmed. Raises Invalid."""
    asked = visible(query)
    if not QUERY_MIN <= len(asked) <= QUERY_MAX:
        message = _("Write between {lowest} and {highest} characters.").format(lowest=QUERY_MIN, highest=QUERY_MAX)
        raise Invalid({"q": [message]})
    return asked
