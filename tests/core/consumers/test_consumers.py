"""The verbs of consumers: who may, what stands afterwards, what is never told, and what a refusal leaves."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.consumers import services
from core.consumers.errors import ConsumerExists, ConsumerRevoked
from core.people.models import User
from outbox.consumers import selectors, tokens
from outbox.consumers.models import Consumer, ConsumerToken
from tests.api.callers import Caller
from tests.outbox.consumers.cast import ids_of, let_leases_run_out, make_consumer, nack, pull, pulled, write_events


def name() -> str:
    return f"shop-{uuid.uuid4().hex[:12]}"


def trail(consumer: Consumer) -> list[str]:
    """What was recorded about it, in order."""
    return list(
        AuditEntry.objects.filter(subject_type="Consumer", subject_id=str(consumer.pk)).order_by("id").values_list("action", flat=True)
    )


def test_a_new_consumer_gets_what_happens_from_now_on(world):
    write_events(2)
    engineer = world.staff("engineer")

    opened = services.create_consumer(by=engineer, name=name(), scopes=["ESCROW_*"])
    ids = ids_of(write_events(1))

    assert pulled(Caller(token=opened.secret)) == ids
    assert trail(opened.consumer) == ["CONSUMER_CREATED"]
    assert opened.secret not in str(AuditEntry.objects.latest("id").after)


def test_a_consumer_may_begin_with_everything_that_is_kept(world):
    ids = ids_of(write_events(2))

    opened = services.create_consumer(by=User.objects.system(), name=name(), scopes=["*"], from_start=True)

    assert pulled(Caller(token=opened.secret), limit=100)[-2:] == ids


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "A shop"}, "name"),
        ({"name": "x"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["NO_SUCH_EVENT"]}, "scopes"),
        ({"scopes": ["NOTHING_*"]}, "scopes"),
        ({"scopes": ["escrow_*"]}, "scopes"),
        ({"scopes": ["%"]}, "scopes"),
    ],
)
def test_a_consumer_that_makes_no_sense_is_refused(world, asked, field):
    with pytest.raises(Invalid) as refusal:
        services.create_consumer(**{"by": User.objects.system(), "name": name(), "scopes": ["*"]} | asked)

    assert list(refusal.value.fields) == [field]
    assert not ConsumerToken.objects.exists()


@pytest.mark.parametrize("verb", ["create", "rotate", "revoke", "rewind", "redrive"])
@pytest.mark.parametrize("who", ["brand", "creator", "moderator", "finance", "support"])
def test_only_engineers_and_the_console_manage_consumers(world, who, verb):
    by = getattr(world, who)() if who in ("brand", "creator") else world.staff(who)
    consumer, _ = make_consumer()
    before = (Consumer.objects.count(), ConsumerToken.objects.count(), AuditEntry.objects.count())
    calls = {
        "create": lambda: services.create_consumer(by=by, name=name(), scopes=["*"]),
        "rotate": lambda: services.rotate_consumer(consumer.name, by=by),
        "revoke": lambda: services.revoke_consumer(consumer.name, by=by),
        "rewind": lambda: services.rewind_consumer(consumer.name, by=by, to=0),
        "redrive": lambda: services.redrive_consumer(consumer.name, by=by),
    }

    with pytest.raises(Forbidden):
        calls[verb]()

    assert (Consumer.objects.count(), ConsumerToken.objects.count(), AuditEntry.objects.count()) == before


def test_a_name_is_not_used_twice(world):
    consumer, _ = make_consumer()

    with pytest.raises(ConsumerExists):
        services.create_consumer(by=User.objects.system(), name=consumer.name, scopes=["*"])


def test_after_a_rotation_both_tokens_work_until_the_old_one_dies(world):
    consumer, old = make_consumer()

    opened = services.rotate_consumer(consumer.name, by=User.objects.system(), overlap=timedelta(hours=2))
    new = Caller(token=opened.secret)

    assert (pull(old).status, pull(new).status) == (200, 200)
    ConsumerToken.objects.filter(digest=tokens.digest(old.token)).update(expires_at=Now())
    assert (pull(old).code, pull(new).status) == ("OUTBOX_AUTH_ERROR", 200)
    assert trail(consumer) == ["CONSUMER_ROTATED"]


def test_the_overlap_is_a_day_at_most_and_a_second_rotation_does_not_lengthen_it(world):
    consumer, old = make_consumer()
    with pytest.raises(Invalid):
        services.rotate_consumer(consumer.name, by=User.objects.system(), overlap=timedelta(hours=24, seconds=1))

    services.rotate_consumer(consumer.name, by=User.objects.system(), overlap=timedelta(hours=1))
    services.rotate_consumer(consumer.name, by=User.objects.system(), overlap=timedelta(hours=24))

    first = ConsumerToken.objects.annotate(now=Now()).get(digest=tokens.digest(old.token))
    assert first.expires_at - first.now < timedelta(hours=1, minutes=1)


def test_a_consumer_that_may_have_leaked_its_token_is_rotated_at_once(world):
    consumer, old = make_consumer()

    services.rotate_consumer(consumer.name, by=User.objects.system(), overlap=timedelta())

    assert pull(old).code == "OUTBOX_AUTH_ERROR"


def test_the_database_lets_only_one_token_live_for_ever(world):
    consumer, _ = make_consumer()

    with pytest.raises(IntegrityError), transaction.atomic():
        tokens.give(consumer, tokens.make())


def test_a_revoked_consumer_is_revoked_for_good(world):
    consumer, caller = make_consumer()

    services.revoke_consumer(consumer.name, by=User.objects.system())

    assert pull(caller).code == "OUTBOX_AUTH_ERROR"
    for verb in (services.rotate_consumer, services.revoke_consumer, services.redrive_consumer):
        with pytest.raises(ConsumerRevoked):
            verb(consumer.name, by=User.objects.system())
    assert consumer.name not in [lag.name for lag in selectors.lags()]


def test_a_missing_consumer_is_not_found(world):
    with pytest.raises(NotFound):
        services.rotate_consumer("nobody-here", by=User.objects.system())


def test_a_rewind_goes_back_and_never_forward(world):
    consumer, caller = make_consumer()
    events = write_events(3)
    caller.post("/api/outbox/ack", {"ids": pulled(caller)})

    assert services.rewind_consumer(consumer.name, by=User.objects.system(), to=events[0].position) == events[0].position
    assert pulled(caller) == ids_of(events[1:])
    assert services.rewind_consumer(consumer.name, by=User.objects.system(), to=10**9) == events[2].position
    assert trail(consumer) == ["CONSUMER_REWOUND"] * 2


# ── The consumer of the setting ──────────────────────────────────────────────────────────────────────────────────────


def ensure(settings, secret: str) -> Caller:
    """The setting has this value, and the server was prepared."""
    settings.OUTBOX_CONSUMER_SECRET = secret
    services.ensure_first_consumer(by=User.objects.system())
    return Caller(token=secret or "none")


def test_the_setting_opens_the_pull_api_for_the_first_consumer(world, settings):
    caller = ensure(settings, "s" * 60)

    assert pull(caller).status == 200
    consumer = Consumer.objects.get(name=services.FIRST)
    assert "ssss" not in str(list(consumer.tokens.values()))


def test_preparing_twice_changes_nothing(world, settings):
    ensure(settings, "s" * 60)
    before = (list(ConsumerToken.objects.values()), AuditEntry.objects.count())

    ensure(settings, "s" * 60)

    assert (list(ConsumerToken.objects.values()), AuditEntry.objects.count()) == before


def test_another_value_of_the_setting_ends_the_one_before(world, settings):
    old = ensure(settings, "s" * 60)

    new = ensure(settings, "t" * 60)

    assert (pull(old).code, pull(new).status) == ("OUTBOX_AUTH_ERROR", 200)


def test_without_the_setting_its_token_is_dead(world, settings):
    old = ensure(settings, "s" * 60)

    ensure(settings, "")

    assert pull(old).code == "OUTBOX_AUTH_ERROR"


def test_a_former_value_that_comes_back_is_taken_again(world, settings):
    caller = ensure(settings, "s" * 60)
    ensure(settings, "t" * 60)

    ensure(settings, "s" * 60)

    assert pull(caller).status == 200


def test_a_value_that_was_rotated_away_stays_away(world, settings):
    old = ensure(settings, "s" * 60)
    newer = Caller(token=services.rotate_consumer(services.FIRST, by=User.objects.system(), overlap=timedelta()).secret)

    ensure(settings, "s" * 60)

    assert (pull(old).code, pull(newer).status) == ("OUTBOX_AUTH_ERROR", 200)


def test_a_first_consumer_that_was_revoked_stays_revoked(world, settings):
    ensure(settings, "s" * 60)
    services.revoke_consumer(services.FIRST, by=User.objects.system())

    assert pull(ensure(settings, "t" * 60)).code == "OUTBOX_AUTH_ERROR"


# ── At the console ───────────────────────────────────────────────────────────────────────────────────────────────────


def run(*arguments: str) -> list[str]:
    """The lines that the command prints."""
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue().splitlines()


def test_the_console_makes_rotates_rewinds_and_revokes(world):
    called = name()
    secret = run("outbox_consumer", "create", called, "--scope", "ESCROW_*")[-1]
    ids = ids_of(write_events(2))
    caller = Caller(token=secret)
    assert pulled(caller) == ids

    newer = run("outbox_consumer", "rotate", called, "--overlap-hours", "0")[-1]
    assert pull(caller).code == "OUTBOX_AUTH_ERROR"
    run("outbox_consumer", "rewind", called, "--to", "0")
    assert pulled(Caller(token=newer), limit=100)[-2:] == ids
    listed = "\n".join(run("outbox_consumer", "list"))
    assert called in listed
    assert secret not in listed
    assert newer not in listed
    run("outbox_consumer", "revoke", called)
    assert f"{called} is revoked" not in listed
    assert "revoked" in next(line for line in run("outbox_consumer", "list") if line.startswith(called))


def test_the_console_lists_what_was_given_up_and_sends_it_again(world):
    consumer, caller = make_consumer()
    (uid,) = ids_of(write_events(1))
    for _ in range(16):
        pulled(caller)
        nack(caller, uid, error="Broken here.", retryAfterSec=0)

    assert any(uid in line and "Broken here." in line for line in run("outbox_consumer", "list", "--dead"))
    assert run("outbox_consumer", "redrive", consumer.name, uid) == [f"{consumer.name}: 1 come again"]
    assert pulled(caller) == [uid]


def test_the_console_rewinds_to_a_moment(world):
    consumer, caller = make_consumer()
    _, second = write_events(2)
    caller.post("/api/outbox/ack", {"ids": pulled(caller)})

    run("outbox_consumer", "rewind", consumer.name, "--since", second.occurred_at.isoformat())

    assert pulled(caller) == [str(second.uid)]


def test_the_console_says_why_not(world):
    with pytest.raises(CommandError, match="NO_SUCH"):
        run("outbox_consumer", "create", name(), "--scope", "NO_SUCH")


def test_the_tail_prints_events_in_their_order(world):
    first, second = write_events(1), write_events(1, type="MESSAGE_SENT")

    lines = run("outbox", "tail", "--after", str(first[0].position - 1))
    messages = run("outbox", "tail", "--after", str(first[0].position - 1), "--type", "MESSAGE_*")

    assert [str(event.uid) in line for event, line in zip([*first, *second], lines, strict=True)] == [True, True]
    assert len(messages) == 1


def test_lags_are_the_events_behind_and_the_age_of_the_oldest(world):
    consumer, caller = make_consumer()
    write_events(3)

    (lag,) = [lag for lag in selectors.lags() if lag.name == consumer.name]
    assert lag.behind >= 3
    assert 0 < lag.seconds < 60
    assert lag.dead == 0
    caller.post("/api/outbox/ack", {"ids": pulled(caller)})
    let_leases_run_out(consumer)

    (lag,) = [lag for lag in selectors.lags() if lag.name == consumer.name]
    assert (lag.behind, lag.seconds) == (0, 0.0)
