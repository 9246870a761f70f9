-- no-transaction
-- A tenant's calls by their beginning, with everything that lists and figures count by: pages far down, counts and the
-- overview are read from the index alone, however many calls there are.
CREATE INDEX CONCURRENTLY call_listed ON call (tenant_id, admitted_at DESC, id DESC)
    INCLUDE (state, outcome, refusal, called_e164);
