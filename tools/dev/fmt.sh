# ./dev fmt: one formatter of one version over the tracked C++ files.
# shellcheck shell=bash

cmd_fmt() {
  local check=
  case ${1:-} in
    "") ;;
    --check) check=1 ;;
    *) bad_usage "fmt knows --check, not '$1'" ;;
  esac
  ensure_packages fmt
  local files=(git ls-files -z -- '*.h' '*.cpp')
  if [[ -z $check ]]; then
    "${files[@]}" | xargs -0 -r -P "$(nproc)" -n 32 clang-format-19 -i
    return
  fi
  local offenders
  offenders=$("${files[@]}" | { xargs -0 -r -P "$(nproc)" -n 32 clang-format-19 --dry-run 2>&1 || true; } |
    sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning: .*-Wclang-format-violations.*/\1/p' | sort -u)
  [[ -z $offenders ]] || {
    printf '%s\n' "$offenders"
    say "These files need ./dev fmt." >&2
    return 1
  }
}
