-- Which number belongs to whom, and which flow answers it, over time (decision 4).

CREATE TABLE number_ownership (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    e164 text NOT NULL CHECK (e164 ~ '^\+[1-9][0-9]{1,14}$'),
    -- As it was entered, for display.
    typed text NOT NULL,
    carrier_account_sid text NOT NULL,
    carrier_number_sid text NOT NULL,
    verified_at timestamptz NOT NULL,
    valid tstzrange NOT NULL CHECK (
        NOT isempty(valid) AND NOT lower_inf(valid) AND lower_inc(valid) AND NOT upper_inc(valid)
    ),
    -- Until when nobody may claim the number after its release (requirement A11); null while it is owned, and after
    -- the platform has moved it to another tenant.
    quarantined_until timestamptz,
    -- The period in which nobody else may own the number.
    held tstzrange NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN upper_inf(valid) THEN valid
            ELSE tstzrange(lower(valid), GREATEST(upper(valid), quarantined_until), '[)')
        END
    ) STORED,
    PRIMARY KEY (tenant_id, id),
    -- Lets an assignment prove that it is for this very number.
    CONSTRAINT number_ownership_e164_key UNIQUE (tenant_id, id, e164),
    CHECK (quarantined_until IS NULL OR (NOT upper_inf(valid) AND quarantined_until >= upper(valid))),
    -- In this order, so that a number that is owned is reported as owned, and only a released one as resting.
    CONSTRAINT number_ownership_one_owner EXCLUDE USING gist (e164 WITH =, valid WITH &&),
    CONSTRAINT number_ownership_quarantine EXCLUDE USING gist (e164 WITH =, held WITH &&)
);

CREATE INDEX number_ownership_tenant ON number_ownership (tenant_id, e164);

ALTER TABLE number_ownership ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_ownership FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON number_ownership TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON number_ownership TO va_platform USING (true) WITH CHECK (true);
CREATE POLICY router ON number_ownership FOR SELECT TO va_router USING (true);

GRANT SELECT, INSERT ON number_ownership TO va_app, va_platform;
GRANT UPDATE (valid, quarantined_until, verified_at, carrier_account_sid, carrier_number_sid)
    ON number_ownership TO va_app, va_platform;
GRANT SELECT (tenant_id, id, e164, carrier_account_sid, valid) ON number_ownership TO va_router;

-- A tenant that gives a number back cannot shorten its rest, and a period that has ended is a fact. The platform may
-- end a period without rest, to move the number (decision 4).
CREATE FUNCTION number_ownership_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF pg_has_role('va_platform', 'USAGE') THEN
        RETURN NEW;
    END IF;
    IF lower(NEW.valid) <> lower(OLD.valid) THEN
        RAISE EXCEPTION 'the beginning of an ownership cannot be moved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'number_ownership_begin_is_final';
    END IF;
    IF NOT upper_inf(OLD.valid)
        AND (NEW.valid <> OLD.valid OR NEW.quarantined_until IS DISTINCT FROM OLD.quarantined_until) THEN
        RAISE EXCEPTION 'an ownership that has ended cannot be changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'number_ownership_end_is_final';
    END IF;
    IF upper_inf(OLD.valid) AND NOT upper_inf(NEW.valid) THEN
        NEW.quarantined_until := GREATEST(NEW.quarantined_until, upper(NEW.valid) + interval '30 days');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE ON number_ownership FOR EACH ROW EXECUTE FUNCTION number_ownership_guard();

CREATE TABLE number_assignment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    ownership_id uuid NOT NULL,
    e164 text NOT NULL CHECK (e164 ~ '^\+[1-9][0-9]{1,14}$'),
    flow_id uuid NOT NULL,
    valid tstzrange NOT NULL CHECK (
        NOT isempty(valid) AND NOT lower_inf(valid) AND lower_inc(valid) AND NOT upper_inc(valid)
    ),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, ownership_id, e164) REFERENCES number_ownership (tenant_id, id, e164),
    FOREIGN KEY (tenant_id, flow_id) REFERENCES flow (tenant_id, id),
    CONSTRAINT number_assignment_one_flow EXCLUDE USING gist (tenant_id WITH =, e164 WITH =, valid WITH &&)
);

CREATE INDEX number_assignment_ownership ON number_assignment (tenant_id, ownership_id);
CREATE INDEX number_assignment_flow ON number_assignment (tenant_id, flow_id);

ALTER TABLE number_assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON number_assignment TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON number_assignment TO va_platform USING (true) WITH CHECK (true);
CREATE POLICY router ON number_assignment FOR SELECT TO va_router USING (true);

GRANT SELECT, INSERT ON number_assignment TO va_app, va_platform;
GRANT UPDATE (valid) ON number_assignment TO va_app, va_platform;
GRANT SELECT (tenant_id, id, ownership_id, e164, flow_id, valid) ON number_assignment TO va_router;
