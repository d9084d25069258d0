"""One line of seeds.sh: the count of a simulated case against its truth, and the cluster F1 of its rows.

    seeds.py CASE SEED

CASE holds truth.json, truth_rows.parquet, and people.json and ids.csv as `leakassay people` wrote them. Rows that the simulator
wrote broken, and rows of devices that nobody in the truth has, are not scored.
"""

import json
import sys
from pathlib import Path

import duckdb

from score import accuracy


def main():
    case, seed = Path(sys.argv[1]), sys.argv[2]
    connection = duckdb.connect()
    ids = str(case / "ids.csv")
    connection.execute("create table ids as select * from read_csv(?, all_varchar=true, header=true)", [ids])
    truth = str(case / "truth.csv")
    rows = str(case / "truth_rows.parquet")
    connection.execute(
        f"""copy (select regexp_extract("table", '[^/:]+$') as file, row, person_id from '{rows}'
            where person_id is not null and not broken) to '{truth}' (header)"""
    )
    found = json.loads((case / "people.json").read_text())["people"]
    real = json.loads((case / "truth.json").read_text())["people"]["count"]
    score = accuracy(connection, "ids", truth)
    error = 100 * (found["likely"] / real - 1)
    held = int(found["low"] <= real <= found["high"])
    print(seed, real, found["low"], found["likely"], found["high"], f"{error:+.3f}", held, score["cluster"]["f1"], flush=True)


if __name__ == "__main__":
    main()
