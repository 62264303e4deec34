"""The second factor of staff: set up once, good once per code, shut after guesses, reset by somebody else."""

import datetime as dt

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, NotFound, Refusal
from core.people import services
from core.people.errors import BadCredentials
from core.people.factors import codes, errors
from core.people.factors.models import BackofficeSession, Factor, RecoveryCode
from core.people.models import Session, User
from tests.authenticator import Authenticator
from tests.world import PASSWORD


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.STAFF_SECOND_FACTOR = True


def superuser(world) -> User:
    chief = world.staff()
    chief.is_superuser = True
    chief.save(update_fields=["is_superuser"])
    return chief


def log_in(user: User, code: str = "") -> Session:
    return services.log_in(email=user.email, password=PASSWORD, kind="TOKEN", code=code)[0]


def actions(user: User) -> list[str]:
    return list(
        AuditEntry.objects.filter(subject_type="User", subject_id=user.pk, actor=user).order_by("id").values_list("action", flat=True)
    )


# ── Setting up ──


def test_the_first_code_sets_the_factor_up_and_hands_out_recovery_codes_that_are_kept_as_digests(world):
    user = world.staff("finance")

    telephone = Authenticator(user)

    factor = Factor.objects.get(user=user)
    assert telephone.secret not in factor.sealed_secret
    assert len(set(telephone.recovery_codes)) == 10
    kept = set(RecoveryCode.objects.filter(factor=factor).values_list("digest", flat=True))
    assert len(kept) == 10
    assert not kept & {codes.one_spelling(code) for code in telephone.recovery_codes}
    assert actions(user) == ["SECOND_FACTOR_SET_UP"]


def test_a_wrong_first_code_sets_nothing_up(world):
    user = world.staff("finance")

    with pytest.raises(errors.CodeNotValid):
        services.set_up_factor(by=user, secret=codes.new_secret(), code="12345")

    assert not Factor.objects.exists()


def test_a_second_authenticator_does_not_push_the_first_one_out(world):
    user = world.staff("finance")
    Authenticator(user)

    with pytest.raises(errors.FactorExists):
        Authenticator(user)


def test_only_staff_have_a_factor(world):
    with pytest.raises(Forbidden):
        Authenticator(world.brand())


# ── Signing in ──


def test_staff_sign_in_with_password_and_code_and_others_with_the_password(world):
    user = world.staff("finance")
    telephone = Authenticator(user)

    assert log_in(user, telephone.code()).user == user
    assert log_in(world.brand()).user.role == "BRAND"


@pytest.mark.parametrize(
    ("prepare", "code", "refusal"),
    [
        (Authenticator, "", errors.CodeRequired),
        (Authenticator, "12345", errors.CodeNotValid),
        (Authenticator, "½½½½½½", errors.CodeNotValid),
        (lambda user: None, "", errors.FactorMissing),
        (lambda user: None, "123456", errors.FactorMissing),
    ],
)
def test_the_password_alone_opens_nothing(world, prepare, code, refusal):
    user = world.staff("finance")
    prepare(user)

    with pytest.raises(refusal):
        log_in(user, code)

    assert not Session.objects.filter(user=user).exists()


def test_a_wrong_password_says_nothing_about_codes(world):
    user = world.staff("finance")
    telephone = Authenticator(user)

    with pytest.raises(BadCredentials):
        services.log_in(email=user.email, password="wrong-horse-battery-9", kind="TOKEN", code=telephone.code())

    assert Factor.objects.get(user=user).failures == 0


def test_nothing_is_asked_where_developers_work(world, settings):
    settings.STAFF_SECOND_FACTOR = False

    assert log_in(world.staff("finance"), "anything").user.role == "STAFF"


def test_a_code_opens_once_also_the_one_that_set_the_factor_up(world):
    user = world.staff("finance")
    with time_machine.travel("2031-01-01T10:00:05Z", tick=False):
        telephone = Authenticator(user)
        with pytest.raises(errors.CodeNotValid):
            log_in(user, telephone.code(later=0))
        log_in(user, telephone.code(later=1))
        for used in (telephone.code(later=1), telephone.code(later=0), telephone.code(later=-1)):
            with pytest.raises(errors.CodeNotValid):
                log_in(user, used)
        with pytest.raises(errors.CodeNotValid):
            log_in(user, telephone.code(later=2))
    with time_machine.travel("2031-01-01T10:01:05Z", tick=False):
        assert log_in(user, telephone.code(later=0)).user == user


def test_five_wrong_codes_shut_the_door_for_a_quarter_of_an_hour_also_for_the_right_one(world):
    user = world.staff("finance")
    telephone = Authenticator(user)
    for _each in range(5):
        with pytest.raises(errors.CodeNotValid):
            log_in(user, telephone.wrong())

    with pytest.raises(errors.TooManyCodes):
        log_in(user, telephone.code())
    with pytest.raises(errors.TooManyCodes):
        services.prove_factor(by=user, code=telephone.recovery_codes[0])

    assert actions(user)[-1] == "SECOND_FACTOR_LOCKED"
    with time_machine.travel(clock.now() + dt.timedelta(minutes=16)):
        assert log_in(user, telephone.code()).user == user


def test_wrong_codes_stay_counted_though_the_call_was_refused_and_a_right_one_forgives_them(world):
    user = world.staff("finance")
    telephone = Authenticator(user)
    for refused in (1, 2, 3, 4):
        with pytest.raises(errors.CodeNotValid):
            services.prove_factor(by=user, code=telephone.wrong())
        assert Factor.objects.get(user=user).failures == refused

    services.prove_factor(by=user, code=telephone.code())

    assert Factor.objects.get(user=user).failures == 0


# ── Recovery codes ──


def test_a_recovery_code_opens_once_however_it_is_typed(world):
    user = world.staff("finance")
    telephone = Authenticator(user)
    typed = telephone.recovery_codes[3].lower().replace("-", " ")

    assert log_in(user, typed).user == user
    with pytest.raises(errors.CodeNotValid):
        log_in(user, typed)

    assert actions(user)[-1] == "RECOVERY_CODE_USED"
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_somebody_elses_recovery_code_opens_nothing(world):
    one, other = Authenticator(world.staff("finance")), Authenticator(world.staff("finance"))

    with pytest.raises(errors.CodeNotValid):
        log_in(one.user, other.recovery_codes[0])

    assert RecoveryCode.objects.filter(used_at=None).count() == 20


def test_new_recovery_codes_take_a_code_and_end_the_old_ones(world):
    user = world.staff("finance")
    telephone = Authenticator(user)
    with pytest.raises(errors.CodeNotValid):
        services.renew_recovery_codes(by=user, code=telephone.wrong())
    assert Factor.objects.get(user=user).failures == 1

    shown = services.renew_recovery_codes(by=user, code=telephone.code())

    with pytest.raises(errors.CodeNotValid):
        log_in(user, telephone.recovery_codes[0])
    assert log_in(user, shown[0]).user == user


# ── Resetting ──


def test_a_superuser_resets_a_colleagues_factor_and_signs_them_out(world):
    user, chief = world.staff("finance"), superuser(world)
    telephone = Authenticator(user)
    session = log_in(user, telephone.code())

    services.reset_factor(user.pk, by=chief, reason="The telephone was stolen in the train.")

    session.refresh_from_db()
    assert session.revoked_at is not None
    assert not Factor.objects.filter(user=user).exists()
    assert not RecoveryCode.objects.exists()
    entry = AuditEntry.objects.get(action="SECOND_FACTOR_RESET")
    assert (entry.actor, entry.subject_id, entry.reason) == (chief, str(user.pk), "The telephone was stolen in the train.")
    Authenticator(user)


@pytest.mark.parametrize("who", ["themselves", "a colleague", "nobody's", "without a reason", "a brand's"])
def test_who_may_not_reset_a_factor_leaves_it(world, who):
    user, chief = world.staff("finance"), superuser(world)
    Authenticator(user)
    Authenticator(chief)
    target, by, reason, refusal = {
        "themselves": (chief.pk, chief, "I have a new telephone.", Forbidden),
        "a colleague": (user.pk, world.staff("moderator", "support", "finance_approver"), "A new telephone.", Forbidden),
        "nobody's": (world.staff("moderator").pk, chief, "A new telephone.", errors.NoFactor),
        "without a reason": (user.pk, chief, "new", Refusal),
        "a brand's": (world.brand().pk, chief, "A new telephone.", NotFound),
    }[who]

    with pytest.raises(refusal):
        services.reset_factor(target, by=by, reason=reason)

    assert Factor.objects.count() == 2
    assert not AuditEntry.objects.filter(action="SECOND_FACTOR_RESET").exists()


# ── Sign-ins to the backoffice ──


def sitting(user: User, digest: str) -> BackofficeSession:
    return BackofficeSession.objects.create(session_key=digest, session_data="", user=user, expire_date=clock.now() + dt.timedelta(hours=1))


def test_a_browser_of_ones_own_is_signed_out_and_of_nobody_else(world):
    user, other = world.staff("finance"), world.staff("finance")
    mine, theirs = sitting(user, "a" * 64), sitting(other, "b" * 64)

    services.end_backoffice_session(mine.pk, by=user)
    for gone in (mine.pk, theirs.pk):
        with pytest.raises(NotFound):
            services.end_backoffice_session(gone, by=user)

    assert list(BackofficeSession.objects.all()) == [theirs]
    assert actions(user) == ["BACKOFFICE_SESSION_ENDED"]


def test_sign_ins_that_ran_out_are_forgotten(world):
    user = world.staff("finance")
    sitting(user, "a" * 64)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=30)):
        sitting(user, "b" * 64)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=70)):
        assert services.forget_old_sessions() == 1
