# ./dev chaos: people talk through a real cluster while its processes die, its network is cut and its disks fill up; nothing that was
# acknowledged may be lost. tools/chaos does it, in namespaces of its own (processes, mounts, network): nothing outside is touched,
# and whatever was started or mounted is gone when it ends, however it ends.
# shellcheck shell=bash

cmd_chaos() {
  if [[ ${1:-} == --packages ]]; then
    shift
    chaos_of_packages "$@"
    return
  fi
  chaos_arguments "$@"
  ((EUID == 0)) || die "chaos needs root: sudo ./dev chaos $*"
  ensure_packages build test
  configure_dev
  build_targets dev starlingd starlingctl starling-loadsim
  in_own_namespaces tools.chaos "$@"
}

# chaos_of_packages ARG…: the packages for Debian under a systemd of their own, upgraded and ill-treated while people talk (tools/packages).
chaos_of_packages() {
  local arguments=("$@")
  while (($#)); do
    [[ $1 =~ ^--(seed|users|report)$ ]] || bad_usage "chaos --packages knows --seed S, --users N and --report DIR, not '$1'"
    (($# > 1)) || bad_usage "$1 needs a value"
    shift 2
  done
  ((EUID == 0)) || die "chaos needs root: sudo ./dev chaos --packages"
  # shellcheck source=tools/dev/package.sh
  . tools/dev/package.sh
  # shellcheck disable=SC2119  # it takes none
  cmd_package
  in_own_namespaces tools.packages "${arguments[@]}"
}

# in_own_namespaces MODULE ARG…: it is their first process.
in_own_namespaces() {
  exec unshare --net --mount --ipc --pid --fork --kill-child --mount-proc /usr/bin/python3 -m "$@"
}

# chaos_arguments ARG…: refuses what chaos does not know before anything is built.
chaos_arguments() {
  while (($#)); do
    case $1 in
      --seed | --minutes | --faults | --seconds | --users | --room-databases | --report)
        (($# > 1)) || bad_usage "$1 needs a value"
        shift 2
        ;;
      --patroni) shift ;;
      [Cc][1-9] | [Cc]1[0-5]) shift ;;
      *) bad_usage "chaos knows C1 to C15, --seed S, --minutes M, --patroni, --packages, --faults 'LINES', --seconds S, --users N, --room-databases N and --report DIR, not '$1'" ;;
    esac
  done
}
