-- no-transaction
-- Which calls of a tenant were handed to a person, and when: a few of a hundred. Without it the overview of thirty days
-- looks every call up in the index that keeps periods apart, and with tens of thousands of calls it runs into the time
-- limit of a statement.
CREATE INDEX CONCURRENTLY usage_segment_forward ON usage_segment (tenant_id, call_id) INCLUDE (period)
    WHERE kind = 'forward';
