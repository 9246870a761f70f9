-- Rows of the company :slug in proportion to :calls, spread over the last 90 days: calls with what is paid for, people,
-- numbers and entries of the audit log. Only what lists and figures are made of; nobody's words and nobody's number.
BEGIN;
SET LOCAL synchronous_commit = off;
SELECT set_config('bench.tenant', id::text, true) FROM tenant WHERE slug = :'slug' \g /dev/null
SELECT set_config('bench.flows', array_agg(id ORDER BY name)::text, true) FROM flow
WHERE tenant_id = current_setting('bench.tenant')::uuid \g /dev/null

-- One person for a thousand calls, one number for two thousand.
WITH people AS (
    INSERT INTO person (email, name)
    SELECT 'person-' || n || '@' || :'slug' || '.example', 'Person ' || n
    FROM generate_series(1, greatest(4, :calls / 1000)) AS n
    RETURNING id
)
INSERT INTO membership (tenant_id, person_id, role)
SELECT current_setting('bench.tenant')::uuid, id, 'agent' FROM people;

WITH owned AS (
    INSERT INTO number_ownership (tenant_id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at, valid)
    SELECT current_setting('bench.tenant')::uuid, number, number, 'AC' || repeat('0', 32),
        'PN' || md5(:'slug' || number), now(), tstzrange(now() - interval '90 days', NULL)
    FROM (
        SELECT '+43' || CASE :'slug' WHEN 'small' THEN '732' ELSE '662' END || (1000000 + n) AS number
        FROM generate_series(1, greatest(2, :calls / 2000)) AS n
    ) AS numbers
    RETURNING tenant_id, id, e164
)
INSERT INTO number_assignment (tenant_id, ownership_id, e164, flow_id, valid)
SELECT owned.tenant_id, owned.id, owned.e164,
    (current_setting('bench.flows')::uuid[])[1 + right(owned.e164, 1)::int % 2],
    tstzrange(now() - interval '90 days', NULL)
FROM owned;

-- Of a hundred calls five are handed over, four fail, and one of two hundred is refused.
INSERT INTO call (tenant_id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind, called_e164, state,
    outcome, refusal, admitted_at, ended_at)
SELECT assigned.tenant_id, 'CA' || md5(:'slug' || n), 'AC' || repeat('0', 32), assigned.id, version.id, 'withheld',
    assigned.e164, 'ended',
    CASE
        WHEN n % 200 = 7 THEN NULL
        WHEN n % 20 = 0 THEN 'handed_over'
        WHEN n % 25 = 1 THEN 'failed'
        ELSE 'completed'
    END,
    CASE WHEN n % 200 = 7 THEN 'concurrency' END,
    begun, begun + interval '1 second' * CASE WHEN n % 200 = 7 THEN 0 ELSE 20 + n::bigint * 7919 % 401 END
FROM generate_series(1, :calls) AS n
CROSS JOIN LATERAL (SELECT now() - interval '90 days' * (:calls - n + 0.5) / :calls AS begun) AS time
JOIN (
    SELECT *, row_number() OVER (ORDER BY e164) - 1 AS place, count(*) OVER () AS all_numbers
    FROM number_assignment WHERE tenant_id = current_setting('bench.tenant')::uuid
) AS assigned ON assigned.place = n % assigned.all_numbers
JOIN flow_version AS version ON version.tenant_id = assigned.tenant_id AND version.flow_id = assigned.flow_id
    AND version.state = 'live';

INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
SELECT tenant_id, gen_random_uuid(), id, kind, 'MZ' || right(call_sid, 32), 0,
    CASE kind
        WHEN 'bot' THEN tstzrange(admitted_at, admitted_at + (ended_at - admitted_at) / 2)
        ELSE tstzrange(admitted_at + (ended_at - admitted_at) / 2, ended_at)
    END
FROM call CROSS JOIN (VALUES ('bot'), ('forward')) AS kinds (kind)
WHERE tenant_id = current_setting('bench.tenant')::uuid AND refusal IS NULL
    AND (kind = 'bot' OR outcome = 'handed_over');

-- An entry for two calls. They continue the chain as the tables demand; their hashes are no proof, and nobody asks.
INSERT INTO audit_entry (tenant_id, seq, at, actor, action, object_kind, object_id, before, after, request_id,
    previous_hash, hash)
SELECT head.tenant_id, head.seq + n, now() - interval '90 days' * (:calls / 2 - n) / (:calls / 2),
    jsonb_build_object('kind', 'person', 'name', owner.person_id),
    (ARRAY['number.flow_changed', 'member.role_changed', 'tenant.changed', 'flow.published'])[1 + n % 4],
    'flow_version', md5(:'slug' || n)::uuid, '{"flow":"Empfang"}', '{"flow":"Werkstatt"}', 'bench-' || n,
    CASE n WHEN 1 THEN head.hash ELSE sha256(convert_to(:'slug' || (n - 1), 'UTF8')) END,
    sha256(convert_to(:'slug' || n, 'UTF8'))
FROM audit_head AS head
JOIN membership AS owner ON owner.tenant_id = head.tenant_id AND owner.role = 'owner'
CROSS JOIN generate_series(1, :calls / 2) AS n
WHERE head.tenant_id = current_setting('bench.tenant')::uuid
ORDER BY n;
UPDATE audit_head SET seq = last.seq, hash = last.hash
FROM (
    SELECT seq, hash FROM audit_entry WHERE tenant_id = current_setting('bench.tenant')::uuid ORDER BY seq DESC LIMIT 1
) AS last
WHERE tenant_id = current_setting('bench.tenant')::uuid;
COMMIT;
