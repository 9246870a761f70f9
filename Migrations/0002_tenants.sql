-- Companies, and the key a company may bring for its language model.

CREATE TABLE tenant (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL CONSTRAINT tenant_slug_key UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text NOT NULL CHECK (name <> ''),
    region text NOT NULL DEFAULT 'AT' CHECK (region ~ '^[A-Z]{2}$'),
    language text NOT NULL DEFAULT 'de' CHECK (language ~ '^[a-z]{2}(-[A-Z]{2})?$'),
    -- An unknown zone is refused here by the conversion itself.
    time_zone text NOT NULL DEFAULT 'Europe/Vienna'
        CHECK ((timestamptz '2026-01-01 00:00:00+00' AT TIME ZONE time_zone) IS NOT NULL),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closed')),
    max_concurrent_calls int NOT NULL DEFAULT 10 CHECK (max_concurrent_calls >= 0),
    max_call_seconds int NOT NULL DEFAULT 1800 CHECK (max_call_seconds > 0),
    -- ISO 3166 regions that a call may be handed over to (decision 18).
    allowed_countries text[] NOT NULL DEFAULT '{AT,DE,CH,LI}'
        CHECK (array_to_string(allowed_countries, ',', '?') ~ '^([A-Z]{2}(,[A-Z]{2})*)?$'),
    -- Where a call goes that cannot be answered; null: a spoken apology.
    overflow_e164 text CHECK (overflow_e164 ~ '^\+[1-9][0-9]{1,14}$'),
    model text,
    -- Names an entry of the operator's list of models; never an address (decision 25).
    model_base_url_key text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON tenant TO va_app
    USING (id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY platform ON tenant TO va_platform USING (true) WITH CHECK (true);

-- Creating, suspending and limiting a tenant are the platform's acts.
GRANT SELECT ON tenant TO va_app;
GRANT UPDATE (name, region, language, time_zone, allowed_countries, overflow_e164, model, model_base_url_key)
    ON tenant TO va_app;
GRANT SELECT, INSERT, UPDATE ON tenant TO va_platform;

CREATE TABLE tenant_model_key (
    tenant_id uuid NOT NULL PRIMARY KEY REFERENCES tenant (id),
    -- The version of the key-encrypting key.
    key_version int NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE tenant_model_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_model_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON tenant_model_key TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_model_key TO va_app;
