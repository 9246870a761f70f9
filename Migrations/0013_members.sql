-- Who works in a tenant and as what, invitations, keys of the API, the platform's looks into a tenant, and the end of a
-- tenant. What must be asked before it is known whose it is, is a definer function (0009).

CREATE TABLE membership (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    person_id uuid NOT NULL REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'agent', 'billing', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Null: by the operator.
    invited_by uuid REFERENCES person (id),
    PRIMARY KEY (tenant_id, person_id)
);
-- Not by tenant first: it answers where somebody works.
CREATE INDEX membership_person ON membership (person_id);

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON membership TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON membership FOR SELECT TO va_platform USING (true);
CREATE POLICY router ON membership FOR SELECT TO va_router USING (true);
GRANT SELECT, INSERT, DELETE ON membership TO va_app;
GRANT UPDATE (role) ON membership TO va_app;
GRANT SELECT ON membership TO va_platform, va_router;

-- A tenant is never left without an owner, however many are demoted at the same time: the tenant's row is locked first,
-- and what is counted then is what is committed.
CREATE FUNCTION membership_keeps_an_owner() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    tenant_state text;
BEGIN
    SELECT company.state INTO tenant_state FROM tenant AS company WHERE company.id = OLD.tenant_id FOR NO KEY UPDATE;
    IF tenant_state <> 'closed' AND NOT EXISTS (
        SELECT FROM membership AS owner WHERE owner.tenant_id = OLD.tenant_id AND owner.role = 'owner'
    ) THEN
        RAISE EXCEPTION 'a tenant keeps at least one owner'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_last_owner';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER keeps_an_owner AFTER UPDATE OR DELETE ON membership
    DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION membership_keeps_an_owner();

CREATE TABLE invitation (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    email text NOT NULL CHECK (
        email = lower(email) AND email ~ '^[^[:space:]@]+@[^[:space:]@]+$' AND octet_length(email) <= 254
    ),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'agent', 'billing', 'viewer')),
    -- SHA-256 of 256 random bits.
    token_hash bytea NOT NULL CONSTRAINT invitation_token_hash_key UNIQUE CHECK (octet_length(token_hash) = 32),
    language text NOT NULL CHECK (language IN ('de', 'en')),
    -- Null: by the operator.
    invited_by uuid REFERENCES person (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at AND expires_at <= created_at + interval '7 days'),
    accepted_at timestamptz,
    accepted_by uuid REFERENCES person (id),
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE UNIQUE INDEX invitation_one_open ON invitation (tenant_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON invitation TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON invitation FOR SELECT TO va_platform USING (true);
CREATE POLICY router ON invitation FOR SELECT TO va_router USING (true);
GRANT SELECT, INSERT ON invitation TO va_app;
GRANT UPDATE (accepted_at, accepted_by, revoked_at) ON invitation TO va_app;
GRANT SELECT (tenant_id, id) ON invitation TO va_platform;
GRANT SELECT (tenant_id, id, email, role, token_hash, language, expires_at, accepted_at, revoked_at)
    ON invitation TO va_router;

CREATE TABLE api_key (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    -- The only part of the key that is readable.
    prefix text NOT NULL CHECK (length(prefix) = 12),
    -- HMAC-SHA-256 of the key under the installation's pepper.
    hash bytea NOT NULL CONSTRAINT api_key_hash_key UNIQUE CHECK (octet_length(hash) = 32),
    -- Names of permissions.
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_by uuid NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > created_at),
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON api_key TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON api_key FOR SELECT TO va_platform USING (true);
CREATE POLICY router ON api_key FOR SELECT TO va_router USING (true);
GRANT SELECT, INSERT ON api_key TO va_app;
GRANT UPDATE (last_used_at, revoked_at) ON api_key TO va_app;
GRANT SELECT (tenant_id, id) ON api_key TO va_platform;
GRANT SELECT (tenant_id, id, prefix, hash, scopes, expires_at, last_used_at, revoked_at) ON api_key TO va_router;

-- Answers of the API that are given again when a request is repeated.
CREATE TABLE api_idempotency (
    tenant_id uuid NOT NULL,
    key_id uuid NOT NULL,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    -- SHA-256 of the request: the same key with another request is refused.
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    -- Both null while the first request is being answered.
    status int CHECK (status BETWEEN 100 AND 599),
    body text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key_id, idempotency_key),
    FOREIGN KEY (tenant_id, key_id) REFERENCES api_key (tenant_id, id),
    CHECK (body IS NULL OR status IS NOT NULL)
);
CREATE INDEX api_idempotency_age ON api_idempotency (tenant_id, created_at);

ALTER TABLE api_idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON api_idempotency TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT, DELETE ON api_idempotency TO va_app;
GRANT UPDATE (status, body) ON api_idempotency TO va_app;

-- The platform's support looks into a tenant: with a reason, for a limited time, and the tenant sees it.
CREATE TABLE support_access (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL REFERENCES person (id),
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > started_at AND expires_at <= started_at + interval '8 hours'),
    -- Null while it runs, and where it ended by itself.
    ended_at timestamptz CHECK (ended_at >= started_at),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_access_by_time ON support_access (tenant_id, started_at DESC);

ALTER TABLE support_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE support_access FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON support_access TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON support_access TO va_platform USING (true) WITH CHECK (true);
CREATE POLICY router ON support_access FOR SELECT TO va_router USING (true);
-- A tenant's owner may end it.
GRANT SELECT, UPDATE (ended_at) ON support_access TO va_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON support_access TO va_platform;
GRANT SELECT ON support_access TO va_router;
-- Support begins and ends in the transaction that turns the session's view.
GRANT UPDATE (current_tenant, support_access) ON web_session TO va_platform;
GRANT SELECT (current_tenant, support_access) ON web_session TO va_platform;

-- What was refused with the one answer for everything; the true reason is found afterwards (decision 3). It belongs to no
-- tenant: whose the object is, is not known yet, and it concerns the platform only.
CREATE TABLE denied_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    person_id uuid,
    asked_tenant uuid,
    route text NOT NULL CHECK (length(route) <= 200),
    object_kind text NOT NULL CHECK (length(object_kind) <= 40),
    object_id text NOT NULL CHECK (length(object_id) <= 100),
    -- How often within the time in which equal ones are counted together.
    times int NOT NULL DEFAULT 1 CHECK (times > 0),
    reason text CHECK (reason IN ('foreign', 'nonexistent', 'role', 'no_tenant')),
    resolved_at timestamptz,
    CHECK ((reason IS NULL) = (resolved_at IS NULL))
);
CREATE INDEX denied_request_open ON denied_request (at) WHERE resolved_at IS NULL;
CREATE INDEX denied_request_resolved ON denied_request (resolved_at) WHERE resolved_at IS NOT NULL;
-- The application may see that there is something to resolve, so that the platform's door opens only then.
GRANT INSERT, SELECT (resolved_at) ON denied_request TO va_app;
GRANT SELECT, DELETE, UPDATE (reason, resolved_at) ON denied_request TO va_platform;

-- Whose an object is, and nothing else about it.
CREATE POLICY platform ON flow FOR SELECT TO va_platform USING (true);
GRANT SELECT (tenant_id, id) ON flow TO va_platform;
CREATE POLICY platform ON flow_version FOR SELECT TO va_platform USING (true);
GRANT SELECT (tenant_id, id) ON flow_version TO va_platform;

-- The end of a tenant: asked for and revocable for 30 days, then closed, exported and destroyed.
ALTER TABLE tenant
    ADD COLUMN closing_at timestamptz,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN destroyed_at timestamptz;
GRANT UPDATE (closing_at) ON tenant TO va_app;

-- A tenant that was closed stays closed.
CREATE FUNCTION tenant_closed_is_final() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL AND (NEW.closed_at IS DISTINCT FROM OLD.closed_at OR NEW.state <> 'closed'
        OR NEW.closing_at IS DISTINCT FROM OLD.closing_at)
        OR OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at
    THEN
        RAISE EXCEPTION 'a closed tenant stays closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenant_closed_is_final';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER closed_is_final BEFORE UPDATE ON tenant FOR EACH ROW EXECUTE FUNCTION tenant_closed_is_final();

-- Who is behind a cookie, and where that person stands. None for a token that is unknown or ended, and for a person who
-- is disabled. Whether the times are over is for the application to say, which has the clock.
CREATE FUNCTION visitor(token_hash bytea)
RETURNS TABLE (
    session_id uuid,
    level text,
    created_at timestamptz,
    seen_at timestamptz,
    strong_at timestamptz,
    ends_at timestamptz,
    person_id uuid,
    email text,
    name text,
    language text,
    theme text,
    platform_role text,
    tenant_id uuid,
    tenant_slug text,
    tenant_name text,
    tenant_state text,
    tenant_language text,
    tenant_region text,
    tenant_time_zone text,
    role text,
    support_id uuid,
    support_reason text,
    support_expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT session.id, session.level, session.created_at, session.seen_at, session.strong_at, session.ends_at,
        known.id, known.email, known.name, known.language, known.theme, staff.role,
        company.id, company.slug, company.name, company.state, company.language, company.region, company.time_zone,
        member.role, support.id, support.reason, support.expires_at
    FROM web_session AS session
    JOIN person AS known ON known.id = session.person_id AND known.state = 'active'
    LEFT JOIN platform_member AS staff ON staff.person_id = known.id
    LEFT JOIN support_access AS support
        ON support.tenant_id = session.current_tenant AND support.id = session.support_access
        AND support.person_id = session.person_id AND support.ended_at IS NULL AND staff.role = 'support'
    LEFT JOIN membership AS member
        ON member.tenant_id = session.current_tenant AND member.person_id = session.person_id
    LEFT JOIN tenant AS company
        ON company.id = session.current_tenant AND company.state <> 'closed'
        AND (member.role IS NOT NULL OR support.id IS NOT NULL)
    WHERE session.token_hash = $1 AND session.ended_at IS NULL
$$;

-- Where somebody works.
CREATE FUNCTION tenants_of_person(person uuid)
RETURNS TABLE (tenant_id uuid, slug text, name text, state text, role text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT company.id, company.slug, company.name, company.state, member.role
    FROM membership AS member
    JOIN tenant AS company ON company.id = member.tenant_id
    WHERE member.person_id = $1 AND company.state <> 'closed'
$$;

-- What an invitation's link leads to. Whether it is still open is part of the answer, for the log; nobody is told.
CREATE FUNCTION open_invitation(token_hash bytea)
RETURNS TABLE (
    tenant_id uuid,
    invitation_id uuid,
    tenant_name text,
    tenant_state text,
    email text,
    role text,
    language text,
    expires_at timestamptz,
    state text,
    has_account boolean
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT invited.tenant_id, invited.id, company.name, company.state, invited.email, invited.role, invited.language,
        invited.expires_at,
        CASE
            WHEN invited.accepted_at IS NOT NULL THEN 'accepted'
            WHEN invited.revoked_at IS NOT NULL THEN 'revoked'
            ELSE 'open'
        END,
        EXISTS (SELECT FROM person AS known WHERE known.email = invited.email)
    FROM invitation AS invited
    JOIN tenant AS company ON company.id = invited.tenant_id
    WHERE invited.token_hash = $1
$$;

-- Whose a key of the API is, and what it opens.
CREATE FUNCTION api_key_owner(hash bytea)
RETURNS TABLE (
    tenant_id uuid,
    tenant_state text,
    key_id uuid,
    prefix text,
    scopes text[],
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT key.tenant_id, company.state, key.id, key.prefix, key.scopes, key.expires_at, key.last_used_at,
        key.revoked_at
    FROM api_key AS key
    JOIN tenant AS company ON company.id = key.tenant_id
    WHERE key.hash = $1
$$;

GRANT SELECT (slug, name, region, time_zone) ON tenant TO va_router;

-- Destroying goes through a group of its own, which owns one function and nothing else: no login may delete what was
-- recorded, and this function does it for a closed tenant only, once its time to come back is over.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'va_eraser') THEN
        BEGIN
            CREATE ROLE va_eraser NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO va_eraser;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY[
        'api_idempotency', 'api_key', 'audit_detail', 'call', 'call_state', 'carrier_event', 'flow', 'flow_version',
        'invitation', 'membership', 'outbox', 'sign_in_copy', 'support_access', 'tenant', 'tenant_model_key',
        'transcript_turn'
    ] LOOP
        EXECUTE format('CREATE POLICY eraser ON %I TO va_eraser USING (true) WITH CHECK (true)', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY[
        'api_idempotency', 'api_key', 'call_state', 'carrier_event', 'invitation', 'membership', 'outbox',
        'sign_in_copy', 'support_access', 'tenant_model_key', 'transcript_turn'
    ] LOOP
        EXECUTE format('GRANT SELECT (tenant_id), DELETE ON %I TO va_eraser', table_name);
    END LOOP;
END
$$;
GRANT SELECT (tenant_id, erased_at), UPDATE (salt, body, erased_at) ON audit_detail TO va_eraser;
GRANT SELECT (tenant_id, id), UPDATE (caller_kind, caller_e164, intent, forward_target) ON call TO va_eraser;
GRANT SELECT (tenant_id, id), UPDATE (name) ON flow TO va_eraser;
GRANT SELECT (tenant_id), UPDATE (document, sha256) ON flow_version TO va_eraser;
GRANT SELECT (id, state, closing_at, closed_at, destroyed_at),
    UPDATE (destroyed_at, overflow_e164, model, model_base_url_key) ON tenant TO va_eraser;
-- The trigger that keeps an owner looks for one.
GRANT SELECT (role) ON membership TO va_eraser;
GRANT SELECT (current_tenant), UPDATE (current_tenant, support_access) ON web_session TO va_eraser;

-- Forgets what a closed tenant and its callers said, who worked for it, its flows, secrets and keys. The rows of calls,
-- usage and numbers stay without the callers: bills stand on them. So does the chain of entries, without the personal
-- details beside it. Repeating it forgets what came in between, such as after the restoration of a backup.
CREATE FUNCTION erase_tenant(tenant uuid) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    erased timestamptz := clock_timestamp();
BEGIN
    PERFORM FROM tenant AS company
    WHERE company.id = $1 AND company.state = 'closed' AND company.closed_at IS NOT NULL
        AND company.closing_at + interval '30 days' <= erased
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a closed tenant whose time to come back is over is erased'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenant_erased_when_closed';
    END IF;
    DELETE FROM tenant_model_key AS gone WHERE gone.tenant_id = $1;
    DELETE FROM transcript_turn AS gone WHERE gone.tenant_id = $1;
    DELETE FROM call_state AS gone WHERE gone.tenant_id = $1;
    DELETE FROM carrier_event AS gone WHERE gone.tenant_id = $1;
    DELETE FROM outbox AS gone WHERE gone.tenant_id = $1;
    DELETE FROM api_idempotency AS gone WHERE gone.tenant_id = $1;
    DELETE FROM api_key AS gone WHERE gone.tenant_id = $1;
    DELETE FROM invitation AS gone WHERE gone.tenant_id = $1;
    DELETE FROM support_access AS gone WHERE gone.tenant_id = $1;
    DELETE FROM sign_in_copy AS gone WHERE gone.tenant_id = $1;
    DELETE FROM membership AS gone WHERE gone.tenant_id = $1;
    UPDATE web_session AS turned SET current_tenant = NULL, support_access = NULL WHERE turned.current_tenant = $1;
    UPDATE call AS told SET caller_kind = 'withheld', caller_e164 = NULL, intent = NULL, forward_target = NULL
    WHERE told.tenant_id = $1;
    UPDATE flow_version AS told SET document = '{}', sha256 = repeat('0', 64) WHERE told.tenant_id = $1;
    UPDATE flow AS told SET name = told.id::text WHERE told.tenant_id = $1;
    UPDATE audit_detail AS told SET salt = NULL, body = NULL, erased_at = erased
    WHERE told.tenant_id = $1 AND told.erased_at IS NULL;
    UPDATE tenant AS company
    SET destroyed_at = COALESCE(company.destroyed_at, erased), overflow_e164 = NULL, model = NULL,
        model_base_url_key = NULL
    WHERE company.id = $1;
    RETURN erased;
END
$$;

REVOKE ALL ON FUNCTION visitor(bytea), tenants_of_person(uuid), open_invitation(bytea), api_key_owner(bytea),
    erase_tenant(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitor(bytea), tenants_of_person(uuid), open_invitation(bytea), api_key_owner(bytea)
    TO va_app;
GRANT EXECUTE ON FUNCTION erase_tenant(uuid) TO va_platform;

-- Giving a function away needs membership in the new owner and its right to create; both end with this transaction.
GRANT va_router, va_eraser TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO va_router, va_eraser;
ALTER FUNCTION visitor(bytea) OWNER TO va_router;
ALTER FUNCTION tenants_of_person(uuid) OWNER TO va_router;
ALTER FUNCTION open_invitation(bytea) OWNER TO va_router;
ALTER FUNCTION api_key_owner(bytea) OWNER TO va_router;
ALTER FUNCTION erase_tenant(uuid) OWNER TO va_eraser;
REVOKE CREATE ON SCHEMA public FROM va_router, va_eraser;
REVOKE va_router, va_eraser FROM CURRENT_USER;
