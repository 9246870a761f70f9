-- What callers and flows say is sealed under the key of its tenant, which is kept outside this database: destroying that
-- key makes it unreadable here and in every backup (requirement K9). Sealing is the application's; nothing that was
-- written in plain text can be sealed here, so these statements refuse a database that holds any.
-- adr: docs/adr/0009-personal-data-is-sealed.md

ALTER TABLE transcript_turn ADD COLUMN words bytea NOT NULL;
ALTER TABLE transcript_turn DROP COLUMN text, DROP COLUMN heard_text;

ALTER TABLE call ADD COLUMN caller bytea, ADD COLUMN sealed_intent bytea;
ALTER TABLE call ADD COLUMN was_plain boolean NOT NULL;
ALTER TABLE call DROP COLUMN was_plain, DROP COLUMN caller_e164, DROP COLUMN intent;
ALTER TABLE call RENAME COLUMN sealed_intent TO intent;
ALTER TABLE call ADD CONSTRAINT call_caller_kind CHECK ((caller_kind = 'number') = (caller IS NOT NULL)) NOT VALID;
ALTER TABLE call VALIDATE CONSTRAINT call_caller_kind;
GRANT UPDATE (intent) ON call TO va_app;
GRANT UPDATE (caller, intent) ON call TO va_eraser;

ALTER TABLE call_state DROP COLUMN state;
ALTER TABLE call_state ADD COLUMN state bytea NOT NULL;
GRANT UPDATE (state) ON call_state TO va_app;

ALTER TABLE carrier_event ADD COLUMN sealed_body bytea NOT NULL;
ALTER TABLE carrier_event DROP COLUMN body;
ALTER TABLE carrier_event RENAME COLUMN sealed_body TO body;

-- Null when its tenant was destroyed.
ALTER TABLE flow_version ADD COLUMN sealed_document bytea NOT NULL;
ALTER TABLE flow_version ALTER COLUMN sealed_document DROP NOT NULL;
ALTER TABLE flow_version DROP COLUMN document;
ALTER TABLE flow_version RENAME COLUMN sealed_document TO document;
GRANT UPDATE (document) ON flow_version TO va_eraser;

ALTER TABLE tenant_model_key ADD COLUMN sealed bytea NOT NULL;
ALTER TABLE tenant_model_key DROP COLUMN key_version, DROP COLUMN nonce, DROP COLUMN ciphertext;
GRANT UPDATE (sealed) ON tenant_model_key TO va_app;

ALTER TABLE api_idempotency ADD COLUMN sealed_body bytea;
ALTER TABLE api_idempotency ADD COLUMN was_plain boolean NOT NULL;
ALTER TABLE api_idempotency DROP COLUMN was_plain, DROP COLUMN body;
ALTER TABLE api_idempotency RENAME COLUMN sealed_body TO body;
ALTER TABLE api_idempotency ADD CONSTRAINT api_idempotency_answered CHECK (body IS NULL OR status IS NOT NULL) NOT VALID;
ALTER TABLE api_idempotency VALIDATE CONSTRAINT api_idempotency_answered;
GRANT UPDATE (body) ON api_idempotency TO va_app;

-- A tenant's details hold their salt within the seal: beside a body that nobody can open it would only help to guess it.
ALTER TABLE audit_detail ADD COLUMN sealed_body bytea;
ALTER TABLE audit_detail ADD COLUMN was_plain boolean NOT NULL;
ALTER TABLE audit_detail DROP COLUMN was_plain, DROP COLUMN salt, DROP COLUMN body;
ALTER TABLE audit_detail RENAME COLUMN sealed_body TO body;
ALTER TABLE audit_detail ADD CONSTRAINT audit_detail_sealed_or_erased
    CHECK ((body IS NULL) = (erased_at IS NOT NULL)) NOT VALID;
ALTER TABLE audit_detail VALIDATE CONSTRAINT audit_detail_sealed_or_erased;
GRANT UPDATE (body) ON audit_detail TO va_app, va_platform, va_eraser;

-- Replacing a function needs membership in its owner and its right to create; both end with this transaction.
GRANT va_eraser TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO va_eraser;
CREATE OR REPLACE FUNCTION erase_tenant(tenant uuid) RETURNS timestamptz
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
    UPDATE call AS told SET caller_kind = 'withheld', caller = NULL, intent = NULL, forward_target = NULL
    WHERE told.tenant_id = $1;
    UPDATE flow_version AS told SET document = NULL, sha256 = repeat('0', 64) WHERE told.tenant_id = $1;
    UPDATE flow AS told SET name = told.id::text WHERE told.tenant_id = $1;
    UPDATE audit_detail AS told SET body = NULL, erased_at = erased
    WHERE told.tenant_id = $1 AND told.erased_at IS NULL;
    UPDATE tenant AS company
    SET destroyed_at = COALESCE(company.destroyed_at, erased), overflow_e164 = NULL, model = NULL,
        model_base_url_key = NULL
    WHERE company.id = $1;
    RETURN erased;
END
$$;
REVOKE CREATE ON SCHEMA public FROM va_eraser;
REVOKE va_eraser FROM CURRENT_USER;
