"""Columns of public labelled tables: makes the tables, has the program read them, scores it. Called by columns.sh.

FakeNameGenerator's people (as presidio-evaluator carries them), tables of mimesis and of @faker-js/faker. Nothing of them lies in
this repository. The half `read` was looked at while detection was mended, the half `score` was only scored.
"""

import csv
import json
import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from interval import wilson

# Element by field. The card numbers have been through a spreadsheet (5.54563E+15) and are none.
FAKE_NAMES = dict(
    Number=None, Gender='gender', NameSet=None, Title=None, GivenName='given_name', MiddleInitial='middle_name',
    Surname='surname', StreetAddress='address', City='city', State='state', StateFull='state', ZipCode='zip',
    Country='country', CountryFull='country', EmailAddress='email', Username='username', Password='password',
    TelephoneNumber='phone', TelephoneCountryCode=None, MothersMaiden='mothers_maiden_name', Birthday='dob',
    Age=None, CCType=None, CCNumber=None, CVV2='card_cvv', CCExpires='card_expiry', NationalID='national_id',
    Occupation=None, Company=None, Domain=None
)
MIMESIS = {  # header, element, call
    'users': [
        ('identifier',None,lambda g:g.person.identifier(mask='##-##/##')),
        ('full_name','name',lambda g:g.person.full_name()),
        ('username','username',lambda g:g.person.username()),
        ('password','password',lambda g:g.person.password()),
        ('email','email',lambda g:g.person.email()),
        ('birthdate','dob',lambda g:g.person.birthdate()),
        ('telephone','phone',lambda g:g.person.phone_number()),
        ('nationality','country',lambda g:g.person.nationality()),
        ('blood_type','medical',lambda g:g.person.blood_type()),
        ('occupation',None,lambda g:g.person.occupation()),
        ('height',None,lambda g:g.person.height()),
        ('timestamp',None,lambda g:g.datetime.timestamp())
    ],
    'people': [
        ('title',None,lambda g:g.person.title()),
        ('name','given_name',lambda g:g.person.first_name()),
        ('surname','surname',lambda g:g.person.last_name()),
        ('gender','gender',lambda g:g.person.gender()),
        ('address','address',lambda g:g.address.address()),
        ('city','city',lambda g:g.address.city()),
        ('region','state',lambda g:g.address.region()),
        ('postal_code','zip',lambda g:g.address.postal_code()),
        ('country','country',lambda g:g.address.country()),
        ('calling_code',None,lambda g:g.address.calling_code()),
        ('phone_number','phone',lambda g:g.person.phone_number()),
        ('university',None,lambda g:g.person.university()),
        ('language',None,lambda g:g.person.language())
    ],
    'cards': [
        ('first_name','given_name',lambda g:g.person.first_name()),
        ('last_name','surname',lambda g:g.person.last_name()),
        ('credit_card_number','payment_card',lambda g:g.payment.credit_card_number()),
        ('credit_card_expiration_date','card_expiry',lambda g:g.payment.credit_card_expiration_date()),
        ('cvv','card_cvv',lambda g:g.payment.cvv()),
        ('credit_card_network',None,lambda g:g.payment.credit_card_network()),
        ('bitcoin_address','crypto_address',lambda g:g.payment.bitcoin_address()),
        ('ethereum_address','crypto_address',lambda g:g.payment.ethereum_address()),
        ('company',None,lambda g:g.finance.company()),
        ('price',None,lambda g:g.finance.price())
    ],
    'devices': [
        ('imei','imei',lambda g:g.code.imei()),
        ('issn',None,lambda g:g.code.issn()),
        ('isbn',None,lambda g:g.code.isbn()),
        ('ean',None,lambda g:g.code.ean()),
        ('pin','account_pin',lambda g:g.code.pin()),
        ('ip_v4','ip',lambda g:g.internet.ip_v4()),
        ('ip_v6','ip',lambda g:g.internet.ip_v6()),
        ('mac_address','mac',lambda g:g.internet.mac_address()),
        ('user_agent',None,lambda g:g.internet.user_agent()),
        ('port',None,lambda g:g.internet.port()),
        ('uri',None,lambda g:g.internet.uri()),
        ('latitude','geolocation',lambda g:g.address.latitude()),
        ('longitude','geolocation',lambda g:g.address.longitude()),
        ('full_name','name',lambda g:g.person.full_name())
    ],
    'words': [
        ('dish',None,lambda g:g.food.dish()),
        ('fruit',None,lambda g:g.food.fruit()),
        ('drink',None,lambda g:g.food.drink()),
        ('quote',None,lambda g:g.text.quote()),
        ('color',None,lambda g:g.text.color()),
        ('os',None,lambda g:g.development.os()),
        ('programming_language',None,lambda g:g.development.programming_language()),
        ('version',None,lambda g:g.development.version()),
        ('dna_sequence','genetic',lambda g:g.science.dna_sequence()),
        ('file_name',None,lambda g:g.file.file_name()),
        ('mime_type',None,lambda g:g.file.mime_type()),
        ('car',None,lambda g:g.transport.car()),
        ('airplane',None,lambda g:g.transport.airplane()),
        ('token_hex',None,lambda g:g.cryptographic.token_hex()),
        ('uuid',None,lambda g:g.cryptographic.uuid()),
        ('duration',None,lambda g:g.datetime.duration()),
        ('date',None,lambda g:g.datetime.date()),
        ('time',None,lambda g:g.datetime.time()),
        ('street_name','address',lambda g:g.address.street_name())
    ],
}

VAGUE = ["id", "value", "code", "field_7", "col3", "data", "key", "number", "ref", "attr"]
OTHER_THINGS = ["tracking_number", "order_id", "batch_no", "item", "serial_number"]
FOREIGN_HEADERS = {
    'given_name': ['gvn_nm', 'vorname', 'prenom', 'fst_name', 'nombre', 'firstname_txt'],
    'surname': ['sur_nm', 'nachname', 'nom_famille', 'lst_name', 'apellidos', 'fam_name'],
    'name': ['nm_full', 'full_nm', 'name_vollstaendig', 'nombre_completo', 'cust_nm'],
    'address': ['addr_ln', 'strasse_hnr', 'adresse1', 'domicilio', 'str_addr'],
    'city': ['cty_nm', 'ort', 'localite', 'ciudad', 'city_nm'],
    'zip': ['zip_cd', 'plz', 'code_postal', 'cp', 'pstl_cd'],
    'state': ['st_cd', 'bundesland', 'prov', 'estado', 'region_nm'],
    'country': ['ctry', 'land', 'pays', 'pais', 'cntry_cd'],
    'email': ['eml', 'email_adresse', 'courriel', 'correo', 'e_mail_addr'],
    'phone': ['ph_no', 'telefon', 'tel', 'telefono', 'mob_nbr', 'phn'],
    'dob': ['dt_birth', 'geb_dat', 'date_naiss', 'fec_nac', 'brth_dte'],
    'gender': ['sx', 'geschlecht', 'sexe', 'sexo', 'gndr'],
    'username': ['usr_nm', 'benutzername', 'identifiant', 'usuario', 'login_nm'],
    'password': ['pwd', 'kennwort', 'mot_de_passe', 'clave', 'passwd'],
    'ip': ['ip_addr', 'ip_adresse', 'adresse_ip', 'src_ip'],
    'payment_card': ['cc_nbr', 'kreditkarte', 'num_carte', 'tarjeta', 'card_no'],
    'iban': ['iban_nr', 'kto_iban']
}

LOCALES = {
    "read": ("de fr en-gb pt-br en ru fi", "DE FR EN_GB PT_BR EN_US JA EN_IN RU"),
    "score": ("it es-mx en-au nl pl sv tr cs hu es", "IT ES_MX EN_AU NL PL SV ES TR EN_CA KO CS_CZ"),
}


def fake_names(half):
    from presidio_evaluator.data_generator import raw_data_dir

    with open(raw_data_dir / "FakeNameGenerator.com_3000.csv", encoding="utf-8-sig") as file:
        people = list(csv.DictReader(file))
    by_country = defaultdict(list)
    for person in people:
        by_country[person["CountryFull"]].append(person)
    countries = sorted(by_country)[0 if half == "read" else 1::2]
    tables = [(country, by_country[country]) for country in countries]
    tables.append(("all", [person for country in countries for person in by_country[country]]))
    for country, rows in tables:
        labels = dict(FAKE_NAMES)
        numbers = [row["NationalID"] for row in rows if row["NationalID"]]
        if 2 * sum("E+" in number for number in numbers) > len(numbers):
            labels["NationalID"] = None
        cells = [[" ".join(row[field].split()) for field in labels] for row in rows]
        yield "FakeNameGenerator/" + country.split(" (")[0] + ("-2" if "(" in country else ""), list(labels), list(labels.values()), cells


def mimesis(locales):
    from mimesis import Generic
    from mimesis.locales import Locale

    for locale in locales.split():
        generator = Generic(Locale(locale), seed=7)
        for at, (theme, fields) in enumerate(MIMESIS.items()):
            rows = [[" ".join(str(field[2](generator)).split()) for field in fields] for _ in range([100, 250, 60][at % 3])]
            yield f"mimesis/{locale}/{theme}", [field[0] for field in fields], [field[1] for field in fields], rows


def faker_js(folder, locales):
    script = Path(__file__).with_name("columns.mjs")
    lines = subprocess.run(["node", script, folder, *locales.split()], capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        table = json.loads(line)
        yield table["table"], table["headers"], table["labels"], table["rows"]


def headers_of(naming, headers, labels, chance):
    for header, label in zip(headers, labels):
        if naming == "lying":
            yield chance.choice(VAGUE) if label or chance.random() < 0.5 else chance.choice(OTHER_THINGS)
        elif naming == "foreign":
            yield chance.choice(FOREIGN_HEADERS.get(label) or [header])
        else:
            yield header


def make(folder, half):
    tables = [*fake_names(half), *mimesis(LOCALES[half][0]), *faker_js(folder.absolute(), LOCALES[half][1])]
    labels = {}
    chance = random.Random(5)
    for naming in ("as called", "foreign", "removed", "lying"):
        for at, (table, headers, elements, rows) in enumerate(tables):
            path = folder / "tables" / naming.replace(" ", "-") / f"{at:03}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="") as file:
                writer = csv.writer(file)
                if naming != "removed":
                    writer.writerow(headers_of(naming, headers, elements, chance))
                writer.writerows(rows)
            held = [any(row[column].strip() for row in rows) for column in range(len(headers))]
            labels[str(path.relative_to(folder))] = [element if full else None for element, full in zip(elements, held)]
    (folder / "labels.json").write_text(json.dumps(labels))


def score(folder, naming):
    labels = json.loads((folder / "labels.json").read_text())
    held, right, wrong, likely, unlikely, sure = Counter(), Counter(), Counter(), Counter(), Counter(), []
    files = json.loads((folder / f"{naming}.json").read_text())["files"]
    for file in files:
        truth = labels["tables/" + naming + "/" + Path(file["path"]).name]
        columns = file["tables"][0]["columns"] if file["tables"] else []
        for at, element in enumerate(truth):
            column = columns[at] if at < len(columns) else {"element": None, "state": "discarded", "probability": 0.0}
            reported = column["element"] if column["state"] == "report" else None
            looked_at = column["element"] if column["state"] != "discarded" else None
            sure.append((column["probability"], column["element"] == element))
            held[element] += 1
            right[element] += reported == element
            likely[element] += looked_at == element
            wrong[reported] += reported != element
            unlikely[looked_at] += looked_at != element
    elements = sorted(element for element in held if element)
    f1 = [2 * likely[e] / (held[e] + likely[e] + unlikely[e]) for e in elements]
    hits, false = sum(right[e] for e in elements), sum(n for e, n in wrong.items() if e)
    labelled = sum(held[e] for e in elements)
    bins = defaultdict(lambda: [0.0, 0])
    for probability, is_right in sure:
        bins[min(int(probability * 10), 9)][0] += probability - is_right
    error = sum(abs(gap[0]) for gap in bins.values()) / len(sure)
    low, high = wilson(hits, hits + false)
    print(f"{naming}: {len(sure)} columns, {labelled} labelled; macro-F1 {sum(f1) / len(f1):.3f}; precision at report "
          f"{hits / max(1, hits + false):.4f} ({low:.4f}-{high:.4f}), recall {hits / labelled:.4f}, with review "
          f"{sum(likely[e] for e in elements) / labelled:.4f}; calibration error {error:.3f}")
    for e in elements:
        least, most = wilson(right[e], held[e])
        precision = right[e] / (right[e] + wrong[e]) if right[e] + wrong[e] else 0.0
        print(f"{e}|{held[e]}|{right[e] / held[e]:.3f} ({least:.3f}-{most:.3f})|{precision:.3f}|{likely[e] / held[e]:.3f}")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), sys.argv[3])
    else:
        score(Path(sys.argv[2]), sys.argv[3])
