# ./dev package: the four packages for Debian, of the release build, and a look into them.
# shellcheck shell=bash

cmd_package() {
  (($# == 0)) || bad_usage "package takes no arguments, not '$1'"
  ensure_packages build test
  configure release
  build_targets release starlingd starlingctl starling-loadsim starling
  rm -rf build/packages
  cpack --config build/release/CPackConfig.cmake -B build/packages >build/release/cpack.log 2>&1 || {
    tail -n 30 build/release/cpack.log >&2
    die "cpack failed (all of it: build/release/cpack.log)"
  }
  /usr/bin/python3 tests/integration/deploy/packages_test.py build/packages
  ls -sh build/packages/*.deb
}
