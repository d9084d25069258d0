"""One standardised table of a simulated case, for peers that ask for one; and the truth for it.

    export_case.py CASE ROWS.csv TRUTH.csv

Knows the files of `leakassay simulate full-dump`, which is what preparing data for such a program means: somebody looked at
each file and wrote its parser. ROWS.csv has `file,row` and the columns that splink_people.py takes; TRUTH.csv is
`file,row,person_id`. `file` is the name of the table, rows count from 1 without a header. Rows that the simulator wrote broken
are left out of both: whoever prepares a table by hand drops them too.
"""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pyarrow.parquet as parquet

COLUMNS = ["file", "row", "given", "surname", "dob", "ssn", "phone", "email", "licence", "street", "zip"]
SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
# One value of a MySQL tuple: a quoted string with backslashes, or a bare word.
VALUE = re.compile(r"'((?:[^'\\]|\\.)*)'|([^,()']+)", re.DOTALL)


def word(text):
    """Lower case, no accents, no signs: `O'Connor` and `oconnor` are equal."""
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z ]", "", plain).strip()


def digits(text, length):
    """The last `length` digits; nothing if there are fewer or they are all the same."""
    found = re.sub(r"\D", "", text or "")[-length:]
    return found if len(found) == length and len(set(found)) > 1 else ""


def date(text):
    """ISO form of 1980-02-01, 02/01/1980 and 19800201; nothing for the placeholders 1900-01-01 and 0000-00-00."""
    text = text or ""
    if match := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text):
        text = f"{match[3]}-{match[1]}-{match[2]}"
    elif re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text if re.fullmatch(r"(19[0-9][1-9]|19[1-9]0|20\d\d)-\d\d-\d\d", text) else ""


def name_parts(text):
    """Given name and surname of `First M Last Jr` or `LAST JR, FIRST M`."""
    if "," in (text or ""):
        surname, given = text.split(",", 1)
        words = [part for part in word(surname).split() if part not in SUFFIXES]
        return (word(given).split() or [""])[0], " ".join(words)
    words = [part for part in word(text).split() if part not in SUFFIXES]
    rest = [part for part in words[1:] if len(part) > 1]
    return (words or [""])[0], " ".join(rest)


def licence(number, state):
    return f"{state}{re.sub(r'[^A-Z0-9]', '', (number or '').upper())}" if number and state else ""


def record(given="", surname="", dob="", ssn="", phone="", email="", licence="", street="", zip_code=""):
    return [word(given), word(surname), date(dob), digits(ssn, 9), digits(phone, 10), (email or "").lower(), licence,
            re.sub(r"\s+", " ", (street or "").lower()).strip(), (zip_code or "")[:5]]


def full_name(name, **rest):
    given, surname = name_parts(name)
    return record(given=given, surname=surname, **rest)


def postpaid_customer(row):
    return record(row[1], row[3], row[5], row[6], row[9], licence=licence(row[7], row[8]))


def former_customer(row):
    return full_name(row[1], phone=row[2], street=row[3], zip_code=row[6], dob=row[7])


def postpaid_b(row):
    return full_name(row[1], street=row[2], zip_code=row[5], dob=row[6], phone=row[7])


def prepaid(row):
    return full_name(row[1], phone=row[0])


def credit(row):
    return record(row[1], row[0], row[4], row[5], licence=licence(row[6], row[7]))


def contact(row):
    street = " ".join(filter(None, [row.get("addr1"), row.get("addr2")]))
    return record(row.get("first"), row.get("last"), row.get("dob"), street=street, zip_code=row.get("zip"))


def sql_tables(path):
    """Yields table and values of each tuple of a dump with one tuple a line or many."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n") as dump:
        for line in dump:
            if not (match := re.match(r"INSERT INTO `?(\w+)`?[^(]*VALUES\s*", line)):
                continue
            for values in tuples(line[match.end():]):
                yield match[1], values


def tuples(text):
    values, at = [], 0
    while at < len(text):
        sign = text[at]
        if sign == "(":
            values, at = [], at + 1
        elif sign == ")":
            yield values
            at += 1
        elif match := VALUE.match(text, at):
            quoted, bare = match.groups()
            values.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (None if bare == "NULL" else bare))
            at = match.end()
        else:
            at += 1


def rows_of(case):
    """Yields table, row number and standard record, or None for a row with another number of columns."""
    folder = case / "evidence"
    counts = {}

    def numbered(table, parser, values):
        parse, width = parser
        counts[table] = counts.get(table, 0) + 1
        return table, counts[table], parse(values) if len(values) == width else None

    parsers = {"postpaid_customer": (postpaid_customer, 14), "former_customer": (former_customer, 9)}
    for path in sorted(folder.glob("*.sql.gz")):
        for table, values in ((table, values) for table, values in sql_tables(path) if table in parsers):
            yield numbered(table, parsers[table], values)
    members = {"postpaid_b.csv": (postpaid_b, 11), "prepaid_active.csv": (prepaid, 3)}
    for path in sorted(folder.glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for member in (member for member in archive.namelist() if member in members):
                lines = io.TextIOWrapper(archive.open(member), encoding="utf-8", newline="")
                reader = csv.reader(lines)
                next(reader)
                for values in reader:
                    yield numbered(member, members[member], values)
    for path in sorted(folder.glob("credit*.txt")):
        with open(path, encoding="latin-1", newline="\n") as lines:
            for line in lines:
                yield numbered(path.name, (credit, 11), line.rstrip("\n").split("|"))
    for path in sorted(folder.glob("*.ndjson.zst")):
        with subprocess.Popen(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE) as process:
            for line in process.stdout:
                try:
                    values = json.loads(line)
                except ValueError:
                    values = {}
                yield numbered(path.name, (contact, len(values) or -1), values)


def truth_of(case):
    """Maps table and row to the person, for rows that name one and are whole."""
    people = {}
    for batch in parquet.ParquetFile(case / "truth_rows.parquet").iter_batches():
        table, row, person, broken = (batch.column(name).to_pylist() for name in ("table", "row", "person_id", "broken"))
        for name, number, who, torn in zip(table, row, person, broken):
            if who is not None and not torn:
                people.setdefault(name, {})[number] = who
    return people


def main():
    case, rows_path, truth_path = map(Path, sys.argv[1:4])
    truth = truth_of(case)
    with open(rows_path, "w", newline="") as rows_file, open(truth_path, "w", newline="") as truth_file:
        rows, people = csv.writer(rows_file), csv.writer(truth_file)
        rows.writerow(COLUMNS)
        people.writerow(["file", "row", "person_id"])
        for table, number, values in rows_of(case):
            person = truth.get(table, {}).get(number)
            if values is not None and person is not None:
                rows.writerow([table, number, *values])
                people.writerow([table, number, person])


if __name__ == "__main__":
    main()
