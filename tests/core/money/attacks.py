"""What people with a SQL prompt try, and the SQLSTATE with which each of them is stopped.

An attack is told three times: by the owner of the tables, by the application's role, which often may not even begin (42501), and
by the application's role of a careless operator who granted it everything on every table.
"""

from typing import NamedTuple

NO_RIGHT = "42501"
SAME = "the same"


class Attack(NamedTuple):
    """Its name, its SQL, and what stops the owner, the application, and a careless operator's application."""

    name: str
    sql: str
    owner: str | None
    application: str | None = SAME
    careless: str | None = SAME

    def state(self, role: str) -> str | None:
        """What stops this role. None where the attack is no attack in that role, and is not tried."""
        stopped = {"owner": self.owner, "application": self.application, "careless": self.careless}[role]
        return self.owner if stopped == SAME else stopped


SIGN = "UPDATE core_adjustment SET status = 'POSTED', decided_by_id = '{approver}', decided_at = now() WHERE id = '{draft}'; "


def entry(tail: str = "", **changes: str) -> str:
    """The insertion of a legal adjustment, whose document is signed, with changes. Under another reference nothing is signed."""
    values = {
        "type": "'ADJUSTMENT'",
        "reference": "'ADJUSTMENT:{draft}'",
        "from_account_id": "{adjustments}",
        "to_account_id": "{wallet}",
        "currency": "'RUB'",
        "amount_cents": "100",
        "actor_id": "'{finance}'",
        "approved_by_id": "'{approver}'",
        "reason": "'why not'",
        "request_id": "''",
        "created_at": "now()",
    } | changes
    signed = "" if "reference" in changes else SIGN
    return f"{signed}INSERT INTO core_ledgerentry ({', '.join(values)}) VALUES ({', '.join(values.values())}) {tail}; "


def plain(type: str, source: str, target: str, cents: str, *, reference: str = "ATTACK:1", **changes: str) -> str:
    """The insertion of an entry of this type, which nobody has to sign."""
    ends = {"type": f"'{type}'", "from_account_id": source, "to_account_id": target, "amount_cents": cents, "approved_by_id": "NULL"}
    return entry(**ends, reference=f"'{reference}'", **changes)


def update(table: str, change: str, which: str) -> str:
    return f"UPDATE core_{table} SET {change} WHERE id = '{{{which}}}'; "


def parts(creator_cents: int, fee: int, brand_cents: int, *, creator: str = "{earned}") -> str:
    """The entries of a split of the funded escrow; what is nothing is left out."""
    ends = [
        ("ESCROW_RELEASED", creator, creator_cents),
        ("COMMISSION_TAKEN", "{income}", fee),
        ("ESCROW_REFUNDED", "{wallet}", brand_cents),
    ]
    return "".join(plain(fact, "{escrow_account}", target, str(cents), reference=f"ATTACK:{fact}") for fact, target, cents in ends if cents)


SPLIT = update("escrow", "status = 'SPLIT', creator_share_cents = 100000, closed_at = now()", "escrow")
REVERSAL = {
    "type": "'REVERSAL'",
    "from_account_id": "{wallet}",
    "to_account_id": "{adjustments}",
    "amount_cents": "500",
    "reverses_id": "{adjustment}",
}
NO_TRUNCATE = "SET LOCAL core.allow_truncate = 'off'; TRUNCATE core_{} CASCADE"
LEVER = """
    CREATE TEMP TABLE lever (pulled int);
    CREATE FUNCTION pg_temp.pull() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;
    CREATE TRIGGER pull BEFORE INSERT ON lever FOR EACH ROW EXECUTE FUNCTION pg_temp.pull();
    INSERT INTO lever VALUES (1);
"""
RICHER = "UPDATE public.core_account SET balance_cents = balance_cents + 1000000, version = version + 1 WHERE id = {wallet};"
BORROWED_GUARD = """
    CREATE TEMP TABLE copy AS SELECT * FROM core_ledgerentry WITH NO DATA;
    DO $$ BEGIN EXECUTE (SELECT 'CREATE TRIGGER borrowed BEFORE INSERT ON copy FOR EACH ROW EXECUTE FUNCTION ' || tgfoid::regproc || '()'
                         FROM pg_trigger WHERE tgname LIKE 'pgtrigger_entry_moves%'); END $$;
    INSERT INTO copy (type, from_account_id, to_account_id, amount_cents) VALUES ('ADJUSTMENT', {adjustments}, {wallet}, 1000000);
"""
TABLE_IN_THE_WAY = """
    CREATE TEMP TABLE core_account AS SELECT * FROM public.core_account;
    UPDATE core_account SET balance_cents = 9000000000;
"""
OPERATOR_IN_THE_WAY = """
    CREATE FUNCTION public.never(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
    CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.never);
"""
LATE_TRIGGER = """
    CREATE FUNCTION public.zz_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$;
    CREATE TRIGGER zz_late BEFORE INSERT ON core_ledgerentry FOR EACH ROW EXECUTE FUNCTION public.zz_late();
"""
FRESH_ACCOUNT = "(SELECT max(id) FROM core_account)"

ENTRIES = [
    Attack("an entry is changed", update("ledgerentry", "amount_cents = 1", "adjustment"), "LG002", NO_RIGHT),
    Attack("an entry is deleted", "DELETE FROM core_ledgerentry WHERE id = {adjustment}", "LG002", NO_RIGHT),
    Attack("the entries are wiped", NO_TRUNCATE.format("ledgerentry"), "LG002", NO_RIGHT),
    Attack("an entry is overwritten on conflict", entry("ON CONFLICT (reference) DO UPDATE SET amount_cents = 1")
           + entry("ON CONFLICT (reference) DO UPDATE SET amount_cents = 1"), "LG002", NO_RIGHT),
    Attack("another currency than that of the accounts", entry(currency="'USD'"), "23503"),
    Attack("another currency than that of one account", entry(to_account_id="{dollars}"), "23503"),
    Attack("one account at both ends", entry(from_account_id="{wallet}"), "LG013"),
    Attack("nothing is moved", entry(amount_cents="0"), "23514"),
    Attack("less than nothing is moved", entry(amount_cents="-100"), "23514"),
    Attack("more than the maximum is moved", entry(amount_cents="10000000000001"), "23514"),
    Attack("a wallet is overdrawn", entry(from_account_id="{wallet}", to_account_id="{adjustments}", amount_cents="9999999999"), "LG010"),
    Attack("a wallet is overdrawn in two steps", entry(from_account_id="{wallet}", to_account_id="{adjustments}",
           amount_cents="(SELECT balance_cents FROM core_account WHERE id = {wallet})")
           + entry(reference="'ATTACK:2'", from_account_id="{wallet}", to_account_id="{adjustments}", amount_cents="1"), "LG010"),
    Attack("a reference is used again", entry() + entry(), "23505"),
    Attack("an account that does not exist", entry(to_account_id="0"), "LG013"),
    Attack("a type that does not exist", entry(type="'GIFT'"), "LG013"),
    Attack("money from the bank under another name", plain("BRAND_TOPUP", "{bank}", "{earned}", "1"), "LG013"),
    Attack("income goes into a wallet", entry(from_account_id="{income}"), "LG013"),
    Attack("money goes from one wallet to another", plain("ESCROW_RELEASED", "{wallet}", "{foreign}", "1"), "LG013"),
    Attack("an adjustment by one person", entry(approved_by_id="NULL"), "23514"),
    Attack("an adjustment by the same person twice", entry(approved_by_id="'{finance}'"), "23514"),
    Attack("an adjustment without a reason", entry(reason="''"), "23514"),
    Attack("a reversal by one person", entry(**REVERSAL, approved_by_id="NULL"), "23514"),
    Attack("a second reversal", entry(**REVERSAL) + entry(**REVERSAL, reference="'ATTACK:2'"), "23505"),
    Attack("a reversal of another amount", entry(**REVERSAL | {"amount_cents": "499"}), "LG011"),
    Attack("a reversal that does not go back",
           entry(**REVERSAL | {"from_account_id": "{adjustments}", "to_account_id": "{wallet}"}), "LG011"),
    Attack("a reversal of a reversal", entry(**REVERSAL) + entry(type="'REVERSAL'", reference="'ATTACK:2'", amount_cents="500",
           reverses_id="(SELECT id FROM core_ledgerentry WHERE reference = 'ADJUSTMENT:{draft}')"), "LG011"),
    Attack("a reversal of nothing", entry(**REVERSAL | {"reverses_id": "NULL"}), "23514"),
    Attack("an adjustment that calls itself a reversal's twin", entry(**REVERSAL | {"type": "'ADJUSTMENT'"}), "23514"),
    Attack("the money of a deal is reversed behind its back", entry(**REVERSAL | {"from_account_id": "{escrow_account}", "to_account_id":
           "{wallet}", "amount_cents": "{price}", "reverses_id": "{funding}"}), "LG012"),
    Attack("an entry that is dropped on conflict has moved money", entry() + entry("ON CONFLICT DO NOTHING"), "LG001"),
    Attack("an entry with the number of another", entry(id="{adjustment}"), "23505", NO_RIGHT),
]  # fmt: skip

ACCOUNTS = [
    Attack("an account is born rich", "INSERT INTO core_account (kind, owner_id, currency, balance_cents, version, created_at) "
           "VALUES ('BRAND', '{brand}', 'EUR', 5, 0, now())", "LG004"),
    Attack("an account is born old", "INSERT INTO core_account (kind, owner_id, currency, balance_cents, version, created_at) "
           "VALUES ('BRAND', '{brand}', 'EUR', 0, 5, now())", "LG004"),
    Attack("a second wallet of a person", "INSERT INTO core_account (kind, owner_id, currency, balance_cents, version, created_at) "
           "VALUES ('BRAND', '{brand}', 'RUB', 0, 0, now())", "23505"),
    Attack("a second bank", "INSERT INTO core_account (kind, currency, balance_cents, version, created_at) "
           "VALUES ('EXTERNAL', 'RUB', 0, 0, now())", "23505"),
    Attack("a wallet of nobody", "INSERT INTO core_account (kind, currency, balance_cents, version, created_at) "
           "VALUES ('BRAND', 'RUB', 0, 0, now())", "23514"),
    Attack("a balance is changed by hand", update("account", "balance_cents = balance_cents + 1", "wallet"), "LG001", NO_RIGHT),
    Attack("a version is changed by hand", update("account", "version = version + 1", "wallet"), "LG001", NO_RIGHT),
    Attack("the birth of an account is changed by hand", update("account", "created_at = now()", "wallet"), "LG001"),
    Attack("an account gets another owner", update("account", "owner_id = '{stranger}'", "wallet"), "LG005", NO_RIGHT),
    Attack("an account gets another kind", update("account", "kind = 'EXTERNAL'", "wallet"), "LG005", NO_RIGHT),
    Attack("an account gets another currency", update("account", "currency = 'USD'", "unfunded_account"), "LG005", NO_RIGHT),
    Attack("an account gets another number", update("account", "id = 999999999", "wallet"), "LG005", NO_RIGHT),
    Attack("the limit of an account is lifted", update("account", "is_limited = false", "wallet"), "428C9"),
    Attack("an account is deleted", "DELETE FROM core_account WHERE id = {unfunded_account}", "LG003", NO_RIGHT),
    Attack("the accounts are wiped", NO_TRUNCATE.format("account"), "LG002", NO_RIGHT),
    Attack("a trigger of one's own is deep enough", LEVER.format(RICHER), "LG001", NO_RIGHT),
    Attack("a trigger of one's own takes the step back", LEVER.format(RICHER + RICHER.replace("+", "-")), "LG001", NO_RIGHT),
    Attack("a guard is borrowed for a table of one's own", BORROWED_GUARD, "LG001", NO_RIGHT, NO_RIGHT),
    Attack("a table of one's own stands in the way", TABLE_IN_THE_WAY + entry(
           from_account_id="{wallet}", to_account_id="{adjustments}", amount_cents="9000000000"), "LG010", NO_RIGHT),
    Attack("the trigger library's switch", "SET LOCAL pgtrigger.ignore = '{{core.Account:account_frozen,core.Account:account_explained}}';"
           + update("account", "balance_cents = 1000000", "wallet"), "LG001", NO_RIGHT),
    Attack("a later trigger changes the amount", LATE_TRIGGER.format("NEW.amount_cents := 1; RETURN NEW;") + entry(), "LG001", NO_RIGHT),
    Attack("a later trigger drops the entry", LATE_TRIGGER.format("RETURN NULL;") + entry(reference="'ATTACK:1'"), "LG001", NO_RIGHT),
]  # fmt: skip

DEALS = [
    Attack("an escrow is funded by word", update("escrow", "status = 'FUNDED', funded_at = now()", "unfunded"), "LG012"),
    Attack("an escrow is released by word", update("escrow", "status = 'RELEASED', closed_at = now()", "escrow"), "LG012"),
    Attack("an escrow is refunded by word", update("escrow", "status = 'REFUNDED', closed_at = now()", "escrow"), "LG012"),
    Attack("an unfunded escrow is released by word",
           update("escrow", "status = 'RELEASED', funded_at = now(), closed_at = now()", "unfunded"), "LG007"),
    Attack("a released escrow is funded once more", update("escrow", "status = 'FUNDED', closed_at = NULL", "released"), "LG007"),
    Attack("a released escrow says it was refunded", update("escrow", "status = 'REFUNDED'", "released"), "LG007"),
    Attack("a release without commission", update("escrow", "status = 'RELEASED', closed_at = now()", "escrow")
           + plain("ESCROW_RELEASED", "{escrow_account}", "{earned}", "{price}"), "LG012"),
    Attack("a release to a stranger", update("escrow", "status = 'RELEASED', closed_at = now()", "escrow")
           + plain("ESCROW_RELEASED", "{escrow_account}", "{foreign}", "{price}"), "LG012"),
    Attack("a release that goes back to the brand", update("escrow", "status = 'RELEASED', closed_at = now()", "escrow")
           + plain("ESCROW_REFUNDED", "{escrow_account}", "{wallet}", "{price}"), "LG012"),
    Attack("a release that is all commission", update("escrow", "status = 'RELEASED', closed_at = now()", "escrow")
           + plain("COMMISSION_TAKEN", "{escrow_account}", "{income}", "{price}"), "LG012"),
    Attack("half a refund", update("escrow", "status = 'REFUNDED', closed_at = now()", "escrow")
           + plain("ESCROW_REFUNDED", "{escrow_account}", "{wallet}", "{price} / 2"), "LG012"),
    Attack("money leaves an escrow that stays funded", plain("ESCROW_REFUNDED", "{escrow_account}", "{wallet}", "1"), "LG012"),
    Attack("money enters a released escrow", plain("ESCROW_FUNDED", "{wallet}", "{released_account}", "1"), "LG012"),
    Attack("an escrow is funded without its state", plain("ESCROW_FUNDED", "{wallet}", "{unfunded_account}", "1"), "LG012"),
    Attack("money waits for nobody", "INSERT INTO core_account (kind, currency, balance_cents, version, created_at) "
           "VALUES ('ESCROW', 'RUB', 0, 0, now());" + plain("ESCROW_FUNDED", "{wallet}", FRESH_ACCOUNT, "1"), "LG012"),
    Attack("an escrow is split by word", SPLIT, "LG012"),
    Attack("a split without a share", update("escrow", "status = 'SPLIT', closed_at = now()", "escrow"), "23514"),
    Attack("a split that gives the creator all", SPLIT.replace("100000", "{price}"), "23514"),
    Attack("a split that gives the creator nothing", SPLIT.replace("100000", "0"), "23514"),
    Attack("a split that pays the creator more than the share", SPLIT + parts(170_000, 30_000, 250_000), "LG012"),
    Attack("a split that pays the creator less than the share", SPLIT + parts(42_500, 7_500, 400_000), "LG012"),
    Attack("a split without commission", SPLIT + parts(100_000, 0, 350_000), "LG012"),
    Attack("a split with too much commission", SPLIT + parts(84_999, 15_001, 350_000), "LG012"),
    Attack("a split that keeps a part back", SPLIT + parts(85_000, 15_000, 349_999), "LG012"),
    Attack("a split whose share goes to a stranger", SPLIT + parts(85_000, 15_000, 350_000, creator="{foreign}"), "LG012"),
    Attack("the share of a split is changed", update("escrow", "creator_share_cents = 1", "split"), "LG006"),
    Attack("a split escrow is refunded", update("escrow", "status = 'REFUNDED', creator_share_cents = NULL", "split"), "LG007"),
    Attack("a split escrow is funded once more",
           update("escrow", "status = 'FUNDED', closed_at = NULL", "split"), "LG007"),
    Attack("money enters a split escrow", plain("ESCROW_FUNDED", "{wallet}", "{split_account}", "1"), "LG012"),
    Attack("an escrow gets another creator", update("escrow", "creator_id = '{stranger}'", "escrow"), "LG006"),
    Attack("an escrow gets another price", update("escrow", "amount_cents = amount_cents + 1", "unfunded"), "LG006"),
    Attack("an escrow gets another commission", update("escrow", "commission_bps = 0", "escrow"), "LG006"),
    Attack("an escrow gets another account", update("escrow", "account_id = {released_account}", "escrow"), "LG006"),
    Attack("an escrow is deleted", "DELETE FROM core_escrow WHERE id = '{unfunded}'", "LG003", NO_RIGHT),
    Attack("the escrows are wiped", NO_TRUNCATE.format("escrow"), "LG002", NO_RIGHT),
    Attack("a job is deleted", "DELETE FROM core_job WHERE id = '{job}'", "LG003", NO_RIGHT),
    Attack("a person is deleted", "DELETE FROM core_user WHERE id = '{brand}'", "LG003", NO_RIGHT),
]  # fmt: skip

PAYOUTS = [
    Attack("a payout is rejected by word", update("payout", "status = 'REJECTED', closed_at = now()", "payout"), "LG012"),
    Attack("a payout is returned by word", update("payout", "status = 'RETURNED'", "paid"), "LG012"),
    Attack("a waiting payout is paid by word", update("payout", "status = 'PAID', approved_by_id = '{finance}'", "payout"), "LG007"),
    Attack("a paid payout is opened again", update("payout", "status = 'PENDING'", "paid"), "LG007"),
    Attack("a payout that nobody approved", update("payout", "status = 'APPROVED'", "payout"), "23514"),
    Attack("a payout that its creator approved", update("payout", "status = 'APPROVED', approved_by_id = '{creator}'", "payout"), "23514"),
    Attack("a payout that one person approved twice",
           update("payout", "approved_by_id = '{finance}', second_approved_by_id = '{finance}'", "payout"), "23514"),
    Attack("a signature is replaced", update("payout", "approved_by_id = '{approver}'", "paid"), "LG006"),
    Attack("a signature is taken away", update("payout", "approved_by_id = NULL", "paid"), "LG006"),
    Attack("a second person is made needless", update("payout", "needs_second = NOT needs_second", "payout"), "LG006"),
    Attack("a payout gets another amount", update("payout", "amount_cents = 1", "payout"), "LG006"),
    Attack("a payout gets another creator", update("payout", "creator_id = '{stranger}'", "payout"), "LG006"),
    Attack("the money of a payout leaves without its state", plain("PAYOUT_PAID", "{hold}", "{bank}", "1"), "LG012"),
    Attack("a rejected payout goes to a stranger", update("payout", "status = 'REJECTED', closed_at = now()", "payout")
           + plain("PAYOUT_RELEASED", "{hold}", "{foreign}", "30000"), "LG012"),
    Attack("a rejected payout goes to the bank", update("payout", "status = 'REJECTED', closed_at = now()", "payout")
           + plain("PAYOUT_PAID", "{hold}", "{bank}", "30000"), "LG012"),
    Attack("the bank returns what it never got",
           plain("PAYOUT_RETURNED", "{bank}", "{earned}", "30000", payout_id="'{payout}'", reference="PAYOUT_RETURN:{payout}"), "LG014"),
    Attack("the bank returns a payout to a stranger", update("payout", "status = 'RETURNED'", "paid")
           + plain("PAYOUT_RETURNED", "{bank}", "{foreign}", "50000", payout_id="'{paid}'", reference="PAYOUT_RETURN:{paid}"), "LG014"),
    Attack("a destination becomes another one", update("payoutmethod", "masked = 'IBAN', fingerprint = 'x'", "method"), "LG006"),
    Attack("a payout is deleted", "DELETE FROM core_payout WHERE id = '{paid}'", "LG003", NO_RIGHT),
    Attack("a destination is deleted", "DELETE FROM core_payoutmethod WHERE id = '{method}'", "LG003", NO_RIGHT),
    Attack("the payouts are wiped", NO_TRUNCATE.format("payout"), "LG002", NO_RIGHT),
]  # fmt: skip

TOP_UPS = [
    Attack("a top-up is confirmed by word",
           update("topup", "status = 'CONFIRMED', confirmed_by_id = '{finance}', closed_at = now()", "top_up"), "LG012"),
    Attack("a top-up that nobody confirmed", update("topup", "status = 'CONFIRMED', closed_at = now()", "top_up"), "23514"),
    Attack("a top-up is confirmed with more money", update("topup", "status = 'CONFIRMED', confirmed_by_id = '{finance}'", "top_up")
           + plain("BRAND_TOPUP", "{bank}", "{wallet}", "77001", reference="BRAND_TOPUP:{top_up}"), "LG014"),
    Attack("money comes from outside for an open top-up",
           plain("BRAND_TOPUP", "{bank}", "{wallet}", "77000", reference="BRAND_TOPUP:{top_up}"), "LG014"),
    Attack("money comes from outside for nothing", plain("BRAND_TOPUP", "{bank}", "{wallet}", "1000"), "LG014"),
    Attack("money comes from outside twice for one top-up",
           plain("BRAND_TOPUP", "{bank}", "{wallet}", "2000000", reference="BRAND_TOPUP:{confirmed}/2"), "LG014"),
    Attack("an operator of one's own says that it is no top-up",
           OPERATOR_IN_THE_WAY + plain("BRAND_TOPUP", "{bank}", "{wallet}", "1000"), "LG014", NO_RIGHT),
    Attack("a confirmed top-up is rejected", update("topup", "status = 'REJECTED'", "confirmed"), "LG007"),
    Attack("a top-up gets another amount", update("topup", "amount_cents = 1", "top_up"), "LG006"),
    Attack("a top-up gets another brand", update("topup", "brand_id = '{stranger}'", "top_up"), "LG006"),
    Attack("a top-up is deleted", "DELETE FROM core_topup WHERE id = '{top_up}'", "LG003", NO_RIGHT),
    Attack("the top-ups are wiped", NO_TRUNCATE.format("topup"), "LG002", NO_RIGHT),
]  # fmt: skip

ADJUSTMENTS = [
    Attack("an adjustment without a document", entry(reference="'ATTACK:1'"), "LG014"),
    Attack("an adjustment whose document nobody signed", entry(reference="'ADJUSTMENT:{draft}'"), "LG014"),
    Attack("an adjustment of more than was signed", entry(amount_cents="101"), "LG014"),
    Attack("an adjustment of another wallet", entry(to_account_id="{earned}"), "LG014"),
    Attack("an adjustment that goes the other way", entry(from_account_id="{wallet}", to_account_id="{adjustments}"), "LG014"),
    Attack("an adjustment in the name of another drafter", entry(actor_id="'{stranger}'"), "LG014"),
    Attack("an adjustment in the name of another signer", entry(approved_by_id="'{stranger}'"), "LG014"),
    Attack("an adjustment is posted twice", entry() + entry(reference="'ADJUSTMENT:{draft}/2'"), "LG014"),
    Attack("an adjustment is posted by word", SIGN, "LG012"),
    Attack("an adjustment is posted by an entry of another type", entry(**REVERSAL), "LG012"),
    Attack("an adjustment is born posted", "INSERT INTO core_adjustment (id, created_at, updated_at, person_id, wallet_kind, currency, "
           "amount_cents, direction, category, reason, status, drafted_by_id, decided_by_id, decided_at, refusal) "
           "VALUES (gen_random_uuid(), now(), now(), '{brand}', 'BRAND', 'RUB', 5, 'CREDIT', 'OTHER', 'why not', 'POSTED', "
           "'{finance}', '{approver}', now(), '')", "LG012"),
    Attack("an adjustment is signed by its drafter", SIGN.replace("{approver}", "{finance}"), "23514"),
    Attack("an adjustment is signed by the owner of the wallet", SIGN.replace("{approver}", "{brand}"), "23514"),
    Attack("an adjustment is signed by nobody", SIGN.replace("'{approver}'", "NULL"), "23514"),
    Attack("an adjustment gets another amount", update("adjustment", "amount_cents = 1", "draft"), "LG006"),
    Attack("an adjustment gets another wallet", update("adjustment", "person_id = '{creator}'", "draft"), "LG006"),
    Attack("an adjustment gets another drafter", update("adjustment", "drafted_by_id = '{stranger}'", "draft"), "LG006"),
    Attack("an adjustment turns round", update("adjustment", "direction = 'DEBIT'", "draft"), "LG006"),
    Attack("the signature of an adjustment is replaced", update("adjustment", "decided_by_id = '{stranger}'", "posted"), "LG006"),
    Attack("a posted adjustment is rejected", update("adjustment", "status = 'REJECTED'", "posted"), "LG007"),
    Attack("an adjustment is deleted", "DELETE FROM core_adjustment WHERE id = '{draft}'", "LG003", NO_RIGHT),
    Attack("the adjustments are wiped", NO_TRUNCATE.format("adjustment"), "LG002", NO_RIGHT),
]  # fmt: skip

HISTORY = [
    # What the entries of an erased person say may fade, so the application has the right; the guard lets no more go.
    Attack("an audit row is changed", "UPDATE core_auditentry SET reason = 'x'", "LG002"),
    Attack("an audit row is put in another's name", "UPDATE core_auditentry SET actor_id = '{stranger}'", "LG002", NO_RIGHT),
    Attack("an audit row is deleted", "DELETE FROM core_auditentry", "LG002", NO_RIGHT),
    Attack("the audit trail is wiped", NO_TRUNCATE.format("auditentry"), "LG002", NO_RIGHT),
    Attack("a message is changed", "UPDATE core_message SET facts = '{{}}'", "LG002", NO_RIGHT),
    Attack("a message is deleted", "DELETE FROM core_message", "LG002", NO_RIGHT),
    Attack("a commission rule is changed", "UPDATE core_commissionrule SET bps = 0", "LG002", NO_RIGHT),
    Attack("a commission rule is deleted", "DELETE FROM core_commissionrule", "LG002", NO_RIGHT),
    Attack("the commission rules are wiped", NO_TRUNCATE.format("commissionrule"), "LG002", NO_RIGHT),
]

# What an owner can do and nobody else may.
DDL = {
    "the guards are switched off for the session": "SET LOCAL session_replication_role = 'replica'",
    "the guards of a table are disabled": "ALTER TABLE core_account DISABLE TRIGGER USER",
    "a guard is dropped": """DO $$ BEGIN EXECUTE (
        SELECT 'DROP TRIGGER ' || tgname || ' ON core_account' FROM pg_trigger WHERE tgname LIKE 'pgtrigger_account_frozen%'); END $$""",
    "a guard is rewritten": """DO $$ BEGIN EXECUTE (
        SELECT 'CREATE OR REPLACE FUNCTION ' || tgfoid::regproc || '() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NEW; END'''
        FROM pg_trigger WHERE tgname LIKE 'pgtrigger_account_frozen%'); END $$""",
    "a guard loses its path": """DO $$ BEGIN EXECUTE (
        SELECT 'ALTER FUNCTION ' || tgfoid::regproc || '() RESET search_path' FROM pg_trigger WHERE tgname LIKE 'pgtrigger_entry_moves%'
        ); END $$""",
    "a constraint is dropped": "ALTER TABLE core_account DROP CONSTRAINT account_not_negative",
    "a rule swallows entries": "CREATE RULE nothing AS ON INSERT TO core_ledgerentry DO INSTEAD NOTHING",
    "the ledger is dropped": "DROP TABLE core_ledgerentry CASCADE",
}
# What a careless operator grants and our file does not.
GRANTED = {
    "a trigger is added": """CREATE TRIGGER mine BEFORE UPDATE ON core_account FOR EACH ROW
        EXECUTE FUNCTION suppress_redundant_updates_trigger()""",
    "a temporary table is made": "CREATE TEMP TABLE mine (x int)",
    "a function is made": "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "the numbers of entries are set back": "SELECT setval('core_ledgerentry_id_seq', 1)",
    "wiping is allowed to oneself": "SET LOCAL core.allow_truncate = 'on'; TRUNCATE core_ledgerentry CASCADE",
    "the history of the schema is rewritten": "DELETE FROM django_migrations",
}
SCHEMA = [
    *[Attack(name, sql, None, NO_RIGHT, NO_RIGHT) for name, sql in DDL.items()],
    *[Attack(name, sql, None, NO_RIGHT, None) for name, sql in GRANTED.items()],
]

ATTACKS = [*ENTRIES, *ACCOUNTS, *DEALS, *PAYOUTS, *TOP_UPS, *ADJUSTMENTS, *HISTORY, *SCHEMA]

# An attack that nothing but this guard stops: without it, it goes through. What is not here is stopped twice.
STOPPED_BY_ONE_GUARD = {
    "account_explained": "an entry that is dropped on conflict has moved money",
    "account_born_empty": "an account is born rich",
    "entry_append_only": "an entry is deleted",
    "entry_no_truncate": "the entries are wiped",
    "entry_documented": "money comes from outside for nothing",
    "account_escrow_agrees": "money leaves an escrow that stays funded",
    "account_payout_agrees": "the money of a payout leaves without its state",
    "escrow_agrees": "an escrow is released by word",
    "escrow_frozen": "an escrow gets another creator",
    "escrow_no_delete": "an escrow is deleted",
    "payout_agrees": "a payout is returned by word",
    "payout_frozen": "a signature is replaced",
    "topup_agrees": "a top-up is confirmed by word",
    "adjustment_agrees": "an adjustment is posted by word",
    "adjustment_frozen": "an adjustment gets another amount",
    "adjustment_no_delete": "an adjustment is deleted",
    "method_frozen_until_erased": "a destination becomes another one",
    "audit_only_fades": "an audit row is changed",
    "commission_append_only": "a commission rule is changed",
}
