-- Who did what: one hash chain per tenant and one of the platform. Entries are inserted, never changed.

CREATE TABLE audit_entry (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    -- Counts the tenant's entries from 1, without gaps.
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    before jsonb,
    after jsonb,
    reason text,
    request_id text,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, seq)
);

-- The end of each chain. Whoever appends locks its row, so that entries form a line.
CREATE TABLE audit_head (
    tenant_id uuid NOT NULL PRIMARY KEY REFERENCES tenant (id),
    seq bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON audit_entry TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON audit_entry TO va_platform USING (true) WITH CHECK (true);
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON audit_head TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON audit_head TO va_platform USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON audit_entry TO va_app, va_platform;
GRANT SELECT, INSERT ON audit_head TO va_app, va_platform;
GRANT UPDATE (seq, hash) ON audit_head TO va_app, va_platform;

-- An entry that does not continue the chain is refused, whoever writes it.
CREATE FUNCTION audit_entry_continues_chain() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.seq = 1 AND NEW.previous_hash = decode(repeat('00', 32), 'hex') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM audit_entry AS previous
        WHERE previous.tenant_id = NEW.tenant_id
            AND previous.seq = NEW.seq - 1
            AND previous.hash = NEW.previous_hash
    ) THEN
        RAISE EXCEPTION 'the entry does not continue the chain'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_entry_continues_chain';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER continues_chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_continues_chain();

-- The platform's own chain: every opening of its door, and its acts.
CREATE TABLE platform_audit_entry (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    before jsonb,
    after jsonb,
    reason text,
    request_id text,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE platform_audit_head (
    -- There is one row.
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO platform_audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

GRANT SELECT, INSERT ON platform_audit_entry TO va_platform;
GRANT SELECT ON platform_audit_head TO va_platform;
GRANT UPDATE (seq, hash) ON platform_audit_head TO va_platform;

CREATE FUNCTION platform_audit_entry_continues_chain() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.seq = 1 AND NEW.previous_hash = decode(repeat('00', 32), 'hex') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM platform_audit_entry AS previous
        WHERE previous.seq = NEW.seq - 1 AND previous.hash = NEW.previous_hash
    ) THEN
        RAISE EXCEPTION 'the entry does not continue the chain'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'platform_audit_entry_continues_chain';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER continues_chain BEFORE INSERT ON platform_audit_entry
    FOR EACH ROW EXECUTE FUNCTION platform_audit_entry_continues_chain();
