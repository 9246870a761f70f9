-- The groups that hold all rights. Logins are the operator's (docs/RUNBOOK.md) and become members of one of them;
-- migrations run as the owner of the database, which no other login is a member of (requirement A1).

-- Roles belong to the whole cluster: another database may be migrating at this very moment.
DO $$
DECLARE
    group_name text;
BEGIN
    FOREACH group_name IN ARRAY ARRAY['va_app', 'va_platform', 'va_router'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', group_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO va_app, va_platform, va_router;

-- A new function is nobody's until it is granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT SELECT ON schema_migration TO va_app, va_platform;

-- Equality of uuid and text inside the exclusion constraints of later files.
CREATE EXTENSION IF NOT EXISTS btree_gist;
