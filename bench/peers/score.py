"""Accuracy of a partition of rows into people, against the truth: the same measure for every program.

    score.py IDS.csv TRUTH.csv

Both are `file,row,person_id`; of an address in `file` the last part is the table. Only rows in both count, and how many are in one only is said. Pairwise: of the pairs of rows
put together, how many belong together, and the reverse. Cluster: of the people named, how many are exactly right.
"""

import json
import sys

import duckdb


def accuracy(connection, ids, truth_path):
    """Scores the table `ids` against a CSV."""
    connection.execute("create or replace table truth as select * from read_csv(?, all_varchar=true, header=true)", [truth_path])
    connection.execute(
        f"""create or replace table cells as
            select i.person_id as found, t.person_id as real, count(*) as n
            from {ids} i join truth t
            on regexp_extract(i.file, '[^/:]+$') = t.file and cast(i.row as varchar) = t.row
            where i.person_id is not null group by all"""
    )
    both = connection.execute("select coalesce(sum(n), 0) from cells").fetchall()[0][0]
    mine = connection.execute(f"select count(*) from {ids}").fetchall()[0][0]
    theirs = connection.execute("select count(*) from truth").fetchall()[0][0]
    pairs = "select coalesce(sum(n * (n - 1) // 2), 0) from"
    together = connection.execute(f"{pairs} cells").fetchall()[0][0]
    found = connection.execute(f"{pairs} (select sum(n) as n from cells group by found)").fetchall()[0][0]
    real = connection.execute(f"{pairs} (select sum(n) as n from cells group by real)").fetchall()[0][0]
    clusters = connection.execute("select count(distinct found) from cells").fetchall()[0][0]
    people = connection.execute("select count(distinct real) from cells").fetchall()[0][0]
    exact = connection.execute(
        """select count(*) from (select found from cells group by found having count(*) = 1) f
           join cells c on c.found = f.found
           join (select real from cells group by real having count(*) = 1) r on c.real = r.real"""
    ).fetchall()[0][0]
    return {
        "rows_scored": int(both),
        "rows_only_found": int(mine - both),
        "rows_only_true": int(theirs - both),
        "people_found": clusters,
        "people_true": people,
        "count_error": round(clusters / people - 1, 5) if people else None,
        "pairwise": measures(together, found, real),
        "cluster": measures(exact, clusters, people),
    }


def measures(right, found, real):
    precision = right / found if found else 1.0
    recall = right / real if real else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 5), "recall": round(recall, 5), "f1": round(f1, 5)}


def main():
    ids, truth = sys.argv[1:3]
    connection = duckdb.connect()
    connection.execute("create table ids as select * from read_csv(?, all_varchar=true, header=true)", [ids])
    print(json.dumps(accuracy(connection, "ids", truth)))


if __name__ == "__main__":
    main()
