# ./dev bench: what tests/bench can measure, on the release build.
# A benchmark is a script tests/bench/NAME.py or NAME.sh, which gets the build directory in STARLING_BUILD, or a
# Google Benchmark program made by starling_bench(NAME_bench …).
# shellcheck shell=bash

list_benches() {
  {
    git ls-files ':(glob)tests/bench/*.py' ':(glob)tests/bench/*.sh' | sed 's#.*/\(.*\)\.[a-z]*#\1#'
    git ls-files '*CMakeLists.txt' | xargs sed -n 's/^ *starling_bench( *\([a-z0-9_]*\)_bench\b.*/\1/p'
  } | sort -u
}

cmd_bench() {
  if (($# == 0)); then
    list_benches
    return
  fi
  local name=$1
  shift
  list_benches | grep -qxF -- "$name" || bad_usage "there is no benchmark '$name'. There are: $(list_benches | xargs)"
  ensure_packages build test
  local client=OFF
  [[ $name != client-start ]] || client=ON
  configure release -DSTARLING_CLIENT_QT="$client"
  export STARLING_BUILD=$PWD/build/release
  local script
  for script in "tests/bench/$name.py" "tests/bench/$name.sh"; do
    [[ -e $script ]] || continue
    build_targets release
    case $script in
      *.py) exec /usr/bin/python3 "$script" "$@" ;;
      *.sh) exec bash "$script" "$@" ;;
    esac
  done
  build_targets release "${name}_bench"
  exec "build/release/bin/${name}_bench" "$@"
}
