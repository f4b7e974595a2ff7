# Shared by ./dev and its commands. Sourced, never run: the caller has set -euo pipefail and is in the project's root.
# shellcheck shell=bash

# Progress is for people: with CI set, or into a file, only what matters is printed.
if [[ -z ${CI:-} && -t 1 ]]; then quiet=; else quiet=1; fi

say() { printf '\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 ]] || say() { printf '%s\n' "$*"; }

die() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}

bad_usage() {
  printf './dev: %s\n' "$*" >&2
  exit 2
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@" || sudo "$@"
  else
    die "installing packages needs root, and there is no sudo. As root, run: $*"
  fi
}

# packages_of TAG…: the names listed under these tags.
packages_of() {
  awk -v tags=" $* " '!/^#/ && NF && index(tags, " " $2 " ") { print $1 }' cmake/packages.txt
}

# ensure_packages TAG…: installs what is listed under these tags and missing here; a no-op otherwise.
ensure_packages() {
  [[ -z ${STARLING_SKIP_PACKAGES:-} ]] || return 0
  command -v dpkg-query >/dev/null ||
    die "only Debian 12 is supported here. Install what cmake/packages.txt lists, then set STARLING_SKIP_PACKAGES=1."
  local wanted missing
  wanted=$(packages_of "$@")
  # shellcheck disable=SC2086  # the names are words
  missing=$(comm -23 <(sort <<<"$wanted") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort))
  [[ -n $missing ]] || return 0
  mapfile -t missing <<<"$missing"
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  # A dead third-party source fails the update but not the install, so only the install decides.
  as_root "${apt[@]}" update </dev/null || say "apt-get update failed; trying with the lists that are here"
  local log
  log=$(mktemp)
  as_root "${apt[@]}" install --no-install-recommends -y "${missing[@]}" </dev/null >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    die "apt-get could not install: ${missing[*]} (all of it: $log)"
  }
  rm -f "$log"
}

# configure PRESET [-DNAME=VALUE…]: runs CMake when the build directory is new or an option differs.
configure() {
  local preset=$1 option stale=
  shift
  local dir=build/$preset
  [[ -e $dir/build.ninja ]] || stale=1
  for option in "$@"; do
    option=${option#-D}
    grep -q "^${option%%=*}:[A-Z]*=${option#*=}\$" "$dir/CMakeCache.txt" 2>/dev/null || stale=1
  done
  [[ -n $stale ]] || return 0
  mkdir -p "$dir"
  cmake --preset "$preset" "$@" >"$dir/configure.log" 2>&1 || {
    cat "$dir/configure.log" >&2
    say "configuring the preset $preset failed"
    return 1
  }
}

# build_targets PRESET [TARGET…]: builds all when no target is named.
build_targets() {
  local preset=$1 args=(-j "$(nproc)")
  shift
  (($# == 0)) || args+=(--target "$@")
  [[ -z $quiet ]] || args+=(-- --quiet)
  cmake --build "build/$preset" "${args[@]}"
}

# The dev preset with everything in it; ./dev up alone begins leaner, so that its first run needs fewer packages.
configure_dev() {
  configure dev -DSTARLING_TESTS=ON -DSTARLING_BENCH=ON -DSTARLING_CLIENT_QT=ON
}

port_taken() {
  (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port FROM: the first port from there on that nothing listens on.
free_port() {
  local port=$1
  while port_taken "$port"; do port=$((port + 1)); done
  echo "$port"
}

# http_status PORT PATH: the status of a GET, or nothing; without curl, which a bare machine does not have.
http_status() {
  {
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 0
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
    local status
    read -r -t 2 _ status _ <&3 || true
    exec 3>&- 3<&-
  } 2>/dev/null
  printf '%s' "${status:-}"
}
