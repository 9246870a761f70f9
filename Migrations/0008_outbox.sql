-- What must happen elsewhere as a consequence: written in the transaction of its cause, done later by a worker.

CREATE TABLE outbox (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- A worker that dies loses its claim at this time.
    claimed_until timestamptz,
    done_at timestamptz,
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    PRIMARY KEY (tenant_id, id)
);

-- Not by tenant first: workers take the oldest of all tenants.
CREATE INDEX outbox_open ON outbox (kind, created_at) WHERE done_at IS NULL;

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON outbox TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON outbox TO va_platform USING (true) WITH CHECK (true);
CREATE POLICY router ON outbox TO va_router USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON outbox TO va_app, va_platform;
GRANT UPDATE (claimed_until, done_at) ON outbox TO va_app;
GRANT SELECT (tenant_id, id, kind, created_at, claimed_until, done_at, attempts) ON outbox TO va_router;
GRANT UPDATE (claimed_until, attempts) ON outbox TO va_router;
