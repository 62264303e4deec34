-- What the application's own database role may do. Run as the owner of the tables, after every `manage.py migrate`:
--
--     psql "$OWNER_DATABASE_URL" -v ON_ERROR_STOP=1 -1 -f docs/deploy/roles.sql
--     psql "$OWNER_DATABASE_URL" -c "ALTER ROLE marketplace_app LOGIN PASSWORD '…'"       (once)
--
-- Migrations run as the owner; web and worker run as marketplace_app. The database works without this file too, with one role
-- for both: the guards bind the owner as well. But an owner can drop a guard, and this role cannot.
-- tests/core/money/test_ledger_attacks.py executes this file and attacks the ledger as this role.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'marketplace_app') THEN
        CREATE ROLE marketplace_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
    -- No tables, triggers or functions of one's own, not even temporary ones.
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO marketplace_app', current_database());
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO marketplace_app;

-- The ordinary rights on ordinary rows. TRUNCATE, REFERENCES and TRIGGER are given nowhere.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO marketplace_app;
-- USAGE gives the next number; setval would take UPDATE.
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO marketplace_app;

-- History is written once.
REVOKE UPDATE, DELETE ON
    core_ledgerentry, core_auditentry, core_commissionrule, core_limit, core_message, core_disputemessage, core_evidencelink,
    core_alerthit, core_auditseal
    FROM marketplace_app;
-- But what the entries of an erased person say may fade; the guard lets no more go.
GRANT UPDATE (before, after, reason) ON core_auditentry TO marketplace_app;

-- An entry takes its number from the sequence, never from the one who writes it.
REVOKE INSERT ON core_ledgerentry FROM marketplace_app;
GRANT INSERT (
    type, reference, from_account_id, to_account_id, currency, amount_cents, from_balance_after, from_version, to_balance_after,
    to_version, job_id, payout_id, reverses_id, actor_id, approved_by_id, reason, request_id, created_at
) ON core_ledgerentry TO marketplace_app;

-- Balances are changed by the guard that moves money, which has the owner's rights. Locking an account takes the right to update
-- some column of it; this one means nothing, and the guards refuse a change of it by hand.
REVOKE UPDATE, DELETE ON core_account FROM marketplace_app;
GRANT UPDATE (created_at) ON core_account TO marketplace_app;

-- What money, people and their word hang on is never deleted.
REVOKE DELETE ON
    core_user, core_job, core_jobrevision, core_jobalert, core_alertrun, core_application, core_invitation, core_conversation,
    core_participant, core_inbox, core_submission, core_submissionitem, core_cancellationproposal, core_review, core_report,
    core_dispute, core_informationrequest, core_settlementproposal, core_disputedecision, core_appeal,
    core_escrow, core_payout, core_payoutmethod, core_topup, core_adjustment, core_timer, core_endpoint,
    core_ruling, core_escalation, core_reason, core_checklistitem
    FROM marketplace_app;

-- The schema belongs to the migrations.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM marketplace_app;
