-- Personal data of audit entries stand beside the chain, which holds only their salted hash: they can be erased, and the
-- chain stays valid (requirement G5). Salt and body go together, so that nobody can guess the body by the hash.

ALTER TABLE audit_entry ADD COLUMN personal_hash bytea;
ALTER TABLE platform_audit_entry ADD COLUMN personal_hash bytea;
-- Entries of before have none, so there is nothing to validate.
ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_personal_hash_length
    CHECK (octet_length(personal_hash) = 32) NOT VALID;
ALTER TABLE platform_audit_entry ADD CONSTRAINT platform_audit_entry_personal_hash_length
    CHECK (octet_length(personal_hash) = 32) NOT VALID;

CREATE TABLE audit_detail (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    salt bytea CHECK (octet_length(salt) = 32),
    body jsonb,
    erased_at timestamptz,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES audit_entry (tenant_id, seq),
    CONSTRAINT audit_detail_kept_or_erased
        CHECK ((salt IS NULL) = (erased_at IS NOT NULL) AND (body IS NULL) = (erased_at IS NOT NULL))
);
ALTER TABLE audit_detail ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_detail FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON audit_detail TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON audit_detail TO va_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit_detail TO va_app, va_platform;
GRANT UPDATE (salt, body, erased_at) ON audit_detail TO va_app, va_platform;

CREATE TABLE platform_audit_detail (
    seq bigint PRIMARY KEY REFERENCES platform_audit_entry (seq),
    salt bytea CHECK (octet_length(salt) = 32),
    body jsonb,
    erased_at timestamptz,
    CONSTRAINT platform_audit_detail_kept_or_erased
        CHECK ((salt IS NULL) = (erased_at IS NOT NULL) AND (body IS NULL) = (erased_at IS NOT NULL))
);
GRANT SELECT, INSERT ON platform_audit_detail TO va_platform;
GRANT UPDATE (salt, body, erased_at) ON platform_audit_detail TO va_platform;

-- A detail is written once and erased once, whoever does it.
CREATE FUNCTION audit_detail_only_erased() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
        AND to_jsonb(NEW) - ARRAY['salt', 'body', 'erased_at'] = to_jsonb(OLD) - ARRAY['salt', 'body', 'erased_at']
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a detail is only ever erased'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_detail_only_erased';
END
$$;
CREATE TRIGGER only_erased BEFORE UPDATE ON audit_detail
    FOR EACH ROW EXECUTE FUNCTION audit_detail_only_erased();
CREATE TRIGGER only_erased BEFORE UPDATE ON platform_audit_detail
    FOR EACH ROW EXECUTE FUNCTION audit_detail_only_erased();
