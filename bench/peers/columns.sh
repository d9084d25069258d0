#!/usr/bin/env bash
# How are columns of public labelled tables read? Makes the tables, scans them, scores by element, with honest, foreign, removed
# and lying headers. Usage: bench/peers/columns.sh PROGRAM FOLDER [HALF]; HALF is `score` (never read while detection was mended) or
# `read`. Needs node and npm; installs presidio-evaluator, mimesis and @faker-js/faker into FOLDER.
set -euo pipefail
program=$1 folder=$2 half=${3:-score}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/python" ]; then
  python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install -q presidio-evaluator==0.3.2 mimesis==22.2.0
[ -d "$folder/node_modules/@faker-js" ] || npm install --silent --prefix "$folder" @faker-js/faker@10.6.0 >/dev/null
rm -rf "$folder/tables"
"$folder/venv/bin/python" "$here/columns.py" make "$folder" "$half"
for naming in as-called foreign removed lying; do
  "$program" scan --json -q "$folder/tables/$naming" >"$folder/$naming.json" || [ $? -eq 3 ]
  "$folder/venv/bin/python" "$here/columns.py" score "$folder" "$naming"
done
