# A million idle client engines with ten rooms each: what one costs in memory.
# shellcheck shell=bash
set -euo pipefail
exec "$STARLING_BUILD/bin/client_memory" "$@"
