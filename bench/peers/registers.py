"""Registers of persons that neither `simulate` nor this project's tests made: names from faker, noise of its own.

    registers.py FOLDER [SEED]

Writes NAME.csv and NAME_truth.csv (`file,row,person_id`) for five kinds: `historical` (births from 1550 on, a fifth of them
known by year and written as a first of January, place of birth, ten rows a person), `households` (census-like, juniors, SSNs
borrowed within the household and from strangers), `census` (two enumerations ten years apart: ages and relations, no birthday),
`contacts` (name, telephone, e-mail, each often missing) and `small` (about a thousand rows of 251 people, a third of their
values damaged). Synthetic throughout.
"""

import csv
import random
import sys
from pathlib import Path

from faker import Faker

NICKNAMES = {
    "william": ["will", "bill"], "elizabeth": ["eliza", "betty", "beth"], "margaret": ["maggie", "peggy"], "thomas": ["tom"],
    "john": ["jack"], "james": ["jim"], "robert": ["bob", "rob"], "catherine": ["kate", "katherine"], "richard": ["dick"],
    "edward": ["ned", "ted"], "henry": ["harry"], "mary": ["polly"], "charles": ["charlie"], "joseph": ["joe"],
}
OCCUPATIONS = "politician cricketer painter writer physician poet composer botanist lawyer clergyman engineer actor".split()


class Register:
    """Rows with the person each is about, from one seed."""

    def __init__(self, locale, seed):
        self.dice = random.Random(seed)
        self.fake = Faker(locale)
        self.fake.seed_instance(seed)
        self.rows = []

    def chance(self, share):
        return self.dice.random() < share

    def add(self, person, row):
        self.rows.append((person, row))

    def typo(self, word):
        if len(word) < 3:
            return word
        at, kind = self.dice.randrange(len(word) - 1), self.dice.random()
        if kind < 0.3:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind < 0.55:
            return word[:at] + word[at + 1 :]
        if kind < 0.8:
            return word[:at] + self.dice.choice("abcdefghijklmnoprstuvwy") + word[at + 1 :]
        return word[:at] + word[at] + word[at:]

    def write(self, folder, name, header):
        self.dice.shuffle(self.rows)
        with open(folder / f"{name}.csv", "w", newline="") as rows, open(folder / f"{name}_truth.csv", "w", newline="") as truth:
            rows, truth = csv.writer(rows), csv.writer(truth)
            rows.writerow(header)
            truth.writerow(["file", "row", "person_id"])
            for number, (person, row) in enumerate(self.rows, 1):
                rows.writerow(row)
                truth.writerow([f"{name}.csv", number, person])


def historical(folder, seed, people=4000):
    register = Register("en_GB", seed)
    dice, fake, chance = register.dice, register.fake, register.chance
    towns = [fake.city().lower() for _ in range(200)]
    for person in range(people):
        sex = "female" if chance(0.15) else "male"
        first = (fake.first_name_male() if sex == "male" else fake.first_name_female()).lower()
        first = dice.choice(list(NICKNAMES)) if chance(0.35) else first
        last = fake.last_name().lower()
        year, month, day = int(dice.triangular(1550, 1910, 1850)), dice.randint(1, 12), dice.randint(1, 28)
        birth = f"{year}-01-01" if chance(0.2) else f"{year}-{month:02d}-{day:02d}"
        place, postcode, occupation = dice.choice(towns), fake.postcode().lower(), dice.choice(OCCUPATIONS)
        for _ in range(1 + min(14, int(dice.expovariate(1 / 4)))):
            given = dice.choice(NICKNAMES[first]) if first in NICKNAMES and chance(0.25) else first
            given = register.typo(given) if chance(0.08) else given
            surname = fake.last_name().lower() if chance(0.05) else last
            surname = register.typo(surname) if chance(0.08) else surname
            kind = dice.random()
            dated = "" if kind < 0.15 else f"{year}-01-01" if kind < 0.25 else birth
            dated = f"{year + dice.choice([-1, 1, 10])}{dated[4:]}" if dated and chance(0.03) else dated
            kind = dice.random()
            written = fake.postcode().lower() if kind < 0.2 else "" if kind < 0.3 else postcode
            middle = f" {fake.first_name_male().lower()}" if chance(0.1) else ""
            row = [f"{given}{middle} {surname}", given, surname, dated, place, written, "" if chance(0.03) else sex]
            register.add(person, [f"r{dice.randrange(10**9)}", *row, "" if chance(0.15) else occupation])
    header = ["unique_id", "full_name", "first_name", "surname", "dob", "birth_place", "postcode", "gender", "occupation"]
    register.write(folder, "historical", header)


def member(register, adult, father):
    dice, fake = register.dice, register.fake
    male = adult == 0 or (adult is None and register.chance(0.5))
    given, suffix = fake.first_name_male() if male else fake.first_name_female(), ""
    if adult == 0:
        given = father
    elif adult is None and male and register.chance(0.1):
        given, suffix = father, "Jr"
    year = dice.randint(1988, 2006) if adult is None else dice.randint(1940, 1985)
    born = f"{dice.randint(1, 12):02d}/{dice.randint(1, 28):02d}/{year}"
    return given, suffix, born, f"{dice.randint(1, 665):03d}-{dice.randint(1, 99):02d}-{dice.randint(1, 9999):04d}"


def households(folder, seed, homes=4000):
    register = Register("en_US", seed)
    dice, fake, chance = register.dice, register.fake, register.chance
    person, stranger = 0, None
    for _ in range(homes):
        last, home = fake.last_name(), [fake.street_address(), fake.city(), fake.state_abbr(), fake.postcode()]
        adults, father, numbers = dice.choice([1, 2, 2, 2]), fake.first_name_male(), []
        for index in range(adults + dice.choice([0, 0, 1, 2, 3])):
            given, suffix, born, ssn = member(register, index if index < adults else None, father)
            ssn = numbers[0] if numbers and chance(0.08) else ssn
            ssn = stranger if not numbers and stranger and chance(0.05) else ssn
            numbers.append(ssn)
            for _ in range(1 + min(4, int(dice.expovariate(1)))):
                names = [register.typo(name) if chance(0.05) else name for name in (given, last)]
                number = "" if chance(0.25) else ssn[:-2] + ssn[-1] + ssn[-2] if chance(0.03) else ssn
                lives = [fake.street_address(), fake.city(), home[2], fake.postcode()] if chance(0.15) else home
                facts = ["" if chance(0.3) else suffix, "" if chance(0.1) else born, number]
                register.add(person, [*names, *facts, *lives])
            person += 1
        stranger = numbers[0]
    header = ["FNAME", "LNAME", "SUFFIX", "BIRTHDATE", "SSN", "STREET", "CITY", "STATE", "ZIP"]
    register.write(folder, "households", header)


def census(folder, seed, homes=4000):
    register = Register("en_US", seed)
    dice, fake, chance = register.dice, register.fake, register.chance
    person = 0
    for _ in range(homes):
        last, street, city = fake.last_name(), f"{dice.randint(1, 400)} {fake.street_name()}", fake.city()
        for index in range(dice.randint(1, 6)):
            relation = ["Head", "Wife", "Son", "Daughter", "Daughter", "Son"][index]
            male = relation in ("Head", "Son")
            given = fake.first_name_male() if male else fake.first_name_female()
            born = dice.randint(1840, 1875) if index < 2 else dice.randint(1876, 1900)
            origin = dice.choice(["New York", "Ohio", "Ireland", "Germany", "England", "Maine", "Virginia", "Italy"])
            for year in (1900, 1910):
                if chance(0.15):
                    continue
                names = [register.typo(name) if chance(0.06) else name for name in (given, last)]
                age = max(0, year - born + dice.choice([0, 0, 0, 1, -1]))
                moved = f"{dice.randint(1, 400)} {fake.street_name()}" if chance(0.3) else street
                register.add(person, [year, *names, "M" if male else "F", age, relation, origin, moved, city])
            person += 1
    header = ["census_year", "given_name", "surname", "sex", "age", "relation", "birthplace", "street_address", "city"]
    register.write(folder, "census", header)


def contacts(folder, seed, people=10_000):
    register = Register("en_US", seed)
    dice, fake, chance = register.dice, register.fake, register.chance
    for person in range(people):
        given, last = fake.first_name(), fake.last_name()
        phone = f"({dice.randint(201, 989)}) {dice.randint(200, 999)}-{dice.randint(0, 9999):04d}"
        email = f"{given}.{last}{dice.randint(1, 99)}@{fake.free_email_domain()}".lower()
        for _ in range(1 + min(3, int(dice.expovariate(1)))):
            kind = dice.random()
            name = f"{last}, {given}" if chance(0.15) else given if chance(0.1) else f"{given} {last}"
            name = register.typo(name) if chance(0.05) else name
            register.add(person, [name, "" if kind < 0.3 else phone, "" if 0.3 <= kind < 0.6 else email])
    register.write(folder, "contacts", ["contact", "mobile", "mail"])


def small(folder, seed, people=251):
    register = Register("en_GB", seed)
    dice, fake, chance = register.dice, register.fake, register.chance
    towns = ["London"] * 8 + ["Manchester", "Leeds", "Birmingham", "Sheffield", "Bristol", "Portsmouth", "Plymouth", "Poole"]

    def damaged(word):
        return "" if chance(0.2) else register.typo(word) if chance(0.15) else word

    for person in range(people):
        given, last, town = fake.first_name(), fake.last_name(), dice.choice(towns)
        year, month, day = dice.randint(1970, 2022), dice.randint(1, 12), dice.randint(1, 28)
        email = f"{given[0]}{last}{dice.randint(1, 99)}@{fake.domain_name()}".lower()
        for _ in range(dice.randint(1, 7)):
            names = [damaged(given), damaged(last)]
            if chance(0.05):
                names.reverse()
            kind = dice.random()
            written = (dice.randint(1, 12) if kind < 0.15 else month, year + (dice.choice([-1, 1]) if kind >= 0.85 else 0))
            born = f"{written[1]}-{written[0]:02d}-{day:02d}"
            register.add(person, [len(register.rows), *names, born, damaged(town), damaged(email)])
    register.write(folder, "small", ["unique_id", "first_name", "surname", "dob", "city", "email"])


def main():
    folder, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder.mkdir(parents=True, exist_ok=True)
    for make in (historical, households, census, contacts, small):
        make(folder, seed)


if __name__ == "__main__":
    main()
