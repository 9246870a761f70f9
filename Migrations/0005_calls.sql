-- Telephone calls: what was pinned at the first webhook, what the carrier reported, what was said, where it stands.

CREATE TABLE call (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    -- Given by the carrier, unique in the world: a repeated webhook finds its call.
    call_sid text NOT NULL CONSTRAINT call_call_sid_key UNIQUE CHECK (call_sid ~ '^CA[A-Za-z0-9]{1,64}$'),
    account_sid text NOT NULL,
    assignment_id uuid,
    flow_version_id uuid,
    -- An allow-listed caller hears the staged version.
    staged boolean NOT NULL DEFAULT false,
    caller_kind text NOT NULL CHECK (caller_kind IN ('number', 'withheld', 'sip')),
    caller_e164 text CHECK (caller_e164 ~ '^\+[1-9][0-9]{1,14}$'),
    called_e164 text NOT NULL CHECK (called_e164 ~ '^\+[1-9][0-9]{1,14}$'),
    state text NOT NULL DEFAULT 'admitted' CHECK (state IN ('admitted', 'streaming', 'forwarding', 'ended')),
    outcome text,
    refusal text,
    admitted_at timestamptz NOT NULL,
    -- Set once: spends the token of the media stream (decision 10).
    stream_sid text,
    stream_started_at timestamptz,
    intent jsonb,
    -- Which process owns the session, and in which life of it.
    node text,
    epoch bigint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    carrier_duration_seconds int CHECK (carrier_duration_seconds >= 0),
    forward_target text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, assignment_id) REFERENCES number_assignment (tenant_id, id),
    FOREIGN KEY (tenant_id, flow_version_id) REFERENCES flow_version (tenant_id, id),
    CHECK ((caller_kind = 'number') = (caller_e164 IS NOT NULL)),
    -- Whoever is admitted is pinned.
    CHECK (refusal IS NOT NULL OR (assignment_id IS NOT NULL AND flow_version_id IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);

CREATE INDEX call_by_time ON call (tenant_id, admitted_at DESC);
CREATE INDEX call_open ON call (tenant_id, admitted_at) WHERE state <> 'ended';
CREATE INDEX call_assignment ON call (tenant_id, assignment_id);
CREATE INDEX call_flow_version ON call (tenant_id, flow_version_id);

ALTER TABLE call ENABLE ROW LEVEL SECURITY;
ALTER TABLE call FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON call TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON call FOR SELECT TO va_platform USING (true);
CREATE POLICY router ON call FOR SELECT TO va_router USING (true);

-- What the call was pinned to cannot be granted away later (requirement A8).
GRANT SELECT, INSERT ON call TO va_app;
GRANT UPDATE (state, outcome, refusal, stream_sid, stream_started_at, intent, node, epoch, ended_at,
    carrier_duration_seconds, forward_target) ON call TO va_app;
-- The platform sees that a call took place, not who called.
GRANT SELECT (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, staged, caller_kind, called_e164,
    state, outcome, refusal, admitted_at, stream_started_at, node, epoch, ended_at, carrier_duration_seconds)
    ON call TO va_platform;
GRANT SELECT (tenant_id, id, call_sid) ON call TO va_router;

-- Every webhook and callback about a call, once. Holds no words of the caller.
CREATE TABLE carrier_event (
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    body jsonb NOT NULL,
    PRIMARY KEY (tenant_id, call_id, kind, dedupe_key),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id)
);

ALTER TABLE carrier_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE carrier_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON carrier_event TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT ON carrier_event TO va_app;

CREATE TABLE transcript_turn (
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    ordinal int NOT NULL CHECK (ordinal >= 0),
    speaker text NOT NULL CHECK (speaker IN ('caller', 'agent', 'person', 'system')),
    text text NOT NULL,
    -- What the caller heard of an interrupted sentence; null: all of it.
    heard_text text,
    interrupted boolean NOT NULL DEFAULT false,
    -- Audio time of the call.
    started_ms int NOT NULL CHECK (started_ms >= 0),
    ended_ms int NOT NULL,
    latency jsonb,
    node_key text NOT NULL,
    PRIMARY KEY (tenant_id, call_id, ordinal),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id),
    CHECK (ended_ms >= started_ms)
);

ALTER TABLE transcript_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE transcript_turn FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON transcript_turn TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT ON transcript_turn TO va_app;

-- Where a running call stands; written after every turn, only by the newest life of its session (decision 9).
CREATE TABLE call_state (
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    epoch bigint NOT NULL,
    node text NOT NULL,
    state jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, call_id),
    FOREIGN KEY (tenant_id, call_id) REFERENCES call (tenant_id, id)
);

ALTER TABLE call_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE call_state FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON call_state TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT, DELETE ON call_state TO va_app;
GRANT UPDATE (epoch, node, state, updated_at) ON call_state TO va_app;

-- A node that lost its call must not write over the one that took it, whatever it runs.
CREATE FUNCTION call_state_fence() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'a newer session owns this call'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_state_fence';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fence BEFORE UPDATE ON call_state FOR EACH ROW EXECUTE FUNCTION call_state_fence();
