-- Calls and numbers of the company fremd, and as many that nobody has; prints what to ask for.
BEGIN;
SELECT setseed(0.5) \g /dev/null

WITH company AS (SELECT id FROM tenant WHERE slug = 'fremd'),
owned AS (
    INSERT INTO number_ownership (tenant_id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at, valid)
    SELECT company.id, '+43732' || (1000000 + 2 * n), '0732 ' || (1000000 + 2 * n), 'AC' || repeat('0', 32),
        'PN' || lpad(n::text, 32, '0'), now(), tstzrange(now(), NULL)
    FROM company, generate_series(0, 499) AS n
    RETURNING tenant_id, id, e164
)
INSERT INTO number_assignment (tenant_id, ownership_id, e164, flow_id, valid)
SELECT owned.tenant_id, owned.id, owned.e164, flow.id, tstzrange(now(), NULL)
FROM owned JOIN flow ON flow.tenant_id = owned.tenant_id;

INSERT INTO call (tenant_id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind, called_e164, state,
    outcome, admitted_at, ended_at)
SELECT assigned.tenant_id, 'CA' || md5(assigned.e164), 'AC' || repeat('0', 32), assigned.id, version.id, 'withheld',
    assigned.e164, 'ended', 'completed', now() - interval '2 minutes', now()
FROM number_assignment AS assigned
JOIN flow_version AS version ON version.tenant_id = assigned.tenant_id AND version.flow_id = assigned.flow_id;
COMMIT;

SELECT json_build_object(
    'session', :'session',
    'keys', to_json(string_to_array(:'keys', ' ')),
    'foreignCalls', (SELECT json_agg(id ORDER BY id) FROM call),
    'absentCalls', (SELECT json_agg(gen_random_uuid()) FROM generate_series(1, 500)),
    'foreignNumbers', (SELECT json_agg(e164 ORDER BY e164) FROM number_ownership),
    'absentNumbers', (SELECT json_agg('+43732' || (1000001 + 2 * n)) FROM generate_series(0, 499) AS n)
);
