#!/usr/bin/env bash
# How right is the count over many kinds of data? Simulates one breach a seed with varied dirt, counts its people, scores rows.
# Usage: bench/peers/seeds.sh PROGRAM FOLDER [PEOPLE] [SEEDS]; PYTHON names an interpreter with duckdb (bench/peers/requirements.txt).
# A line a seed: seed, people in truth, low, likely, high, error in %, whether the interval holds the truth, cluster F1.
set -euo pipefail
program=$1 folder=$2 people=${3:-200000} seeds=${4:-20}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
for seed in $(seq "$seeds"); do
  case=$folder/seed-$seed
  rm -rf "$case"
  "$program" simulate full-dump --people "$people" --seed "$seed" --dirt varied -q --out "$case" >/dev/null
  "$program" people --json -q --out "$case/ids.csv" "$case/evidence" >"$case/people.json" || [ $? -eq 3 ]
  "${PYTHON:-python3}" "$here/seeds.py" "$case" "$seed"
  rm -rf "$case"
done | tee "$folder/seeds.txt"
awk '{error = $6 < 0 ? -$6 : $6; if (error > widest) widest = error; held += $7; if (worst == "" || $8 < worst) worst = $8}
  END {print "largest error " widest " %, " held " of " NR " intervals hold the truth, least cluster F1 " worst}' "$folder/seeds.txt"
