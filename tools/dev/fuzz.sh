# ./dev fuzz: runs each libFuzzer target on its corpus, then, from nothing, until it has found each bug that is planted
# for it, and measures what the corpus reaches of the files that the target covers.
# New inputs are kept in build/fuzz/corpus/NAME; tests/fuzz/minimise.py NAME puts the ones worth keeping into the tree.
# shellcheck shell=bash

fuzz_coverage_min=95    # percent of the lines of a target's COVERS
fuzz_planted_seconds=120 # to find a planted bug; it takes one to twenty

cmd_fuzz() {
  local seconds=${1:-60} only=${2:-} name names percent bug failures=0 crashes=0 planted=0 found=0 lines=()
  [[ $seconds =~ ^[0-9]+$ ]] || bad_usage "fuzz takes a number of seconds, not '$seconds'"
  ensure_packages build test fuzz
  configure fuzz
  names=$(cd build/fuzz/covers 2>/dev/null && ls) || die "there is no fuzz target"
  [[ -z $only ]] || grep -qxF -- "$only" <<<"$names" || bad_usage "there is no target '$only'. There are: ${names//$'\n'/ }"
  names=${only:-$names}
  # shellcheck disable=SC2086  # the names are words
  build_targets fuzz $names
  for name in $names; do
    say "== $name, $seconds s"
    fuzz_target "$name" "$seconds" || crashes=$((crashes + 1))
    while read -r bug; do
      [[ -n $bug ]] || continue
      planted=$((planted + 1))
      fuzz_planted "$name" "$bug" && found=$((found + 1))
    done <"build/fuzz/planted/$name"
    percent=$(fuzz_coverage "$name")
    lines+=("\"$name\":$percent")
    [[ $percent == null ]] || awk "BEGIN { exit !($percent >= $fuzz_coverage_min) }" || {
      say "   $name reaches $percent % of the lines it covers, not $fuzz_coverage_min"
      failures=$((failures + 1))
    }
  done
  local IFS=,
  echo "{\"fuzz\":${#lines[@]},\"seconds\":$seconds,\"crashes\":$crashes,\"planted\":$planted,\"planted_found\":$found,\"line_coverage_percent\":{${lines[*]}}}"
  ((crashes == 0 && failures == 0 && found == planted))
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
  sed -n 's/^stat::number_of_executed_units: */   executed: /p' "$log"
}

# fuzz_planted NAME BUG: with the bug in, an assert must fail, without a corpus to start from.
fuzz_planted() {
  local log=build/fuzz/$1.$2.log start=$SECONDS
  STARLING_MUTANT=$2 LLVM_PROFILE_FILE=/dev/null "build/fuzz/bin/$1" -max_total_time=$fuzz_planted_seconds -timeout=10 \
    -artifact_prefix="build/fuzz/$1.$2-" >"$log" 2>&1
  if grep -q 'deadly signal' "$log"; then
    say "   planted $2: found after $(sed -n 's/^#\([0-9]*\).*/\1/p' "$log" | tail -n 1) inputs, $((SECONDS - start)) s"
  else
    say "   planted $2: NOT found in $fuzz_planted_seconds s"
    return 1
  fi
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
  # Sources are named relative to the checkout, which llvm-cov's own filter does not match. Columns 8 and 9: lines, missed.
  llvm-cov-19 report "build/fuzz/bin/$1" -instr-profile="build/fuzz/$1.profdata" 2>/dev/null |
    awk -v covers="${covers[*]}" '
      BEGIN { n = split(covers, names, " "); for (i in names) wanted[names[i]] = 1 }
      $1 in wanted { lines += $8; missed += $9; n-- }
      END { if (n > 0 || lines == 0) print 0; else printf "%.2f\n", 100 * (lines - missed) / lines }'
}
