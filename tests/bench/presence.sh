# Frames that a flapping crowd costs with the debounce and the batches, beside telling every change to everybody at once.
# shellcheck shell=bash
set -euo pipefail
exec "$STARLING_BUILD/bin/presence_flap" "$@"
