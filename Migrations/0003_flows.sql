-- What the agent does on the telephone, in versions: draft -> staged -> live -> retired.

CREATE TABLE flow (
    tenant_id uuid NOT NULL REFERENCES tenant (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT flow_name_key UNIQUE (tenant_id, name)
);

ALTER TABLE flow ENABLE ROW LEVEL SECURITY;
ALTER TABLE flow FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON flow TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
GRANT SELECT, INSERT ON flow TO va_app;
GRANT UPDATE (name) ON flow TO va_app;

CREATE TABLE flow_version (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    flow_id uuid NOT NULL,
    -- Counts the versions of one flow from 1.
    ordinal int NOT NULL CHECK (ordinal > 0),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'staged', 'live', 'retired')),
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    staged_at timestamptz,
    published_at timestamptz,
    retired_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, flow_id) REFERENCES flow (tenant_id, id),
    CONSTRAINT flow_version_ordinal_key UNIQUE (tenant_id, flow_id, ordinal)
);

CREATE UNIQUE INDEX flow_version_one_live ON flow_version (tenant_id, flow_id) WHERE state = 'live';
CREATE UNIQUE INDEX flow_version_one_staged ON flow_version (tenant_id, flow_id) WHERE state = 'staged';

ALTER TABLE flow_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE flow_version FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON flow_version TO va_app
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
-- A version's document never changes: a running call reads the one it was pinned to.
GRANT SELECT, INSERT ON flow_version TO va_app;
GRANT UPDATE (state, staged_at, published_at, retired_at) ON flow_version TO va_app;
