-- no-transaction
-- The calls of one of a tenant's numbers, newest first.
CREATE INDEX CONCURRENTLY call_by_called_number ON call (tenant_id, called_e164, admitted_at DESC, id DESC);
