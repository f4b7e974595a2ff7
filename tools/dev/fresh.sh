# ./dev fresh: does the README work where nothing is installed? A bare Debian 12, a fresh clone of HEAD, its commands.
# Runs as root in namespaces of its own, so that whatever a command leaves running or mounted goes away with it.
# shellcheck shell=bash

cmd_fresh() {
  local keep='' commands=("up --once" "test")
  if [[ ${1:-} == --keep ]]; then
    keep=1
    shift
  fi
  (($# == 0)) || commands=("$@")
  ((EUID == 0)) || die "fresh needs root: sudo ./dev fresh"
  ensure_packages fresh
  [[ -z $(git status --porcelain --untracked-files=no) ]] || say "Uncommitted changes are left out: HEAD is what is tried."

  local dir start command ok=true times=''
  dir=$(mktemp -d "${TMPDIR:-/var/tmp}/starling-fresh.XXXXXX")
  chmod 755 "$dir"
  # shellcheck disable=SC2064  # the directory of now
  [[ -n $keep ]] || trap "rm -rf --one-file-system '$dir'" EXIT
  say "== a bare Debian 12 in $dir"
  start=$SECONDS
  make_debian "$dir/debian" >"$dir/mmdebstrap.log" 2>&1 || {
    tail -n 30 "$dir/mmdebstrap.log" >&2
    die "mmdebstrap failed"
  }
  times+=",\"debian_s\":$((SECONDS - start))"
  git clone -q . "$dir/debian/root/starling"

  for command in "${commands[@]}"; do
    say "== ./dev $command"
    start=$SECONDS
    # shellcheck disable=SC2086  # a command and its arguments
    in_debian "$dir/debian" ./dev $command || ok=false
    times+=",\"${command%% *}_s\":$((SECONDS - start))"
    $ok || break
  done
  echo "{\"fresh\":$ok,\"commit\":\"$(git -C "$dir/debian/root/starling" rev-parse --short HEAD)\"$times}"
  $ok
}

# make_debian DIR: the packages come from wherever this machine's apt gets Debian 12 from, with the same settings.
make_debian() {
  local sources conf
  sources=$(apt_sources)
  if [[ -z $sources ]]; then
    as_root apt-get -qq update </dev/null || true
    sources=$(apt_sources)
  fi
  conf=$(mktemp)
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv[46]|Check-Valid-Until|Check-Date)\b' |
    grep -vi 'Auto-\?Detect' >"$conf" || true
  # Without a source of Debian 12 here (another distribution), mmdebstrap takes its own default.
  mmdebstrap --mode=root --variant=minbase --include=git,ca-certificates --aptopt="$conf" bookworm "$1" \
    ${sources:+-} <<<"$sources"
  rm -f "$conf"
  cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
  # A private certificate authority of this machine is needed to reach its mirrors.
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/"
    chroot "$1" update-ca-certificates
  fi
}

apt_sources() {
  # shellcheck disable=SC2016  # apt's variables
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    grep -E ' bookworm(-updates|-security)? ' | sort -u
}

# in_debian DIR COMMAND…: runs it in the clone, with a clean environment, seeing no process but its own.
in_debian() {
  local debian=$1 variable clean=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true)
  shift
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!variable:-} ]] || clean+=("$variable=${!variable}")
  done
  clean+=("STARLING_PORT=$(free_port 8008)") # the network is this machine's
  # shellcheck disable=SC2016  # the inner shell's variables
  unshare --mount --pid --fork --kill-child bash -c '
    set -eu
    debian=$1
    shift
    mount -t proc proc "$debian/proc"
    mount --rbind /dev "$debian/dev"
    exec chroot "$debian" env -i "$@"' - "$debian" "${clean[@]}" \
    bash -c 'cd /root/starling && exec "$@"' - "$@" </dev/null
}
