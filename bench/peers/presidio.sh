#!/usr/bin/env bash
# How does text fare beside Presidio? Makes sentences from presidio-evaluator's own templates, runs both, scores both.
# Usage: bench/peers/presidio.sh PROGRAM FOLDER [SENTENCES] [HALF]; HALF is `score` (never read while detection was mended) or `read`.
# Installs presidio-analyzer and presidio-evaluator into FOLDER/venv. spaCy's models do not come from a package registry, so that
# Presidio runs its pattern recognisers with a blank pipeline: without names and places, which need a model.
set -euo pipefail
program=$1 folder=$2 sentences=${3:-4000} half=${4:-score}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/python" ]; then
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install -q presidio-analyzer==2.2.366 presidio-evaluator==0.3.2
fi
python=$folder/venv/bin/python
"$python" "$here/presidio.py" make "$folder" "$half" "$sentences" 2 >/dev/null 2>&1
# The text a hundred times over, so that what is measured is not the start of the program.
for _ in $(seq 100); do cat "$folder/text.txt"; done >"$folder/many.txt"
"$program" scan --json -q --findings "$folder/findings.jsonl" "$folder/text.txt" >"$folder/scan.json"
cp "$folder/findings.jsonl" "$folder/ours.jsonl"
"$python" "$here/presidio.py" presidio "$folder" 2>/dev/null
begun=$(date +%s.%N)
"$program" scan --json -q "$folder/many.txt" >/dev/null
ended=$(date +%s.%N)
"$python" "$here/presidio.py" speed "$folder" "$(echo "$ended - $begun" | bc)"
"$python" "$here/presidio.py" score "$folder"
rm -f "$folder/many.txt"
