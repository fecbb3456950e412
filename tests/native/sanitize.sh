#!/usr/bin/env bash
# Builds the C extension with AddressSanitizer and UndefinedBehaviorSanitizer in a scratch folder and fuzzes it.
# usage: tests/native/sanitize.sh [SECONDS [SEED]]      PYTHON=… names an interpreter with framing's dependencies
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r "$root/framing" "$root/models" "$scratch/"
rm -f "$scratch"/framing/_native*.so
include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
suffix=$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
cc=${CC:-gcc}
"$cc" -std=c11 -O1 -g -ffp-contract=off -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -fPIC -shared -Wall -Wextra \
  -Wno-unused-parameter "-I$include" "$root/framing/_native.c" -o "$scratch/framing/_native$suffix"
# The interpreter itself is not instrumented: its leaks at exit are not ours, and its allocator would hide our faults.
LD_PRELOAD="$("$cc" -print-file-name=libasan.so) $("$cc" -print-file-name=libstdc++.so)" ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc \
  PYTHONPATH="$scratch" "$python" "$root/tests/native/fuzz.py" "$@"
