# ./dev chaos: people talk through a real cluster while its processes die, its network is cut and its disks fill up; nothing that was
# acknowledged may be lost. tools/chaos does it, in namespaces of its own (processes, mounts, network): nothing outside is touched,
# and whatever was started or mounted is gone when it ends, however it ends.
# shellcheck shell=bash

cmd_chaos() {
  chaos_arguments "$@"
  ((EUID == 0)) || die "chaos needs root: sudo ./dev chaos $*"
  ensure_packages build test
  configure_dev
  build_targets dev starlingd starlingctl starling-loadsim
  exec unshare --net --mount --ipc --pid --fork --kill-child --mount-proc \
    /usr/bin/python3 -m tools.chaos "$@"
}

# chaos_arguments ARG…: refuses what chaos does not know before anything is built.
chaos_arguments() {
  while (($#)); do
    case $1 in
      --seed | --minutes | --faults | --seconds | --users | --report)
        (($# > 1)) || bad_usage "$1 needs a value"
        shift 2
        ;;
      --patroni) shift ;;
      [Cc][1-9] | [Cc]1[0-5]) shift ;;
      *) bad_usage "chaos knows C1 to C15, --seed S, --minutes M, --patroni, --faults 'LINES', --seconds S, --users N and --report DIR, not '$1'" ;;
    esac
  done
}
