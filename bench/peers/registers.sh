#!/usr/bin/env bash
# How right is the count of persons in registers of other kinds, beside Splink? Makes them, counts with both, scores both.
# Usage: bench/peers/registers.sh PROGRAM FOLDER [SEED]; PYTHON names an interpreter with bench/peers/requirements.txt.
# A line a register and program: people in truth, found (with the interval of leakassay), accuracy as JSON.
set -euo pipefail
program=$1 folder=$2 seed=${3:-1}
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
"$python" "$here/registers.py" "$folder" "$seed"
for kind in historical households census contacts small; do
  "$program" people --json -q --out "$folder/$kind.ids.csv" "$folder/$kind.csv" >"$folder/$kind.json" 2>/dev/null || [ $? -eq 3 ]
  "$python" "$here/registers_score.py" "$folder" "$kind"
done | tee "$folder/registers.txt"
