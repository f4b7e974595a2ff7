"""The shell functions behind ./dev, callable from a test."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def bash(script, *arguments):
    """Runs the script with ./dev's shared functions, in the project's root."""
    run = f"set -euo pipefail\ncd '{ROOT}'\n. tools/dev/common.sh\n{script}"
    return subprocess.run(["bash", "-c", run, "-", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
