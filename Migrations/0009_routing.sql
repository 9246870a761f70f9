-- The few questions that must be asked before it is known whose they are. Each is one function that runs as va_router,
-- a group nobody is a member of, which sees the columns granted to it and nothing else (decision 2): FORCE row-level
-- security would blind a function of the tables' owner.

-- Who answers a dialled number, and within which limits. Empty: nobody.
CREATE FUNCTION route_number(e164 text, at timestamptz)
RETURNS TABLE (
    tenant_id uuid,
    assignment_id uuid,
    flow_id uuid,
    carrier_account_sid text,
    tenant_state text,
    max_concurrent_calls int,
    max_call_seconds int,
    language text,
    overflow_e164 text
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT owned.tenant_id, assigned.id, assigned.flow_id, owned.carrier_account_sid, company.state,
        company.max_concurrent_calls, company.max_call_seconds, company.language, company.overflow_e164
    FROM number_ownership AS owned
    JOIN number_assignment AS assigned
        ON assigned.tenant_id = owned.tenant_id AND assigned.ownership_id = owned.id AND assigned.valid @> $2
    JOIN tenant AS company ON company.id = owned.tenant_id
    WHERE owned.e164 = $1 AND owned.valid @> $2
$$;

-- Whose call it is: later callbacks know only the carrier's identifier (requirement A8).
CREATE FUNCTION pinned_call(call_sid text)
RETURNS TABLE (tenant_id uuid, call_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT pinned.tenant_id, pinned.id FROM call AS pinned WHERE pinned.call_sid = $1
$$;

-- Legs that a dead process left open: its heartbeat is older than `seen_before`, or it has begun another life.
-- `ends_at` is the last sign of the life that opened the leg; where that is lost, the leg's own beginning, because what
-- cannot be shown is not charged.
CREATE FUNCTION orphaned_legs(seen_before timestamptz)
RETURNS TABLE (
    tenant_id uuid,
    call_id uuid,
    leg_id uuid,
    kind text,
    leg_sid text,
    ordinal int,
    node text,
    node_epoch bigint,
    started_at timestamptz,
    ends_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT leg.tenant_id, leg.call_id, leg.id, leg.kind, leg.leg_sid, leg.ordinal, leg.node, leg.node_epoch,
        leg.started_at,
        GREATEST(
            leg.started_at,
            CASE leg.node_epoch
                WHEN lease.epoch THEN lease.seen_at
                WHEN lease.previous_epoch THEN lease.previous_seen_at
            END
        )
    FROM call_leg AS leg
    LEFT JOIN node_lease AS lease ON lease.node = leg.node
    WHERE leg.ended_at IS NULL
        AND (lease.node IS NULL OR lease.epoch <> leg.node_epoch OR lease.seen_at < $1)
$$;

-- Takes up to `at_most` open rows of one kind for `lease`; the caller then works in each tenant's scope.
CREATE FUNCTION claim_outbox(kind text, at_most int, lease interval)
RETURNS TABLE (tenant_id uuid, id uuid, attempts int)
LANGUAGE sql VOLATILE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE outbox AS claimed
    SET claimed_until = clock_timestamp() + $3, attempts = claimed.attempts + 1
    FROM (
        SELECT open.tenant_id, open.id
        FROM outbox AS open
        WHERE open.kind = $1 AND open.done_at IS NULL
            AND (open.claimed_until IS NULL OR open.claimed_until < clock_timestamp())
        ORDER BY open.created_at
        LIMIT LEAST($2, 1000)
        FOR UPDATE SKIP LOCKED
    ) AS chosen
    WHERE claimed.tenant_id = chosen.tenant_id AND claimed.id = chosen.id
    RETURNING claimed.tenant_id, claimed.id, claimed.attempts
$$;

CREATE POLICY router ON tenant FOR SELECT TO va_router USING (true);
GRANT SELECT (id, state, max_concurrent_calls, max_call_seconds, language, overflow_e164) ON tenant TO va_router;

REVOKE ALL ON FUNCTION route_number(text, timestamptz), pinned_call(text), orphaned_legs(timestamptz),
    claim_outbox(text, int, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION route_number(text, timestamptz), pinned_call(text), orphaned_legs(timestamptz),
    claim_outbox(text, int, interval) TO va_app;

-- Giving a function away needs membership in the new owner and its right to create; both end with this transaction.
GRANT va_router TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO va_router;
ALTER FUNCTION route_number(text, timestamptz) OWNER TO va_router;
ALTER FUNCTION pinned_call(text) OWNER TO va_router;
ALTER FUNCTION orphaned_legs(timestamptz) OWNER TO va_router;
ALTER FUNCTION claim_outbox(text, int, interval) OWNER TO va_router;
REVOKE CREATE ON SCHEMA public FROM va_router;
REVOKE va_router FROM CURRENT_USER;
