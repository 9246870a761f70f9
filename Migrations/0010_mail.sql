-- Mails to people: written in the transaction of their cause, sent later by a worker. People belong to no tenant, so
-- their mails do not either. Recipient, name, links and whatever else a mail says are sealed by the application,
-- because one-time links are among them.

CREATE TABLE mail_outbox (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,62}$'),
    -- Whose affairs caused it; for whoever looks into the queue, and no key of anything.
    on_behalf_of uuid,
    -- The sealed mail; wiped as soon as it is sent or given up.
    key_version int,
    nonce bytea,
    ciphertext bytea CHECK (octet_length(ciphertext) <= 65536),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- Until then one worker has it; a worker that dies loses it at this time.
    claimed_until timestamptz,
    -- The server took it.
    done_at timestamptz,
    -- It was given up.
    failed_at timestamptz,
    -- Why the last attempt failed: a code, never the words of the server, which may quote the recipient.
    last_error text CHECK (last_error ~ '^[a-z][a-z0-9_]{0,62}$'),
    CHECK (done_at IS NULL OR failed_at IS NULL),
    CHECK (num_nulls(key_version, nonce, ciphertext) IN (0, 3)),
    CHECK ((done_at IS NULL AND failed_at IS NULL) = (ciphertext IS NOT NULL))
);

CREATE INDEX mail_outbox_waiting ON mail_outbox (next_attempt_at) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX mail_outbox_done ON mail_outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX mail_outbox_failed ON mail_outbox (failed_at) WHERE failed_at IS NOT NULL;

GRANT INSERT (id, kind, on_behalf_of, key_version, nonce, ciphertext, created_at, next_attempt_at) ON mail_outbox
    TO va_app, va_platform;
GRANT SELECT ON mail_outbox TO va_app;
GRANT UPDATE (key_version, nonce, ciphertext, next_attempt_at, attempts, claimed_until, done_at, failed_at, last_error)
    ON mail_outbox TO va_app;
-- Old rows are forgotten.
GRANT DELETE ON mail_outbox TO va_app;
-- The platform sees how the queue stands, not what is in it.
GRANT SELECT (id, kind, on_behalf_of, created_at, next_attempt_at, attempts, claimed_until, done_at, failed_at,
    last_error) ON mail_outbox TO va_platform;
