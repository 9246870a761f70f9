-- A tenant may demand a second factor of its members, its people see who of the platform's support looks in, and the
-- operator finds people and takes the factors away from somebody who lost them.

ALTER TABLE tenant ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false;
GRANT UPDATE (second_factor_required) ON tenant TO va_app;
GRANT SELECT (second_factor_required) ON tenant TO va_router;

-- The events of signing in are kept for a month only.
ALTER TABLE person ADD COLUMN last_signed_in_at timestamptz;
UPDATE person AS known SET last_signed_in_at = (
    SELECT max(event.at) FROM sign_in_event AS event
    WHERE event.person_id = known.id AND event.kind = 'signed_in'
);
GRANT UPDATE (last_signed_in_at) ON person TO va_app;
GRANT SELECT (last_signed_in_at) ON person TO va_platform;

-- What kinds of factor somebody has and since when, never a secret, a code or a key.
GRANT SELECT (person_id, state, confirmed_at), DELETE ON totp_factor TO va_platform;
GRANT SELECT (person_id, created_at, last_used_at), DELETE ON passkey TO va_platform;
GRANT SELECT (person_id, used_at), DELETE ON recovery_code TO va_platform;
GRANT SELECT (person_id, state) ON totp_factor TO va_router;
GRANT SELECT (person_id) ON passkey TO va_router;

-- Dropping a function and giving one away needs membership in its owner and the owner's right to create; both end with
-- this transaction.
GRANT va_router TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO va_router;

-- As before (0013), with whether the person has a second factor and the tenant demands one, and the look of the
-- platform's support into the tenant that ends last.
DROP FUNCTION visitor(bytea);
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
    has_second_factor boolean,
    tenant_id uuid,
    tenant_slug text,
    tenant_name text,
    tenant_state text,
    tenant_language text,
    tenant_region text,
    tenant_time_zone text,
    tenant_second_factor_required boolean,
    role text,
    support_id uuid,
    support_reason text,
    support_expires_at timestamptz,
    look_id uuid,
    look_person text,
    look_reason text,
    look_expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT session.id, session.level, session.created_at, session.seen_at, session.strong_at, session.ends_at,
        known.id, known.email, known.name, known.language, known.theme, staff.role,
        EXISTS (SELECT FROM totp_factor AS app WHERE app.person_id = known.id AND app.state = 'active')
            OR EXISTS (SELECT FROM passkey WHERE passkey.person_id = known.id),
        company.id, company.slug, company.name, company.state, company.language, company.region, company.time_zone,
        company.second_factor_required,
        member.role, support.id, support.reason, support.expires_at,
        look.id, look.person, look.reason, look.expires_at
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
    LEFT JOIN LATERAL (
        SELECT access.id, looker.name AS person, access.reason, access.expires_at
        FROM support_access AS access JOIN person AS looker ON looker.id = access.person_id
        WHERE access.tenant_id = member.tenant_id AND access.ended_at IS NULL
        ORDER BY access.expires_at DESC LIMIT 1
    ) AS look ON true
    WHERE session.token_hash = $1 AND session.ended_at IS NULL
$$;
REVOKE ALL ON FUNCTION visitor(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visitor(bytea) TO va_app;
ALTER FUNCTION visitor(bytea) OWNER TO va_router;

REVOKE CREATE ON SCHEMA public FROM va_router;
REVOKE va_router FROM CURRENT_USER;
