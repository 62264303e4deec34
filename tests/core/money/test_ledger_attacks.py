"""The database defends the ledger by itself: against its owner's SQL, and against the application's."""

import itertools
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from core.money.models import Account
from tests.core.money import stage
from tests.core.money.attacks import ATTACKS, SPLIT, STOPPED_BY_ONE_GUARD, Attack, entry, parts
from tests.world import World

ROLES = {"owner": stage.OWNER, "application": stage.APPLICATION, "careless": stage.CARELESS}
TRIED = [(attack, role) for attack, role in itertools.product(ATTACKS, ROLES) if attack.state(role) is not None]


@pytest.fixture(scope="module")
def theatre(django_db_setup: None, django_db_blocker) -> Iterator[dict]:
    """One world for all attacks, in one transaction that is never committed; each attack is taken back by itself."""
    with django_db_blocker.unblock(), stage.taken_back():
        names = stage.build(World())
        yield names | {"has_roles": stage.make_roles()}


@pytest.fixture
def names(theatre: dict) -> dict:
    """The ids on the stage. Nothing is left to be said about it at commit."""
    stage.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return theatre


def role_named(role: str, names: dict) -> str:
    if role != "owner" and not names["has_roles"]:
        pytest.skip("the test database's user may not create roles")
    return ROLES[role]


@pytest.mark.parametrize(("attack", "role"), TRIED, ids=[f"{role}: {attack.name}" for attack, role in TRIED])
def test_the_attack_is_stopped_and_no_balance_has_changed(names: dict, attack: Attack, role: str) -> None:
    before = stage.balances()

    outcome = stage.attack(attack.sql.format(**names), role=role_named(role, names))

    assert outcome.state == attack.state(role), outcome.said
    assert stage.balances() == before


@pytest.mark.parametrize(("guard", "name"), STOPPED_BY_ONE_GUARD.items())
def test_without_its_guard_the_attack_goes_through(names: dict, guard: str, name: str) -> None:
    (told,) = (attack for attack in ATTACKS if attack.name == name)
    drop = """DO $$ BEGIN EXECUTE (SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass FROM pg_trigger
        WHERE tgname ~ '^pgtrigger_%s_[0-9a-f]+$'); END $$;"""

    outcome = stage.attack(drop % guard + told.sql.format(**names))

    assert outcome.state is None, outcome.said


@pytest.mark.parametrize("role", ROLES)
def test_a_legal_entry_is_let_through_and_moves_the_money(names: dict, role: str) -> None:
    look = "SELECT balance_cents, version FROM core_account WHERE id = {wallet}"
    ((balance, version),) = stage.execute(look.format(**names))

    outcome = stage.attack((entry() + look).format(**names), role=role_named(role, names))

    assert outcome.state is None, outcome.said
    assert outcome.rows == ((balance + 100, version + 1),)


@pytest.mark.parametrize("role", ROLES)
def test_a_split_by_its_share_is_let_through(names: dict, role: str) -> None:
    left = "SELECT balance_cents FROM core_account WHERE id = {escrow_account}"

    outcome = stage.attack((SPLIT + parts(85_000, 15_000, 350_000) + left).format(**names), role=role_named(role, names))

    assert outcome.state is None, outcome.said
    assert outcome.rows == ((0,),)


@pytest.mark.parametrize("role", ROLES)
def test_what_an_entry_claims_about_itself_is_overwritten(names: dict, role: str) -> None:
    forged = entry(
        "RETURNING to_balance_after, to_version, from_balance_after, from_version, created_at > now() - interval '1 minute'",
        from_balance_after="7", from_version="7", to_balance_after="7", to_version="7", created_at="'2001-01-01'",
    )  # fmt: skip
    wallet = Account.objects.get(pk=names["wallet"])

    outcome = stage.attack(forged.format(**names), role=role_named(role, names))

    assert outcome.rows == ((wallet.balance_cents + 100, wallet.version + 1, None, None, True),), outcome.said


def test_the_application_can_do_all_that_deals_and_payouts_need(names: dict) -> None:
    role = role_named("application", names)

    with stage.taken_back():
        stage.execute(f"SET LOCAL ROLE {role}")
        stage.build(World())
        stage.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_application_may_lock_an_account(names: dict) -> None:
    locked = f"SELECT id FROM core_account WHERE id = {names['wallet']} FOR NO KEY UPDATE"

    outcome = stage.attack(locked, role=role_named("application", names))

    assert outcome.rows == ((names["wallet"],),), outcome.said


def test_every_guard_has_its_owners_rights_a_fixed_path_and_no_other_user(names: dict) -> None:
    guards = stage.execute(
        "SELECT proname, prosecdef, proconfig, has_function_privilege('public', oid, 'EXECUTE') "
        "FROM pg_proc WHERE proname LIKE 'pgtrigger%'"
    )

    assert len(guards) > 20
    loose = [guard for guard in guards if guard[1:] != (True, ["search_path=pg_catalog, pg_temp"], False)]
    assert loose == []


def test_what_a_guard_keeps_the_application_has_no_right_to_change(names: dict) -> None:
    role = role_named("application", names)
    guarded = """SELECT relation.relname FROM pg_trigger JOIN pg_class relation ON relation.oid = tgrelid
        WHERE tgname ~ '_({})_[0-9a-f]+$' AND has_{}_privilege('{}', relation.oid, '{}')"""

    deleted = stage.execute(guarded.format("no_delete|append_only", "table", role, "DELETE"))
    changed = stage.execute(guarded.format("append_only", "any_column", role, "UPDATE"))

    assert (deleted, changed) == ((), ())


@pytest.mark.parametrize(("database", "state"), [("test_of_truncation", None), ("not_a_test", "LG002"), ("testament", "LG002")])
def test_tables_can_be_emptied_in_a_test_database_alone(names: dict, database: str, state: str | None) -> None:
    ((guard,),) = stage.execute("SELECT prosrc FROM pg_proc WHERE proname LIKE 'pgtrigger_entry_no_truncate%'")
    named = guard.replace("current_database()", f"'{database}'")
    assert named != guard

    outcome = stage.attack(
        f"CREATE TABLE wiped (); CREATE FUNCTION wipe() RETURNS trigger LANGUAGE plpgsql AS $guard${named}$guard$;"
        "CREATE TRIGGER wipe BEFORE TRUNCATE ON wiped EXECUTE FUNCTION wipe(); SET LOCAL core.allow_truncate = 'on'; TRUNCATE wiped"
    )

    assert outcome.state == state, outcome.said


def test_tables_can_be_emptied_only_by_a_connection_that_asked_for_it(names: dict) -> None:
    outcome = stage.attack("SET LOCAL core.allow_truncate = 'off'; TRUNCATE core_ledgerentry CASCADE")

    assert connection.settings_dict["NAME"].startswith("test_")
    assert outcome.state == "LG002"


def test_a_refused_entry_leaves_the_connection_usable_after_its_savepoint(names: dict) -> None:
    with pytest.raises(psycopg.Error, match="not enough money"), transaction.atomic():
        stage.execute(entry(from_account_id="{wallet}", to_account_id="{adjustments}", amount_cents="9999999999").format(**names))

    assert stage.execute("SELECT 1") == ((1,),)
