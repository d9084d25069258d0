"""How many people are in this table, by Splink on DuckDB: the peer of `leakassay people`.

    splink_people.py ROWS.csv [--truth TRUTH.csv] [--out IDS.csv] [--threads N] [--threshold P]

ROWS.csv has a header with `file,row` and any of the columns in COMPARISONS, empty for unknown, already standardised (lower
case, digits only, ISO dates): Splink asks for that, and preparing it is not on its clock. TRUTH.csv and IDS.csv are
`file,row,person_id`. Prints one JSON object: people, seconds by step, peak memory, and accuracy if the truth is given.

The model is what a careful user writes in an hour: term frequencies on names, edit distance where typing errors happen, and
blocking by each strong identifier and by pairs of weak ones. Rows without a name or a person-level identifier are left out,
as Splink's guide advises for records that cannot be linked.
"""

import argparse
import json
import resource
import time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from score import accuracy

NAMES = ["given", "surname"]
PERSON_LEVEL = ["dob", "ssn", "phone", "email", "licence"]
COLUMNS = NAMES + PERSON_LEVEL + ["street", "zip"]

COMPARISONS = {
    "given": lambda: cl.NameComparison("given").configure(term_frequency_adjustments=True),
    "surname": lambda: cl.NameComparison("surname").configure(term_frequency_adjustments=True),
    "dob": lambda: cl.DateOfBirthComparison("dob", input_is_string=True),
    "ssn": lambda: cl.DamerauLevenshteinAtThresholds("ssn", 1),
    "phone": lambda: cl.DamerauLevenshteinAtThresholds("phone", 1),
    "email": lambda: cl.EmailComparison("email"),
    "licence": lambda: cl.ExactMatch("licence"),
    "street": lambda: cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
    "zip": lambda: cl.ExactMatch("zip"),
}

BLOCKING = [
    ("ssn",),
    ("licence",),
    ("email",),
    ("phone", "substr(given, 1, 1)"),
    ("surname", "dob"),
    ("given", "dob"),
    ("given", "surname", "zip"),
    ("street", "zip", "substr(given, 1, 1)"),
]

# Each trains the comparisons that it does not block on.
TRAINING = [("given", "surname"), ("dob",), ("ssn",)]
# Pairs that agree so are the same person nearly always; they set the prior.
CERTAIN = [("ssn", "dob"), ("given", "surname", "dob")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows")
    parser.add_argument("--truth")
    parser.add_argument("--out")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--threshold", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def column_of(key):
    """The column behind a blocking key: `substr(given, 1, 1)` is about `given`."""
    return key.split("(")[-1].split(",")[0]


def usable(keys, present):
    return [rule for rule in keys if all(column_of(key) in present for key in rule)]


def load(connection, path):
    """Reads the rows; returns which columns hold anything, and how many rows can be linked at all."""
    connection.execute("create table raw as select * from read_csv(?, all_varchar=true, header=true)", [path])
    have = {row[0] for row in connection.execute("describe raw").fetchall()}
    columns = [column for column in COLUMNS if column in have]
    cleaned = ", ".join(f"nullif({column}, '') as {column}" for column in columns)
    connection.execute(f"create table cleaned as select file || ':' || row as unique_id, file, row, {cleaned} from raw")
    filled = connection.execute(f"select {', '.join(f'count({column})' for column in columns)} from cleaned").fetchall()[0]
    present = [column for column, count in zip(columns, filled) if count]
    person_level = [column for column in PERSON_LEVEL if column in present] or ["given"]
    linkable = f"given is not null and surname is not null and coalesce({', '.join(person_level)}) is not null"
    connection.execute(f"create table people as select * from cleaned where {linkable}")
    rows = connection.execute("select count(*) from cleaned").fetchall()[0][0]
    linkable = connection.execute("select count(*) from people").fetchall()[0][0]
    return present, rows, linkable


def train(linker, present, seed):
    certain = [block_on(*rule) for rule in usable(CERTAIN, present)]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=seed)
    for rule in usable(TRAINING, present):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))


def resolve(connection, present, threshold, seed):
    """Trains, scores and clusters; leaves the table `clusters(unique_id, cluster_id)` and returns seconds by step."""
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[COMPARISONS[column]() for column in present],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in usable(BLOCKING, present)],
        retain_matching_columns=False,
    )
    linker = Linker(api.register("people"), settings, log_level=40)
    seconds = {}
    begun = time.perf_counter()
    train(linker, present, seed)
    seconds["train"] = time.perf_counter() - begun
    begun = time.perf_counter()
    pairs = linker.inference.predict(threshold_match_probability=threshold)
    seconds["predict"] = time.perf_counter() - begun
    begun = time.perf_counter()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
    name = clusters.physical_name
    connection.execute(f"create table ids as select file, row, cluster_id as person_id from {name}").fetchall()
    seconds["cluster"] = time.perf_counter() - begun
    return seconds


def main():
    options = arguments()
    begun = time.perf_counter()
    connection = duckdb.connect()
    if options.threads:
        connection.execute(f"set threads to {options.threads}")
    present, rows, linkable = load(connection, options.rows)
    loaded = time.perf_counter() - begun
    seconds = {"load": loaded, **resolve(connection, present, options.threshold, options.seed)}
    seconds["total"] = time.perf_counter() - begun
    answer = {
        "program": "splink 5.0.0 on duckdb 2.0.0",
        "rows": rows,
        "rows_linkable": linkable,
        "people": connection.execute("select count(distinct person_id) from ids").fetchall()[0][0],
        "seconds": {step: round(value, 2) for step, value in seconds.items()},
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    if options.out:
        connection.execute(f"copy ids to '{options.out}' (header)")
    if options.truth:
        answer.update(accuracy(connection, "ids", options.truth))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
