-- Somebody who owns the company :slug and is signed in, by a token whose SHA-256 is :hash.
BEGIN;
INSERT INTO person (email, name) VALUES ('inhaber@' || :'slug' || '.example', 'Ina Inhaber');
INSERT INTO membership (tenant_id, person_id, role)
SELECT tenant.id, person.id, 'owner' FROM tenant, person
WHERE tenant.slug = :'slug' AND person.email = 'inhaber@' || :'slug' || '.example';
INSERT INTO web_session (token_hash, person_id, level, current_tenant, created_at, seen_at, strong_at, ends_at)
SELECT decode(:'hash', 'hex'), person_id, 'full', tenant_id, now(), now(), now(), now() + interval '12 hours'
FROM membership JOIN tenant ON tenant.id = membership.tenant_id
WHERE tenant.slug = :'slug' AND role = 'owner';
COMMIT;
