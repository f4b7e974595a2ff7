# ./dev up: the whole product on this machine in one command. A server with two accounts and virtual users who chat
# through real connections; the verdict says whether anything was lost, doubled or reordered.
# shellcheck shell=bash

cmd_up() {
  local once='' port=${STARLING_PORT:-8008} home=${STARLING_HOME:-.starling}
  while (($#)); do
    case $1 in
      --once) once=1 ;;
      --port)
        (($# > 1)) || bad_usage "--port needs a number"
        port=$2
        shift
        ;;
      *) bad_usage "up knows --once and --port N, not '$1'" ;;
    esac
    shift
  done
  if [[ ! $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then bad_usage "--port takes 1 to 65535, not '$port'"; fi

  ensure_packages build
  # The first build leaves out what only tests need; a directory that ./dev test made stays as it is.
  [[ -e build/dev/build.ninja ]] || configure dev -DSTARLING_TESTS=OFF -DSTARLING_BENCH=OFF -DSTARLING_CLIENT_QT=OFF
  build_targets dev starlingd starlingctl starling-loadsim

  ! port_taken "$port" || die "port $port of 127.0.0.1 is taken. Choose another: ./dev up --port $(free_port $((port + 1)))"
  mkdir -p "$home"
  home=$(cd "$home" && pwd)
  up_configure "$home" "$port"
  up_accounts "$home"
  up_start "$home" "$port"
  local verdict=0
  up_smoke "$home" "$port" || verdict=$?
  up_verdict "$verdict"
  [[ -z $once ]] || return "$verdict"
  up_invite "$home" "$port"
  wait "$up_server" || die "starlingd stopped by itself: $home/starlingd.log"
}

up_bin=build/dev/bin
up_server=

# The configuration is written once and then the user's: only the address follows --port.
up_configure() {
  local config=$1/starling.toml
  [[ -e $config ]] || cat >"$config" <<TOML
# Made by ./dev up, yours to change. All settings: starlingd --print-config
[server]
listen = "127.0.0.1:$2"
data_dir = "$1"
TOML
  sed -i "s/^listen = .*/listen = \"127.0.0.1:$2\"/" "$config"
  "$up_bin/starlingd" --config "$config" --check-config
  "$up_bin/starlingctl" --config "$config" migrate
}

# Two accounts to play with, and a room that both are in. Seeding again changes nothing.
up_accounts() {
  local config=$1/starling.toml user
  "$up_bin/starlingctl" --config "$config" seed --users 2 --rooms 1
  for user in 1 2; do
    "$up_bin/starlingctl" --config "$config" token mint --user "$user" >"$1/user$user.token"
    chmod 600 "$1/user$user.token"
  done
}

up_start() {
  local home=$1 port=$2 deadline=$((SECONDS + 20))
  "$up_bin/starlingd" --config "$home/starling.toml" >"$home/starlingd.log" 2>&1 &
  up_server=$!
  trap up_stop EXIT
  trap 'exit 130' INT TERM
  until [[ $(http_status "$port" /readyz) == 200 ]]; do
    kill -0 "$up_server" 2>/dev/null || up_died "$home" "starlingd stopped while it started"
    ((SECONDS < deadline)) || up_died "$home" "starlingd is not ready after 20 s"
    sleep 0.1
  done
}

# The server drains when it is told to stop, so this waits for it.
up_stop() {
  kill -TERM "$up_server" 2>/dev/null || true
  wait "$up_server" 2>/dev/null || true
}

up_died() {
  tail -n 20 "$1/starlingd.log" >&2
  die "$2 (the log: $1/starlingd.log)"
}

up_smoke() {
  "$up_bin/starling-loadsim" run loadsim/scenarios/smoke.toml --world=real --url "ws://127.0.0.1:$2/v1/ws" \
    --config "$1/starling.toml"
}

# up_verdict CODE: what the exit code of a run means, in words.
up_verdict() {
  case $1 in
    0) say "Verdict: passed. No acknowledged message was lost, doubled or shown out of order." ;;
    2) say "Verdict: correct, but slower than the scenario's objectives." ;;
    3) say "Verdict: FAILED. A guarantee of docs/CONTRACT.md was broken; the lines above say which." ;;
    4) say "Verdict: none. The virtual users themselves were too slow on this machine." ;;
    *) say "Verdict: none. The virtual users could not run; the lines above say why." ;;
  esac
}

up_invite() {
  say "Starling is serving."
  cat <<TEXT
  clients connect to   ws://127.0.0.1:$2/v1/ws
  health and figures   http://127.0.0.1:$2/readyz   http://127.0.0.1:$2/metrics
  two accounts         $1/user1.token   $1/user2.token
  data and log         $1

  Next, in another terminal:
    $up_bin/starlingctl --config $1/starling.toml status
    $up_bin/starling-loadsim run loadsim/scenarios/team.toml --config $1/starling.toml
    ./dev sim --seeds 100

Ctrl-C stops it.
TEXT
}
