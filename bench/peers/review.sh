#!/usr/bin/env bash
# Does the reviewed interval hold the truth? Simulates SEEDS breaches and reviews each REPEATS times by oracle.
# Usage: bench/peers/review.sh PROGRAM FOLDER [PEOPLE] [SEEDS] [REPEATS] [DIRT]; prints a line a review, then the sum.
set -euo pipefail
program=$1 folder=$2 people=${3:-200000} seeds=${4:-10} repeats=${5:-10} dirt=${6:-usual}
for seed in $(seq "$seeds"); do
  case=$folder/review-$seed
  rm -rf "$case"
  "$program" simulate full-dump --people "$people" --seed "$seed" --dirt "$dirt" -q --out "$case" >/dev/null
  "$program" assess "$case" -q >/dev/null
  for repeat in $(seq "$repeats"); do
    rm -f "$case/review.jsonl"
    "$program" people review "$case" --oracle "$case/truth.json" --seed "$repeat" --json -q |
      python3 -c "
import json, sys
review, truth = json.load(sys.stdin), json.load(open('$case/truth.json'))['people']['count']
people = review['people']
print($seed, $repeat, truth, int(people['low']), int(people['likely']), int(people['high']),
      round(100 * people['half_width'], 3), int(people['low'] <= truth <= people['high']))"
  done
  rm -rf "$case"
done | tee "$folder/review.txt"
awk '{held += $8; if ($7 > widest) widest = $7} END {print held " of " NR " hold the truth; widest half-width " widest " %"}' "$folder/review.txt"
