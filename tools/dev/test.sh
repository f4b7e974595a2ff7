# ./dev test: builds and runs every kind of test, goes on after a failure, and adds up.
# shellcheck shell=bash

# name | when: always, or full (with --full) | command
# CTest labels beside the folders: `mutants` needs the planted bugs compiled in, `full` takes minutes.
test_stages=(
  "dev      | always | ctest_stage dev all -LE ^full$"
  "asan     | always | ctest_stage asan tests_unit -L ^unit$"
  "mutants  | always | ctest_stage mutants tests_mutants,starlingd,starlingctl,starling-loadsim -L ^mutants$"
  "format   | always | check_stage ./dev fmt --check"
  "headers  | full   | check_stage cmake --build build/dev --target all_verify_interface_header_sets"
  "tidy     | full   | check_stage ./dev tidy"
  "long     | full   | ctest_stage dev all -L ^full$"
  "seeds    | full   | check_stage ./dev sim --seeds 2000"
  "clang    | full   | check_stage ./dev sim --compilers"
  "sabotage | full   | check_stage ./dev sabotage --full"
  "fuzz     | full   | check_stage ./dev fuzz 20"
)
tests_passed=0
tests_failed=0
tests_skipped=0

cmd_test() {
  local full='' filter=''
  while (($#)); do
    case $1 in
      --full) full=1 ;;
      --filter)
        (($# > 1)) || bad_usage "--filter needs a regular expression"
        filter=$2
        shift
        ;;
      *) bad_usage "test knows --full and --filter REGEX, not '$1'" ;;
    esac
    shift
  done
  ensure_packages build test fmt

  if [[ -n $filter ]]; then
    run_stage dev ctest_stage dev all -R "$filter"
  else
    local stage name when command
    for stage in "${test_stages[@]}"; do
      IFS='|' read -r name when command <<<"$stage"
      read -r name <<<"$name"
      read -r when <<<"$when"
      [[ $when == always || -n $full ]] || continue
      # shellcheck disable=SC2086  # the table's commands are plain words
      run_stage "$name" $command
    done
  fi
  ((tests_skipped == 0)) || echo "$tests_skipped skipped"
  echo "$tests_passed passed, $tests_failed failed"
  ((tests_failed == 0))
}

# run_stage NAME COMMAND…: runs it under a heading, with what it added to the totals and how long it took.
run_stage() {
  local name=$1 passed=$tests_passed failed=$tests_failed start=$SECONDS
  shift
  say "== $name"
  "$@"
  say "   $name: $((tests_passed - passed)) passed, $((tests_failed - failed)) failed, $((SECONDS - start)) s"
}

# check_stage COMMAND…: one test, which passes when the command does.
check_stage() {
  if "$@"; then tests_passed=$((tests_passed + 1)); else tests_failed=$((tests_failed + 1)); fi
}

# ctest_stage PRESET TARGET[,TARGET…] [CTEST-ARG…]: builds the targets and runs the preset's tests. A build that fails is one failure.
ctest_stage() {
  local preset=$1 targets status=0
  IFS=, read -r -a targets <<<"$2"
  shift 2
  local dir=build/$preset
  local report=$PWD/$dir/ctest.xml
  { if [[ $preset == dev ]]; then configure_dev; else configure "$preset"; fi && build_targets "$preset" "${targets[@]}"; } || {
    echo "the $preset build failed"
    tests_failed=$((tests_failed + 1))
    return 0
  }
  rm -f "$report"
  local ctest=(ctest --test-dir "$dir" -j "$(nproc)" --output-on-failure --no-tests=error --output-junit "$report" "$@")
  if [[ -n $quiet ]]; then
    "${ctest[@]}" 2>&1 | awk '!/^ +Start +[0-9]+:/ && !/ \.+ +Passed +[0-9.]+ sec$/' || status=$?
  else
    "${ctest[@]}" --progress || status=$?
  fi
  local tests failures skipped
  tests=$(report_count tests)
  failures=$(report_count failures)
  skipped=$(($(report_count skipped) + $(report_count disabled)))
  # CTest also fails without a failed case: no test matched, or it could not start.
  ((status == 0 || failures > 0)) || failures=1
  tests_failed=$((tests_failed + failures))
  tests_skipped=$((tests_skipped + skipped))
  ((tests == 0)) || tests_passed=$((tests_passed + tests - failures - skipped))
}

# report_count NAME: that attribute of the JUnit report's head.
report_count() {
  local count
  count=$(sed -n "1,/>/s/.*\b$1=\"\([0-9]*\)\".*/\1/p" "$report" 2>/dev/null | head -n 1)
  echo "${count:-0}"
}
