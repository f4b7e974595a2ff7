# ./dev fuzz: runs each libFuzzer target on its corpus, then measures what the corpus reaches of the files it covers.
# New inputs are kept in build/fuzz/corpus/NAME; worth keeping ones are copied to tests/fuzz/corpus/NAME by hand.
# shellcheck shell=bash

cmd_fuzz() {
  local seconds=${1:-60} only=${2:-} name names crashes=0 lines=()
  [[ $seconds =~ ^[0-9]+$ ]] || bad_usage "fuzz takes a number of seconds, not '$seconds'"
  ensure_packages build fuzz
  configure fuzz
  names=$(cd build/fuzz/covers 2>/dev/null && ls) || die "there is no fuzz target"
  [[ -z $only ]] || grep -qxF -- "$only" <<<"$names" || bad_usage "there is no target '$only'. There are: ${names//$'\n'/ }"
  names=${only:-$names}
  # shellcheck disable=SC2086  # the names are words
  build_targets fuzz $names
  for name in $names; do
    say "== $name, $seconds s"
    fuzz_target "$name" "$seconds" || crashes=$((crashes + 1))
    lines+=("\"$name\":$(fuzz_coverage "$name")")
  done
  local IFS=,
  echo "{\"fuzz\":${#lines[@]},\"seconds\":$seconds,\"crashes\":$crashes,\"line_coverage_percent\":{${lines[*]}}}"
  ((crashes == 0))
}

# fuzz_target NAME SECONDS: a crash leaves its input beside the log and fails.
fuzz_target() {
  local out=build/fuzz/corpus/$1 log=build/fuzz/$1.log
  mkdir -p "$out" "tests/fuzz/corpus/$1" build/fuzz/crashes
  LLVM_PROFILE_FILE=/dev/null "build/fuzz/bin/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$1-" "$out" "tests/fuzz/corpus/$1" >"$log" 2>&1 || {
    grep -v '^#[0-9]*\s*\(NEW\|REDUCE\|pulse\)' "$log" | tail -n 60
    return 1
  }
  sed -n 's/^stat::number_of_executed_units: */executed: /p' "$log"
}

# fuzz_coverage NAME: percent of the lines of the target's COVERS that its corpus reaches; null when it names none.
fuzz_coverage() {
  local profile=build/fuzz/$1.profraw covers
  mapfile -t covers < <(grep . "build/fuzz/covers/$1" || true)
  if ((${#covers[@]} == 0)); then
    echo null
    return
  fi
  LLVM_PROFILE_FILE=$profile "build/fuzz/bin/$1" -runs=0 "build/fuzz/corpus/$1" "tests/fuzz/corpus/$1" >/dev/null 2>&1
  llvm-profdata-19 merge -sparse "$profile" -o "build/fuzz/$1.profdata"
  llvm-cov-19 report "build/fuzz/bin/$1" -instr-profile="build/fuzz/$1.profdata" "${covers[@]}" 2>/dev/null |
    awk '$1 == "TOTAL" { sub(/%/, "", $10); print $10 }'
}
