"""What is wrong with the books: every identity that must hold, each as one statement over all rows, all at one moment.

Nothing here trusts the guards of the database: it is what tells when one of them was missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import structlog
from django.db import connection, transaction

from outbox import pulse

log = structlog.get_logger("core.money")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: which identity, where, and what was found."""

    identity: str
    subject: str
    found: str

    def as_row(self) -> dict[str, str]:
        """The fault as JSON has it."""
        return asdict(self)


# Both ends of every entry, as what they did to their account.
ENDS = """
    ends AS (
        SELECT from_account_id AS account_id, -amount_cents AS cents, from_version AS version, from_balance_after AS after
        FROM core_ledgerentry
        UNION ALL
        SELECT to_account_id, amount_cents, to_version, to_balance_after FROM core_ledgerentry
    )
"""

BALANCE = f"""
    WITH {ENDS}, sums AS (SELECT account_id, sum(cents) AS cents, count(*) AS moves FROM ends GROUP BY account_id)
    SELECT 'account:' || account.id,
           format('holds %s at version %s, its entries say %s in %s', balance_cents, version, coalesce(cents, 0), coalesce(moves, 0))
    FROM core_account account LEFT JOIN sums ON sums.account_id = account.id
    WHERE (account.is_limited AND (balance_cents <> coalesce(cents, 0) OR version <> coalesce(moves, 0)))
       OR (NOT account.is_limited AND (balance_cents <> 0 OR version <> 0))
       OR (account.is_limited AND balance_cents < 0)
"""  # noqa: S608 - made of the constant above

CHAIN = f"""
    WITH {ENDS}, links AS (
        SELECT ends.account_id, ends.version, ends.after,
               sum(ends.cents) OVER chain AS expected_after, row_number() OVER chain AS expected_version
        FROM ends JOIN core_account account ON account.id = ends.account_id AND account.is_limited
        WINDOW chain AS (PARTITION BY ends.account_id ORDER BY ends.version ROWS UNBOUNDED PRECEDING)
    )
    SELECT 'account:' || account_id, format('%s of its links are broken, the first at version %s', count(*), min(expected_version))
    FROM links WHERE version IS DISTINCT FROM expected_version OR after IS DISTINCT FROM expected_after GROUP BY account_id
"""  # noqa: S608 - made of the constant above

ZERO = """
    WITH limited AS (SELECT currency, sum(balance_cents) AS cents FROM core_account WHERE is_limited GROUP BY currency),
    unlimited AS (
        SELECT account.currency, sum(entry.amount_cents * CASE WHEN entry.to_account_id = account.id THEN 1 ELSE -1 END) AS cents
        FROM core_account account JOIN core_ledgerentry entry ON account.id IN (entry.from_account_id, entry.to_account_id)
        WHERE NOT account.is_limited GROUP BY account.currency
    )
    SELECT 'currency:' || currency, format('all accounts together hold %s', coalesce(limited.cents, 0) + coalesce(unlimited.cents, 0))
    FROM limited FULL JOIN unlimited USING (currency) WHERE coalesce(limited.cents, 0) + coalesce(unlimited.cents, 0) <> 0
"""

ENTRY = """
    SELECT 'entry:' || entry.id, format('%s of %s %s from %s %s to %s %s', entry.type, entry.amount_cents, entry.currency,
           source.kind, source.currency, target.kind, target.currency)
    FROM core_ledgerentry entry JOIN core_account source ON source.id = entry.from_account_id
        JOIN core_account target ON target.id = entry.to_account_id
    WHERE entry.currency <> source.currency OR entry.currency <> target.currency OR source.id = target.id OR entry.amount_cents < 1
       OR (source.is_limited = (entry.from_version IS NULL)) OR (target.is_limited = (entry.to_version IS NULL))
"""

ESCROW = """
    SELECT 'escrow:' || escrow.id, format('is %s over %s, its account (%s) holds %s', status, amount_cents, kind, balance_cents)
    FROM core_escrow escrow JOIN core_account account ON account.id = escrow.account_id
    WHERE account.kind <> 'ESCROW' OR account.currency <> escrow.currency
       OR balance_cents <> CASE WHEN status = 'FUNDED' THEN amount_cents ELSE 0 END
"""

PAYOUT = """
    SELECT 'payout:' || payout.id, format('is %s over %s, its account (%s) holds %s', status, amount_cents, kind, balance_cents)
    FROM core_payout payout JOIN core_account account ON account.id = payout.hold_account_id
    WHERE account.kind <> 'PAYOUT_HOLD' OR account.currency <> payout.currency
       OR balance_cents <> CASE WHEN status IN ('PENDING', 'APPROVED', 'SENT') THEN amount_cents ELSE 0 END
"""

ORPHAN = """
    SELECT 'account:' || account.id, format('%s with %s belongs to nothing', kind, balance_cents) FROM core_account account
    WHERE (kind = 'ESCROW' AND NOT EXISTS (SELECT 1 FROM core_escrow WHERE account_id = account.id))
       OR (kind = 'PAYOUT_HOLD' AND NOT EXISTS (SELECT 1 FROM core_payout WHERE hold_account_id = account.id))
"""

# What every obligation says should stand in the ledger, by its state, against what stands there.
REFERENCES = """
    WITH wallet AS (SELECT id, owner_id, kind, currency FROM core_account WHERE owner_id IS NOT NULL),
    platform AS (SELECT id, kind, currency FROM core_account WHERE owner_id IS NULL AND NOT is_limited),
    escrow AS (
        SELECT *, least((share * commission_bps + 5000) / 10000, share) AS fee FROM (
            SELECT *, CASE status WHEN 'RELEASED' THEN amount_cents WHEN 'SPLIT' THEN creator_share_cents ELSE 0 END AS share
            FROM core_escrow WHERE status IN ('FUNDED', 'RELEASED', 'REFUNDED', 'SPLIT')
        ) paid
    ),
    expected AS (
        SELECT 'ESCROW_FUND:' || escrow.id AS reference, 'ESCROW_FUNDED' AS type,
               wallet.id AS source, account_id AS target, amount_cents AS cents
        FROM escrow LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (brand_id, 'BRAND', escrow.currency)
        UNION ALL
        SELECT 'ESCROW_REFUND:' || escrow.id, 'ESCROW_REFUNDED', account_id, wallet.id, amount_cents - share
        FROM escrow LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (brand_id, 'BRAND', escrow.currency)
        WHERE status IN ('REFUNDED', 'SPLIT')
        UNION ALL
        SELECT 'ESCROW_COMMISSION:' || escrow.id, 'COMMISSION_TAKEN', account_id, platform.id, fee
        FROM escrow LEFT JOIN platform ON (platform.kind, platform.currency) = ('COMMISSION', escrow.currency)
        WHERE fee > 0
        UNION ALL
        SELECT 'ESCROW_RELEASE:' || escrow.id, 'ESCROW_RELEASED', account_id, wallet.id, share - fee
        FROM escrow LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (creator_id, 'CREATOR', escrow.currency)
        WHERE fee < share
        UNION ALL
        SELECT 'PAYOUT_HOLD:' || payout.id, 'PAYOUT_HELD', wallet.id, hold_account_id, amount_cents
        FROM core_payout payout
            LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (creator_id, 'CREATOR', payout.currency)
        UNION ALL
        SELECT 'PAYOUT_SETTLE:' || payout.id, 'PAYOUT_RELEASED', hold_account_id, wallet.id, amount_cents
        FROM core_payout payout
            LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (creator_id, 'CREATOR', payout.currency)
        WHERE status IN ('REJECTED', 'CANCELED', 'FAILED')
        UNION ALL
        SELECT 'PAYOUT_SETTLE:' || payout.id, 'PAYOUT_PAID', hold_account_id, platform.id, amount_cents
        FROM core_payout payout LEFT JOIN platform ON (platform.kind, platform.currency) = ('EXTERNAL', payout.currency)
        WHERE status IN ('PAID', 'RETURNED')
        UNION ALL
        SELECT 'PAYOUT_RETURN:' || payout.id, 'PAYOUT_RETURNED', platform.id, wallet.id, amount_cents
        FROM core_payout payout LEFT JOIN platform ON (platform.kind, platform.currency) = ('EXTERNAL', payout.currency)
            LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (creator_id, 'CREATOR', payout.currency)
        WHERE status = 'RETURNED'
        UNION ALL
        SELECT 'BRAND_TOPUP:' || topup.id, 'BRAND_TOPUP', platform.id, wallet.id, amount_cents
        FROM core_topup topup LEFT JOIN platform ON (platform.kind, platform.currency) = ('EXTERNAL', topup.currency)
            LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (brand_id, 'BRAND', topup.currency)
        WHERE status = 'CONFIRMED'
        UNION ALL
        SELECT 'ADJUSTMENT:' || adjustment.id, 'ADJUSTMENT', CASE direction WHEN 'CREDIT' THEN platform.id ELSE wallet.id END,
               CASE direction WHEN 'CREDIT' THEN wallet.id ELSE platform.id END, amount_cents
        FROM core_adjustment adjustment
            LEFT JOIN platform ON (platform.kind, platform.currency) = ('ADJUSTMENT', adjustment.currency)
            LEFT JOIN wallet ON (wallet.owner_id, wallet.kind, wallet.currency) = (person_id, wallet_kind, adjustment.currency)
        WHERE status = 'POSTED'
    ),
    actual AS (
        SELECT reference, type, from_account_id AS source, to_account_id AS target, amount_cents AS cents FROM core_ledgerentry
        WHERE type <> 'REVERSAL'
    )
    SELECT 'reference:' || coalesce(actual.reference, expected.reference), CASE
        WHEN actual.reference IS NULL THEN format('%s of %s is missing', expected.type, expected.cents)
        WHEN expected.reference IS NULL THEN format('%s of %s belongs to nothing', actual.type, actual.cents)
        ELSE format('%s of %s from %s to %s should be %s of %s from %s to %s', actual.type, actual.cents, actual.source, actual.target,
                    expected.type, expected.cents, expected.source, expected.target) END
    FROM expected FULL JOIN actual USING (reference)
    WHERE (actual.type, actual.source, actual.target, actual.cents)
        IS DISTINCT FROM (expected.type, expected.source, expected.target, expected.cents)
"""

DEAL = """
    SELECT 'job:' || job.id, format('is %s, its escrow is %s', job.status, coalesce(escrow.status, 'none'))
    FROM core_job job LEFT JOIN core_escrow escrow ON escrow.job_id = job.id
    WHERE NOT CASE job.status
        WHEN 'IN_PROGRESS' THEN coalesce(escrow.status IN ('UNFUNDED', 'FUNDED'), false)
        WHEN 'IN_REVIEW' THEN coalesce(escrow.status = 'FUNDED', false)
        WHEN 'COMPLETED' THEN coalesce(escrow.status IN ('RELEASED', 'SPLIT'), false)
        WHEN 'CANCELED' THEN coalesce(escrow.status IN ('VOIDED', 'REFUNDED', 'SPLIT'), true)
        ELSE escrow.status IS NULL
    END
    UNION ALL
    SELECT 'escrow:' || escrow.id, format('is between %s and %s, its job between %s and %s', escrow.brand_id, escrow.creator_id,
                                          job.brand_id, job.active_creator_id)
    FROM core_escrow escrow JOIN core_job job ON job.id = escrow.job_id
    WHERE escrow.brand_id <> job.brand_id OR escrow.creator_id <> coalesce(job.active_creator_id, escrow.creator_id)
"""

DISPUTE = """
    SELECT 'job:' || job.id, format('stands still: %s, open disputes: %s', disputed_at IS NOT NULL, count(dispute.id))
    FROM core_job job LEFT JOIN core_dispute dispute ON dispute.job_id = job.id AND dispute.status IN ('OPEN', 'UNDER_REVIEW')
    GROUP BY job.id HAVING (disputed_at IS NOT NULL) <> (count(dispute.id) = 1)
"""

IDENTITIES = {
    "an account holds what its entries say": BALANCE,
    "the balances of an account follow from each other without a gap": CHAIN,
    "all accounts of a currency sum to zero": ZERO,
    "an entry moves one currency between two accounts": ENTRY,
    "an escrow holds its amount while it is funded": ESCROW,
    "a payout holds its amount until it is settled": PAYOUT,
    "an account that holds money for something belongs to it": ORPHAN,
    "every obligation has exactly its entries": REFERENCES,
    "a job and its escrow agree": DEAL,
    "a deal stands still exactly while its dispute is open": DISPUTE,
}


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside shows the same moment, however long it takes. Inside another transaction the moments are that one's."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def ledger_faults() -> list[Fault]:
    """Everything that is wrong with the books: nothing, as long as nobody went past the verbs and the guards."""
    found: list[Fault] = []
    with one_moment(), connection.cursor() as cursor:
        for identity, statement in IDENTITIES.items():
            cursor.execute(statement)
            found += [Fault(identity, subject, what) for subject, what in cursor.fetchall()]
    return found


def report_ledger_faults() -> None:
    """Every fault is a line in the log, as an error, and their number is where monitoring sees it: somebody has to look at once."""
    found = ledger_faults()
    for fault in found:
        log.error("ledger_broken", **fault.as_row())
    pulse.note_check(pulse.LEDGER, len(found))
