# ./dev cluster: a whole cluster of the built tree on this machine, all of it on loopback and on sockets: PostgreSQL with two
# standbys, Redis, HAProxy and nodes. tools/cluster does it; here it is built and the commands are known.
# shellcheck shell=bash

cmd_cluster() {
  local command=up
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    set -- --nodes "$@"
  elif (($#)) && [[ $1 != --* ]]; then
    command=$1
    shift
  fi
  local commands=(up status kill pause resume restart drain promote fault down)
  [[ " ${commands[*]} " == *" $command "* ]] ||
    bad_usage "cluster has no '$command'. Did you mean $(nearest "$command")? There are ${commands[*]}."
  if [[ $command == up ]]; then
    cluster_up_arguments "$@"
    ensure_packages build test
    configure_dev
    build_targets dev starlingd starlingctl
  fi
  exec /usr/bin/python3 -m tools.cluster "$command" "$@"
}

# cluster_up_arguments ARG…: refuses what `up` does not know before anything is built.
cluster_up_arguments() {
  while (($#)); do
    [[ $1 =~ ^--(nodes|port|room-databases)$ ]] || bad_usage "cluster up knows --nodes N, --port N and --room-databases N, not '$1'"
    (($# > 1)) || bad_usage "$1 needs a number"
    shift 2
  done
}
