-- People who sign in, and what they prove themselves with. A person belongs to no tenant: memberships (0013) say where
-- somebody may work, so that none of these tables has a tenant or row-level security, apart from the last.

CREATE TABLE person (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- As it is compared: in small letters, without white space.
    email text NOT NULL CONSTRAINT person_email_key UNIQUE
        CHECK (email = lower(email) AND email ~ '^[^[:space:]@]+@[^[:space:]@]+$' AND octet_length(email) <= 254),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    language text NOT NULL DEFAULT 'de' CHECK (language IN ('de', 'en')),
    theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    -- PHC string with its parameters; null until the person has chosen a password.
    password_hash text,
    password_changed_at timestamptz,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((password_hash IS NULL) = (password_changed_at IS NULL))
);

-- Who works for the platform. Only the platform's door writes it.
CREATE TABLE platform_member (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('operator', 'support')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The secret of an authenticator app, sealed; one that counts, and one that waits for its first code to take its place.
CREATE TABLE totp_factor (
    person_id uuid NOT NULL REFERENCES person (id),
    state text NOT NULL CHECK (state IN ('waiting', 'active')),
    key_version int NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at timestamptz,
    -- Which session set it up and may confirm it; null once it is confirmed.
    session_id uuid,
    -- The latest time step whose code was accepted: a code is good once.
    last_step bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, state),
    CHECK ((state = 'active') = (confirmed_at IS NOT NULL))
);

CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person (id),
    -- SHA-256 of a code of at least 112 random bits.
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (person_id, hash)
);

CREATE TABLE passkey (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL REFERENCES person (id),
    credential_id bytea NOT NULL CONSTRAINT passkey_credential_id_key UNIQUE
        CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    -- A number of the COSE registry.
    algorithm int NOT NULL,
    sign_count bigint NOT NULL CHECK (sign_count >= 0),
    transports text[] NOT NULL DEFAULT '{}',
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    backed_up boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id);

CREATE TABLE web_session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- SHA-256 of the cookie's 256 random bits.
    token_hash bytea NOT NULL CONSTRAINT web_session_token_hash_key UNIQUE CHECK (octet_length(token_hash) = 32),
    person_id uuid NOT NULL REFERENCES person (id),
    level text NOT NULL CHECK (level IN ('password', 'full')),
    -- The tenant and the support access that the pages show. Neither is a right and neither refers to a row: whoever
    -- reads them asks for the membership or the access itself, each time.
    current_tenant uuid,
    support_access uuid,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    -- When a factor was last proven.
    strong_at timestamptz,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 200),
    -- /24 or /48; empty if the address is not known.
    address_prefix text NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX web_session_person ON web_session (person_id) WHERE ended_at IS NULL;
CREATE INDEX web_session_ends ON web_session (ends_at);

-- Random bytes a passkey has to sign. A row is deleted when it is used.
CREATE TABLE web_challenge (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('passkey_sign_in', 'passkey_second_factor', 'passkey_register')),
    -- Null while nobody knows who is going to sign in.
    person_id uuid REFERENCES person (id),
    session_id uuid REFERENCES web_session (id) ON DELETE CASCADE,
    challenge bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX web_challenge_expires ON web_challenge (expires_at);

-- What a link in a mail is good for, once.
CREATE TABLE person_token (
    -- SHA-256 of 256 random bits.
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    person_id uuid NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('first_password', 'password_reset', 'email_change')),
    -- The new address of an e-mail change.
    payload text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX person_token_person ON person_token (person_id);
CREATE INDEX person_token_expires ON person_token (expires_at);

-- What happened to somebody's sign-in, written in the transaction in which it happened. A job copies it into the chains
-- of the person's tenants and of the platform (docs/adr/0006-sign-ins-reach-the-chains-later.md).
CREATE TABLE sign_in_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Null for an account that does not exist.
    person_id uuid REFERENCES person (id),
    kind text NOT NULL,
    -- A code, such as the factor that was used.
    detail text,
    session_id uuid,
    address_prefix text NOT NULL DEFAULT '',
    request_id text,
    at timestamptz NOT NULL,
    -- When it stood in the chains of all tenants of the person.
    recorded_at timestamptz,
    -- When it stood in the platform's chain, or was seen not to belong there.
    platform_recorded_at timestamptz
);
CREATE INDEX sign_in_event_open ON sign_in_event (id) WHERE recorded_at IS NULL;
CREATE INDEX sign_in_event_platform_open ON sign_in_event (id) WHERE platform_recorded_at IS NULL;
CREATE INDEX sign_in_event_at ON sign_in_event (at);

-- Which events stand in a tenant's chain already, so that a copy that was interrupted repeats nothing.
CREATE TABLE sign_in_copy (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    event_id bigint NOT NULL REFERENCES sign_in_event (id) ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX sign_in_copy_event ON sign_in_copy (event_id);
ALTER TABLE sign_in_copy ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_copy FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON sign_in_copy TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

GRANT SELECT, INSERT ON person TO va_app;
GRANT UPDATE (email, name, language, theme, password_hash, password_changed_at) ON person TO va_app;
GRANT SELECT ON platform_member TO va_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON totp_factor, recovery_code, passkey, web_session, person_token TO va_app;
GRANT SELECT, INSERT, DELETE ON web_challenge TO va_app;
-- Locking a row that is about to go needs it.
GRANT UPDATE (expires_at) ON web_challenge TO va_app;
GRANT SELECT, INSERT, DELETE ON sign_in_event TO va_app;
GRANT UPDATE (recorded_at) ON sign_in_event TO va_app;
GRANT SELECT, INSERT ON sign_in_copy TO va_app;

-- The operator makes, disables and names people of the platform; whoever is disabled loses all sessions at once.
GRANT SELECT (id, email, name, language, state, created_at) ON person TO va_platform;
GRANT INSERT (id, email, name, language) ON person TO va_platform;
GRANT UPDATE (state) ON person TO va_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform_member TO va_platform;
GRANT INSERT ON person_token TO va_platform;
GRANT SELECT (id, person_id, ended_at), UPDATE (current_tenant, support_access, ended_at, end_reason) ON web_session
    TO va_platform;
GRANT SELECT (id, person_id, kind, detail, address_prefix, request_id, at, platform_recorded_at)
    ON sign_in_event TO va_platform;
GRANT UPDATE (platform_recorded_at) ON sign_in_event TO va_platform;

-- For the definer functions that turn a cookie or a key into whoever is behind it (0013).
GRANT SELECT (id, email, name, language, theme, state) ON person TO va_router;
GRANT SELECT ON platform_member TO va_router;
GRANT SELECT (id, token_hash, person_id, level, current_tenant, support_access, created_at, seen_at, strong_at, ends_at,
    ended_at) ON web_session TO va_router;
