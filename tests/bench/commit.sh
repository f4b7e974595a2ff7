# Durable sends accepted a second, and the writer's CPU per row beside the same rows in a bare loop over SQLite.
# shellcheck shell=bash
set -euo pipefail
exec "$STARLING_BUILD/bin/commit_cost" --dir "$STARLING_BUILD/commit-bench" "$@"
