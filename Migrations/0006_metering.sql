-- What is paid for. Open legs are mutable; a segment is written once, when its leg closes (decision 6).

-- One row per process: its heartbeat. The legs of a dead process end at its last sign of life.
CREATE TABLE node_lease (
    node text PRIMARY KEY,
    -- Counts the lives of the process: it grows with each start.
    epoch bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    address text,
    -- The life before this one, kept by a trigger: its legs may still be open when the next begins.
    previous_epoch bigint,
    previous_seen_at timestamptz
);
GRANT SELECT, DELETE ON node_lease TO va_app;
GRANT INSERT (node, epoch, seen_at, address), UPDATE (epoch, seen_at, address) ON node_lease TO va_app;
GRANT SELECT ON node_lease TO va_platform, va_router;

CREATE FUNCTION node_lease_new_life() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'a newer life of this node holds the lease'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'node_lease_fence';
    END IF;
    IF NEW.epoch > OLD.epoch THEN
        NEW.previous_epoch := OLD.epoch;
        NEW.previous_seen_at := OLD.seen_at;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER new_life BEFORE UPDATE ON node_lease FOR EACH ROW EXECUTE FUNCTION node_lease_new_life();

CREATE TABLE call_leg (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    call_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('bot', 'forward')),
    -- The stream's identifier for bot legs, the dialled call's for forwarding.
    leg_sid text NOT NULL,
    ordinal int NOT NULL CHECK (ordinal >= 0),
    node text NOT NULL,
    node_epoch bigint NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id),
    CONSTRAINT call_leg_key UNIQUE (tenant_id, call_id, kind, leg_sid, ordinal),
    CHECK (ended_at >= started_at)
);

-- Not by tenant first: it answers which legs a dead process left open.
CREATE INDEX call_leg_open ON call_leg (node, node_epoch) WHERE ended_at IS NULL;

ALTER TABLE call_leg ENABLE ROW LEVEL SECURITY;
ALTER TABLE call_leg FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON call_leg TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON call_leg FOR SELECT TO va_platform USING (true);
CREATE POLICY router ON call_leg FOR SELECT TO va_router USING (true);
GRANT SELECT, INSERT ON call_leg TO va_app;
GRANT UPDATE (ended_at, end_reason) ON call_leg TO va_app;
GRANT SELECT ON call_leg TO va_platform;
GRANT SELECT (tenant_id, id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at, ended_at)
    ON call_leg TO va_router;

CREATE TABLE usage_segment (
    tenant_id uuid NOT NULL,
    -- Derived from account, call, kind, leg and ordinal, so that a repeated insert is the same row.
    id uuid NOT NULL,
    call_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('bot', 'forward')),
    leg_sid text NOT NULL,
    ordinal int NOT NULL CHECK (ordinal >= 0),
    period tstzrange NOT NULL CHECK (
        NOT isempty(period) AND NOT lower_inf(period) AND NOT upper_inf(period)
        AND lower_inc(period) AND NOT upper_inc(period)
    ),
    -- Fractions of a millisecond are the customer's.
    milliseconds bigint NOT NULL GENERATED ALWAYS AS (
        floor(extract(epoch FROM upper(period) - lower(period)) * 1000)::bigint
    ) STORED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id),
    CONSTRAINT usage_segment_key UNIQUE (tenant_id, call_id, kind, leg_sid, ordinal),
    -- No second of a call is paid for twice.
    CONSTRAINT usage_segment_no_overlap
        EXCLUDE USING gist (tenant_id WITH =, call_id WITH =, kind WITH =, period WITH &&)
);

ALTER TABLE usage_segment ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_segment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON usage_segment TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON usage_segment FOR SELECT TO va_platform USING (true);
GRANT SELECT, INSERT ON usage_segment TO va_app;
GRANT SELECT ON usage_segment TO va_platform;

-- What a call cost us at the providers (decision 7).
CREATE TABLE provider_usage (
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    kind text NOT NULL CHECK (
        kind IN ('recognised_ms', 'synthesised_characters', 'model_input_tokens', 'model_output_tokens')
    ),
    provider text NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (tenant_id, call_id, kind, provider),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id)
);

ALTER TABLE provider_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON provider_usage TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON provider_usage FOR SELECT TO va_platform USING (true);
GRANT SELECT, INSERT ON provider_usage TO va_app;
GRANT UPDATE (amount) ON provider_usage TO va_app;
GRANT SELECT ON provider_usage TO va_platform;
