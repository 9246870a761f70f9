# The world that `bin/bench refusals`, `audit` and `lists` measure in: private PostgreSQL and Redis, companies made with
# the operator's own commands, rows in bulk by SQL, and the product's server. Sourced by bin/bench.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, voiceagent and bench are bin/bench's

servers=bench-$$
world=
server_pid=

clean_up() {
    local code=$?
    trap - EXIT
    # What the server complained about, of a run that failed.
    [ $code -eq 0 ] || [ ! -s "$world/serve.log" ] || tail -n 20 "$world/serve.log" >&2
    [ -z "$server_pid" ] || stop_pid "$server_pid" "$voiceagent"
    "$root/bin/private-servers" stop --name "$servers" || code=1
    [ -z "$world" ] || rm -rf -- "$world"
    exit $code
}

# take_number OPTION DEFAULT ARGUMENTS…: sets `number` to the option's value and `rest` to the other arguments.
take_number() {
    local option=$1
    number=$2 rest=()
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
            "$option")
                number=${2:?$option needs a value}
                shift
                ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    [[ $number =~ ^[0-9]{1,8}$ ]] || die "$option must be a number"
}

# As the superuser of the private server: rows are made here that no login of the product may make.
sql() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$database_folder" -U postgres -d voiceagent "$@"
}

# As autovacuum leaves it, which private servers have not. Only what is flushed can be marked as visible to all.
tidy_database() { sql -c CHECKPOINT -c 'VACUUM ANALYZE'; }

operator() { "$voiceagent" "$@" >/dev/null; }

make_world() {
    require psql openssl python3 curl
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    world=$(mktemp -d /tmp/voiceagent-bench.XXXXXX)
    complain "servers"
    local environment
    environment=$("$root/bin/private-servers" start --name "$servers")
    eval "$environment"
    database_folder=${DATABASE_URL##*host=}
    write_settings
    operator migrate
}

write_settings() {
    local port
    port=$(free_port)
    (umask 077 && printf '1:%s\n' "$(openssl rand -base64 32)" >"$world/keys")
    # Nothing is called in any of the benchmarks: providers need an address and a key of the right form, no more.
    (umask 077 && openssl genrsa 2048 2>/dev/null >"$world/key.pem")
    python3 - "$world" <<'CREDENTIALS'
import json, sys
folder = sys.argv[1]
json.dump({
    "type": "service_account", "project_id": "bench", "private_key_id": "bench",
    "private_key": open(folder + "/key.pem").read(), "client_email": "bench@bench.example",
    "token_uri": "http://127.0.0.1:9/token",
}, open(folder + "/google.json", "w"))
CREDENTIALS
    export PORT=$port METRICS_PORT PUBLIC_BASE_URL=http://127.0.0.1:$port LOG_LEVEL=warning
    METRICS_PORT=$(free_port)
    export TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000 TWILIO_AUTH_TOKEN=auth-token-of-the-bench-0123456789
    export TWILIO_API_BASE=http://127.0.0.1:9 GOOGLE_CREDENTIALS=$world/google.json GOOGLE_LOCATION=eu
    export GOOGLE_SPEECH_ENDPOINT=http://127.0.0.1:9 GOOGLE_TTS_ENDPOINT=http://127.0.0.1:9
    export LLM_BASE_URL=http://127.0.0.1:9/v1 LLM_API_KEY=model-key-of-the-bench LLM_MODEL=bench
    export STRIPE_SECRET_KEY=sk_test_bench000000000000000000000 STRIPE_API_BASE=http://127.0.0.1:9
    export STRIPE_PUBLISHABLE_KEY=pk_test_bench000000000000000000000
    export MAIL_URL=smtp://127.0.0.1:9 MAIL_TLS=none MAIL_FROM='VoiceAgent <post@voiceagent.example>'
    (umask 077 && mkdir -p "$world/tenant-keys")
    export SECRETS_KEY_FILE=$world/keys TENANT_KEYS_DIR=$world/tenant-keys
}

start_server() {
    setsid "$voiceagent" serve </dev/null >"$world/serve.log" 2>&1 &
    server_pid=$!
    wait_for_http "$PUBLIC_BASE_URL/readyz" 30 "$server_pid" || {
        tail -n 25 "$world/serve.log" >&2
        die "the server did not become ready"
    }
}

# measure VERB OPTIONS…: the program's own part, against the server. The program ends by itself; its code is ours.
measure() {
    local verb=$1
    shift
    "$bench" "$verb" --url "$PUBLIC_BASE_URL" --world "$world/world.json" "$@"
}

# make_company SLUG FLOW…: a company with live flows.
make_company() {
    local slug=$1 flow
    shift
    operator tenant create "$slug" --name "Firma ${slug^}"
    for flow in "$@"; do
        operator flow import --tenant "$slug" --flow "$flow" Resources/flows/autohaus.json
        operator flow stage --tenant "$slug" --flow "$flow"
        operator flow publish --tenant "$slug" --flow "$flow"
    done
}

# make_owner SLUG: somebody who owns the company and is signed in; prints the session's token.
make_owner() {
    openssl rand 32 >"$world/token"
    local hash
    hash=$(openssl dgst -sha256 -r "$world/token" | cut -d ' ' -f 1)
    sql -v slug="$1" -v hash="$hash" -f "$root/bin/lib/bench/owner.sql" >&2
    openssl base64 -A -in "$world/token" | tr '+/' '-_' | tr -d '='
}

make_key() {
    "$voiceagent" key create --tenant "$1" --by "inhaber@$1.example" --name "$2" \
        --scopes calls.read,transcripts.read,numbers.read,members.read,audit.read
}

make_refusals() {
    complain "two companies"
    make_company eigen
    make_company fremd telefon
    local session keys
    session=$(make_owner eigen)
    # Each key has its limit of requests; three are the company's.
    keys="$(make_key eigen a) $(make_key eigen b) $(make_key eigen c)"
    sql -f "$root/bin/lib/bench/foreign.sql" -v session="$session" -v keys="$keys" >"$world/world.json"
    tidy_database
}

# make_chains N: a company with a chain of N entries, and one with a tenth of them.
make_chains() {
    local slug entries id
    for slug in lang kurz; do
        operator tenant create "$slug" --name "Firma ${slug^}"
        entries=$1
        [ $slug = lang ] || entries=$(($1 / 10))
        complain "$entries entries"
        id=$(sql -c "SELECT id FROM tenant WHERE slug = '$slug'")
        # What the making of the company recorded counts too.
        "$bench" audit-fill --tenant "$id" --entries \
            $((entries - $(sql -c "SELECT count(*) FROM audit_entry WHERE tenant_id = '$id'")))
    done
    tidy_database
}

make_lists() {
    local slug calls session key comma=
    echo '{' >"$world/world.json"
    for slug in small large; do
        calls=1000
        [ $slug = small ] || calls=$1
        complain "$calls calls"
        make_company $slug empfang werkstatt
        session=$(make_owner $slug)
        sql -v slug=$slug -v calls="$calls" -f "$root/bin/lib/bench/many.sql" >&2
        key=$(make_key $slug lists)
        {
            echo "$comma\"$slug\":"
            sql -v slug=$slug -v calls="$calls" -v session="$session" -v key="$key" <<'WORLD'
SELECT json_build_object(
    'calls', :calls, 'session', :'session', 'key', :'key',
    'flow', (SELECT flow.id FROM flow JOIN tenant ON tenant.id = flow.tenant_id
        WHERE tenant.slug = :'slug' AND flow.name = 'werkstatt'),
    'deep', to_char((now() - interval '81 days') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
WORLD
        } >>"$world/world.json"
        comma=,
    done
    echo '}' >>"$world/world.json"
    tidy_database
}
