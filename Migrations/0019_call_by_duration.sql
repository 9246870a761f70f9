-- no-transaction
-- The longest calls first, and read backwards the shortest: in the order of the list, to its last tie.
CREATE INDEX CONCURRENTLY call_by_duration
    ON call (tenant_id, (ended_at - admitted_at) DESC NULLS LAST, admitted_at DESC, id DESC);
