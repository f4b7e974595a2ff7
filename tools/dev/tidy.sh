# ./dev tidy: clang-tidy of one version, with the flags of the dev build.
# shellcheck shell=bash

cmd_tidy() {
  ensure_packages build test fmt
  configure_dev
  build_targets dev # the generated protobuf headers
  (($#)) || set -- "^$PWD/(common|server|loadsim)/.*\\.cpp\$"
  run-clang-tidy-19 -quiet -p build/dev -j "$(nproc)" "$@"
}
