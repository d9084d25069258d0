"""Scores what leakassay found in a register, and runs Splink on the same rows: registers_score.py FOLDER KIND.

Splink's settings are those of its own guides for such data: term frequencies on names, its comparisons for dates and
addresses, blocking by pairs of fields, u from random pairs and m by expectation maximisation, threshold 0.95.
"""

import json
import logging
import sys

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from score import accuracy

THRESHOLD = 0.95


def names(given, surname):
    frequent = dict(term_frequency_adjustments=True)
    return [cl.NameComparison(given).configure(**frequent), cl.NameComparison(surname).configure(**frequent)]


def born(column):
    return cl.DateOfBirthComparison(column, input_is_string=True)


# Columns as SQL over the register, comparisons, blocking, training, and what is nearly certain.
KINDS = {
    "historical": (
        "first_name, surname, dob, birth_place, postcode, occupation",
        lambda: [
            cl.ForenameSurnameComparison("first_name", "surname"),
            born("dob"),
            cl.JaroWinklerAtThresholds("birth_place", [0.9]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        [
            ("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            ("surname", "dob"),
            ("first_name", "dob"),
            ("postcode", "first_name"),
            ("postcode", "surname"),
            ("dob", "birth_place"),
        ],
        [("first_name", "surname"), ("dob",), ("postcode", "first_name")],
        [("first_name", "surname", "dob")],
    ),
    "households": (
        """lower(fname) as given, lower(lname) as surname, ssn, lower(street) as street, zip,
           substr(birthdate, 7, 4) || '-' || substr(birthdate, 1, 2) || '-' || substr(birthdate, 4, 2) as dob""",
        lambda: [
            *names("given", "surname"),
            born("dob"),
            cl.DamerauLevenshteinAtThresholds("ssn", 1),
            cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
            cl.ExactMatch("zip"),
        ],
        [
            ("ssn",),
            ("surname", "dob"),
            ("given", "dob"),
            ("given", "surname", "zip"),
            ("street", "zip", "substr(given, 1, 1)"),
        ],
        [("given", "surname"), ("dob",), ("ssn",)],
        [("ssn", "dob"), ("given", "surname", "dob")],
    ),
    "census": (
        """lower(given_name) as given, lower(surname) as surname, sex, birthplace, lower(street_address) as street, city,
           cast(cast(census_year as int) - cast(age as int) as varchar) as born""",
        lambda: [
            *names("given", "surname"),
            cl.DamerauLevenshteinAtThresholds("born", 1),
            cl.ExactMatch("sex"),
            cl.ExactMatch("birthplace").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        [("given", "surname"), ("given", "city"), ("surname", "city"), ("street", "given"), ("surname", "born")],
        [("given", "surname"), ("surname", "city"), ("given", "city")],
        [("given", "surname", "city")],
    ),
    "contacts": (
        "lower(contact) as name, nullif(regexp_replace(mobile, '[^0-9]', '', 'g'), '') as phone, mail as email",
        lambda: [
            cl.NameComparison("name").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("phone", 1),
            cl.EmailComparison("email"),
        ],
        [("name",), ("phone",), ("email",)],
        [("name",), ("phone",), ("email",)],
        [("phone", "email"), ("name", "phone"), ("name", "email")],
    ),
    "small": (
        "lower(first_name) as given, lower(surname) as surname, dob, lower(city) as city, email",
        lambda: [
            *names("given", "surname"),
            born("dob"),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        [("given", "city"), ("surname",), ("email",), ("dob",), ("given", "substr(surname, 1, 3)")],
        [("given", "surname"), ("dob",), ("email",)],
        [("given", "surname", "dob"), ("email",)],
    ),
}


def splink(connection, kind, path):
    """Leaves the table `ids(file, row, person_id)`."""
    columns, comparisons, blocking, training, certain = KINDS[kind]
    id_of = "row_number() over () as unique_id"
    connection.execute(f"create table people as select {id_of}, {columns} from read_csv(?, all_varchar=true, header=true)", [path])
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in blocking],
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("people"), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in certain], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=THRESHOLD)
    connection.execute(
        f"create table ids as select '{kind}.csv' as file, unique_id as row, cluster_id as person_id from {clusters.physical_name}"
    )


def main():
    folder, kind = sys.argv[1:3]
    logging.disable(logging.CRITICAL)
    truth = f"{folder}/{kind}_truth.csv"
    connection = duckdb.connect()
    # A row that leakassay calls unresolvable stands for itself here, as it does with Splink.
    connection.execute(
        "create table ours as select file, row, coalesce(person_id, 'row ' || row) as person_id from read_csv(?, all_varchar=true, header=true)",
        [f"{folder}/{kind}.ids.csv"],
    )
    people = json.load(open(f"{folder}/{kind}.json"))["people"]
    right = accuracy(connection, "ours", truth)
    holds = people["low"] <= right["people_true"] <= people["high"]
    print(kind, "leakassay", json.dumps({**people, "holds_truth": holds, "error": round(people["likely"] / right["people_true"] - 1, 4), **right}))
    peer = duckdb.connect()
    splink(peer, kind, f"{folder}/{kind}.csv")
    print(kind, "splink", json.dumps(accuracy(peer, "ids", truth)))


if __name__ == "__main__":
    main()
