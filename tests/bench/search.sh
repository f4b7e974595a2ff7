# Searches over a million messages in four scripts: how long they take, and what the index costs.
# shellcheck shell=bash
set -euo pipefail
exec "$STARLING_BUILD/bin/search_cost" --dir "$STARLING_BUILD/search-bench" "$@"
