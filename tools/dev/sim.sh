# ./dev sim: one run or many; a crowd; with --compilers, whether two compilers' simulators agree.
# shellcheck shell=bash

cmd_sim() {
  case ${1:-} in
    --compilers)
      shift
      compare_compilers "$@"
      ;;
    million | ten-million) simulate_crowd "$@" ;;
    *) simulator sim "$@" ;;
  esac
}

# simulate_crowd SCENARIO [ARG…]: on a hundred shards, held against its bars.
simulate_crowd() {
  local scenario=$1 bars=(--deliveries-min 100000000 --per-cpu-s-min 1000000 --bytes-max 1024 --wall-s-max 900)
  shift
  ensure_packages build test
  [[ $scenario == million ]] || bars=(--bytes-max 2147)  # 20 GiB
  configure release
  build_targets release starling-loadsim
  # Large pages and long free lists for malloc: an eighth less CPU, and it changes nothing that is simulated.
  GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=200 \
    exec build/release/bin/starling-loadsim crowd "loadsim/scenarios/$scenario.toml" "${bars[@]}" "$@"
}

# compare_compilers [SEEDS [FROM]]: g++ and clang++-19 must make of the same sources what takes the same course.
compare_compilers() {
  local seeds=${1:-20} from=${2:-1} word
  for word in "$seeds" "$from"; do
    [[ $word =~ ^[1-9][0-9]*$ ]] || bad_usage "--compilers takes the number of seeds and the first one, not '$word'"
  done
  ensure_packages build test fuzz
  configure_dev
  configure clang
  build_targets dev starling-loadsim
  build_targets clang starling-loadsim
  local store seed ours theirs same=0 runs=$((2 * seeds))
  for store in embedded postgres; do
    for ((seed = from; seed < from + seeds; seed++)); do
      ours=$(course_of dev --store "$store" --seed "$seed")
      theirs=$(course_of clang --store "$store" --seed "$seed")
      if [[ -n $ours && $ours == "$theirs" ]]; then
        same=$((same + 1))
      else
        echo "--store $store --seed $seed takes another course: g++ ${ours:-ends early}, clang++-19 ${theirs:-ends early}"
      fi
    done
  done
  echo "{\"seeds\":$seeds,\"stores\":2,\"same\":$same,\"different\":$((runs - same))}"
  ((same == runs))
}

# course_of PRESET ARG…: the number of a run's events and the hash of its trace, when its second run has the same.
course_of() {
  local preset=$1 said
  shift
  said=$("build/$preset/bin/starling-loadsim" sim --twice "$@" || true)
  if [[ $said == *"took another course"* ]]; then
    echo "two courses in the $preset build"
  else
    sed -n '$s/.*"events":\([0-9]*\).*"trace":"\([0-9a-f]*\)".*/\1 events, trace \2/p' <<<"$said"
  fi
}
