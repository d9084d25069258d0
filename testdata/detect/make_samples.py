"""Makes people.tsv and ids.tsv: samples for the tests of detection, of an origin other than the simulator.

Names, places and telephone forms: faker 40.54.0 (MIT). Check digits: python-stdnum 2.2 (a value is kept only if its
module calls it valid). Nothing here is a real person's. Run: python make_samples.py FOLDER
"""

import importlib
import random
import string
import sys
from pathlib import Path

from faker import Faker

ROWS = 200
LOCALES = [
    "en_US", "en_GB", "en_CA", "en_AU", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "sv_SE", "pl_PL", "pt_BR",
    "es_MX", "da_DK",
]


def clean(text):
    return " ".join(str(text).replace("\t", " ").split())


def people(out):
    for locale in LOCALES:
        fake = Faker(locale)
        Faker.seed(20261122)
        for _ in range(ROWS):
            region = fake.state_abbr() if locale == "en_US" else ""
            code = fake.zipcode_in_state(region) if region else fake.postcode()
            row = [
                locale[3:], fake.first_name(), fake.last_name(), fake.street_address(), fake.city(), region, code,
                fake.phone_number(), fake.user_name(), fake.free_email_domain(), fake.company(), fake.job(),
            ]
            out.write("\t".join(clean(cell) for cell in row) + "\n")


def digits(rng, count):
    return "".join(rng.choice(string.digits) for _ in range(count))


def letters(rng, count, of=string.ascii_uppercase):
    return "".join(rng.choice(of) for _ in range(count))


def born(rng, form):
    year, month, day = rng.randint(1935, 2005), rng.randint(1, 12), rng.randint(1, 28)
    return form.format(y=year % 100, Y=year, m=month, d=day)


VOWELS, CONSONANTS = "AEIOU", "BCDFGHLMNPRSTV"


def italian(rng):
    month = rng.choice("ABCDEHLMPRST")
    day = rng.randint(1, 28) + rng.choice([0, 40])
    return f"{letters(rng, 6, CONSONANTS)}{rng.randint(35, 99):02}{month}{day:02}H{digits(rng, 3)}{letters(rng, 1)}"


def mexican(rng):
    return letters(rng, 1) + rng.choice(VOWELS) + letters(rng, 2)


def chinese(rng):
    area = rng.choice(["110101", "310104", "440106", "510104", "330102", "420106"])
    return area + born(rng, "{Y:04}{m:02}{d:02}") + digits(rng, 3) + rng.choice(string.digits + "X")


# code: module, form of a candidate. The code is the scheme's in the rulebook.
SCHEMES = {
    "ca_sin": ("ca.sin", lambda r: r.choice("1234567") + digits(r, 8)),
    "gb_nhs": ("gb.nhs", lambda r: digits(r, 10)),
    "gb_utr": ("gb.utr", lambda r: digits(r, 10)),
    "de_idnr": ("de.idnr", lambda r: digits(r, 11)),
    "fr_nir": ("fr.nir", lambda r: r.choice("12") + born(r, "{y:02}{m:02}") + f"{r.randint(1, 95):02}" + digits(r, 8)),
    "es_dni": ("es.dni", lambda r: digits(r, 8) + letters(r, 1)),
    "es_nie": ("es.nie", lambda r: r.choice("XYZ") + digits(r, 7) + letters(r, 1)),
    "it_cf": ("it.codicefiscale", italian),
    "nl_bsn": ("nl.bsn", lambda r: digits(r, 9)),
    "se_pn": ("se.personnummer", lambda r: born(r, "{y:02}{m:02}{d:02}") + "-" + digits(r, 4)),
    "pl_pesel": ("pl.pesel", lambda r: born(r, "{y:02}{m:02}{d:02}") + digits(r, 5)),
    "pl_nip": ("pl.nip", lambda r: digits(r, 10)),
    "pt_nif": ("pt.nif", lambda r: r.choice("123") + digits(r, 8)),
    "au_tfn": ("au.tfn", lambda r: digits(r, 9)),
    "in_aadhaar": ("in_.aadhaar", lambda r: r.choice("23456789") + digits(r, 11)),
    "in_pan": ("in_.pan", lambda r: letters(r, 3) + r.choice("PCHF") + letters(r, 1) + digits(r, 4) + letters(r, 1)),
    "br_cpf": ("br.cpf", lambda r: digits(r, 11)),
    "br_cnpj": ("br.cnpj", lambda r: digits(r, 8) + "0001" + digits(r, 2)),
    "mx_curp": (
        "mx.curp",
        lambda r: mexican(r) + born(r, "{y:02}{m:02}{d:02}") + r.choice("HM")
        + r.choice(["DF", "JC", "MC", "NL", "PL", "VZ"]) + letters(r, 3, "BCDFGLMNPRSTVZ") + "0" + digits(r, 1),
    ),
    "mx_rfc": ("mx.rfc", lambda r: mexican(r) + born(r, "{y:02}{m:02}{d:02}") + letters(r, 2) + digits(r, 1)),
    "dk_cpr": ("dk.cpr", lambda r: born(r, "{d:02}{m:02}{y:02}") + "-" + digits(r, 4)),
    "no_fnr": ("no.fodselsnummer", lambda r: born(r, "{d:02}{m:02}{y:02}") + digits(r, 5)),
    "fi_hetu": (
        "fi.hetu",
        lambda r: born(r, "{d:02}{m:02}{y:02}") + "-" + digits(r, 3) + letters(r, 1, "0123456789ABCDEFHJKLMNPRSTUVWXY"),
    ),
    "be_nn": ("be.nn", lambda r: born(r, "{y:02}{m:02}{d:02}") + digits(r, 5)),
    "ie_pps": ("ie.pps", lambda r: digits(r, 7) + letters(r, 1)),
    "ch_ahv": ("ch.ssn", lambda r: "756" + digits(r, 10)),
    "at_vnr": ("at.vnr", lambda r: r.choice("123456789") + digits(r, 3) + born(r, "{d:02}{m:02}{y:02}")),
    "cz_rc": ("cz.rc", lambda r: born(r, "{y:02}{m:02}{d:02}") + "/" + digits(r, 4)),
    "ro_cnp": ("ro.cnp", lambda r: r.choice("12") + born(r, "{y:02}{m:02}{d:02}") + f"{r.randint(1, 46):02}" + digits(r, 4)),
    "bg_egn": ("bg.egn", lambda r: born(r, "{y:02}{m:02}{d:02}") + digits(r, 4)),
    "hr_oib": ("hr.oib", lambda r: digits(r, 11)),
    "ee_ik": ("ee.ik", lambda r: r.choice("34") + born(r, "{y:02}{m:02}{d:02}") + digits(r, 4)),
    "tr_tckn": ("tr.tckimlik", lambda r: r.choice("123456789") + digits(r, 10)),
    "za_id": ("za.idnr", lambda r: born(r, "{y:02}{m:02}{d:02}") + digits(r, 4) + "08" + digits(r, 1)),
    "kr_rrn": ("kr.rrn", lambda r: born(r, "{y:02}{m:02}{d:02}") + "-" + r.choice("12") + digits(r, 6)),
    "cn_ric": ("cn.ric", chinese),
    "th_pin": ("th.pin", lambda r: r.choice("12345678") + digits(r, 12)),
    "jp_in": ("jp.in_", lambda r: digits(r, 12)),
    "il_id": ("il.idnr", lambda r: digits(r, 9)),
    "ua_rntrc": ("ua.rntrc", lambda r: digits(r, 10)),
    "ru_inn": ("ru.inn", lambda r: digits(r, 12)),
    "ar_cuit": ("ar.cuit", lambda r: r.choice(["20", "23", "27"]) + digits(r, 9)),
    "cl_rut": ("cl.rut", lambda r: r.choice(["", "1", "2"]) + digits(r, 7) + "-" + r.choice("0123456789K")),
    "ec_ci": ("ec.ci", lambda r: f"{r.randint(1, 24):02}" + r.choice("012345") + digits(r, 7)),
    "do_cedula": ("do.cedula", lambda r: "001" + digits(r, 8)),
    "gr_amka": ("gr.amka", lambda r: born(r, "{d:02}{m:02}{y:02}") + digits(r, 5)),
    "si_emso": ("si.emso", lambda r: born(r, "{d:02}{m:02}9{y:02}") + "50" + digits(r, 4)),
    "nz_ird": ("nz.ird", lambda r: r.choice(["", "1"]) + digits(r, 8)),
    "is_kt": ("is_.kennitala", lambda r: born(r, "{d:02}{m:02}{y:02}") + "-" + digits(r, 3) + "9"),
    # Not national identity numbers.
    "us_ssn": ("us.ssn", lambda r: digits(r, 3) + "-" + digits(r, 2) + "-" + digits(r, 4)),
    "us_itin": ("us.itin", lambda r: "9" + digits(r, 2) + "-" + r.choice("78") + digits(r, 1) + "-" + digits(r, 4)),
    "us_ein": ("us.ein", lambda r: digits(r, 2) + "-" + digits(r, 7)),
    "us_rtn": ("us.rtn", lambda r: r.choice(["01", "02", "03", "06", "11", "12"]) + digits(r, 7)),
    "card": ("luhn", lambda r: r.choice(["4", "51", "52", "53", "54", "55"]) + digits(r, 15)),
    "imei": ("imei", lambda r: r.choice(["35", "35", "35", "86", "01"]) + digits(r, 13)),
    "iban": ("iban", None),
    "bitcoin": ("bitcoin", None),
}


def iban(rng):
    from stdnum.iso7064 import mod_97_10

    country, body = rng.choice([
        ("DE", digits(rng, 18)), ("GB", letters(rng, 4) + digits(rng, 14)), ("FR", digits(rng, 23)),
        ("NL", letters(rng, 4) + digits(rng, 10)), ("ES", digits(rng, 20)), ("AT", digits(rng, 16)),
    ])
    return country + mod_97_10.calc_check_digits(body + country) + body


def bitcoin(rng):
    import hashlib

    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    body = bytes([rng.choice([0, 5])]) + rng.randbytes(20)
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(body, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = alphabet[rest] + text
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + text


def card(rng, body):
    return body[:16]


def ids(out):
    for code, (name, form) in SCHEMES.items():
        rng = random.Random(code)
        module = importlib.import_module(f"stdnum.{name}")
        kept, tried = [], 0
        while len(kept) < ROWS and tried < 400_000:
            tried += 1
            value = {"iban": iban, "bitcoin": bitcoin}[code](rng) if form is None else form(rng)
            if code == "card":
                value = value[:16]
            try:
                fine = module.is_valid(value)
            except Exception:
                fine = code == "iban"
            if code == "iban" or fine:
                kept.append(value)
        assert len(kept) >= ROWS // 2 or code in {"fr_nir"}, (code, len(kept))
        for value in kept:
            out.write(f"{code}\t{value}\n")


folder = Path(sys.argv[1])
with open(folder / "people.tsv", "w", encoding="utf-8", newline="\n") as out:
    people(out)
with open(folder / "ids.tsv", "w", encoding="utf-8", newline="\n") as out:
    ids(out)
