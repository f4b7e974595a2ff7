# ./dev demo: a company at work, and the client in front of it. A server, two hundred simulated colleagues who talk, and the
# desktop client signed in among them. Everything lives in a directory of its own and ends with the client.
# shellcheck shell=bash

demo_pids=()

cmd_demo() {
  local home='' port='' shot='' after=20 client_rss_kb=0
  while (($#)); do
    case $1 in
      --shot)
        (($# > 1)) || bad_usage "--shot needs a file"
        shot=$2
        shift
        ;;
      --after)
        (($# > 1)) || bad_usage "--after needs seconds"
        after=$2
        shift
        ;;
      *) bad_usage "demo knows --shot FILE and --after SECONDS, not '$1'" ;;
    esac
    shift
  done
  local began=$SECONDS bin=build/dev/bin
  ensure_packages build test
  configure_dev
  build_targets dev starlingd starlingctl starling-loadsim starling

  home=$(mktemp -d "${TMPDIR:-/tmp}/starling-demo-XXXXXX")
  trap 'demo_end "'"$home"'"' EXIT
  trap 'exit 130' INT TERM
  port=$(free_port 8100)
  cat >"$home/starling.toml" <<TOML
[server]
listen = "127.0.0.1:$port"
data_dir = "$home/data"
public_name = "127.0.0.1:$port"
TOML
  "$bin/starlingctl" --config "$home/starling.toml" seed --people --users 201 --rooms 18 --members 80 >/dev/null
  "$bin/starlingd" --config "$home/starling.toml" >"$home/starlingd.log" 2>&1 &
  demo_pids+=($!)
  local deadline=$((SECONDS + 20))
  until [[ $(http_status "$port" /readyz) == 200 ]]; do
    ((SECONDS < deadline)) || die "starlingd is not ready after 20 s: $home/starlingd.log"
    sleep 0.1
  done
  # The last of the seeded people is you: the two hundred before are simulated.
  "$bin/starlingctl" --config "$home/starling.toml" token mint --user 201 --grant-sends-per-s 5 >"$home/you.token"
  "$bin/starling-loadsim" run loadsim/scenarios/demo-past.toml --config "$home/starling.toml" >"$home/past.log" 2>&1 ||
    die "the colleagues cannot talk: $(tail -n 3 "$home/past.log")"
  "$bin/starling-loadsim" run loadsim/scenarios/demo.toml --config "$home/starling.toml" >"$home/loadsim.log" 2>&1 &
  demo_pids+=($!)

  [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} || -n $shot ]] || die "there is no display. Set DISPLAY, or take a picture: ./dev demo --shot demo.png"
  local client=("$bin/starling" --server "http://127.0.0.1:$port" --data "$home/client" --token "$home/you.token" --room first)
  if [[ -n $shot ]]; then
    local window_s=$((SECONDS - began)) rss_kb pid
    QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software "${client[@]}" --shot "$shot" --shot-after "$after" &
    pid=$!
    demo_pids+=("$pid")
    while [[ -d /proc/$pid ]]; do
      rss_kb=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
      [[ -z $rss_kb ]] || client_rss_kb=$rss_kb
      sleep 0.5
    done
    wait "$pid" || die "the client took no picture"
    say "$shot is taken. From the command to the window: $window_s s; the client's memory $after s later: $((client_rss_kb / 1024)) MB."
    printf '{"demo":"%s","window_s":%d,"after_s":%d,"client_rss_mb":%d}\n' "$shot" "$window_s" "$after" $((client_rss_kb / 1024))
    return
  fi
  say "Starling's demo: close the window to end it. Server, people and client log to $home."
  "${client[@]}"
}

demo_end() {
  local pid
  for pid in "${demo_pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${demo_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$1"
}
