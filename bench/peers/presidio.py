"""Presidio as a peer on text: makes the text, runs Presidio, scores both. Called by presidio.sh.

The sentences are presidio-evaluator's own templates, filled in by its own generator; the values are its FakeNameGenerator
records and faker's. Nothing of it lies in this repository. Templates are split by their line: of one half the misses were read while
detection was mended, the other is only scored.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from interval import wilson

NAMES = {"person", "name", "name_male", "name_female"}
ONE_WORD = {
    "first_name", "first_name_male", "first_name_female", "first_name_nonbinary",
    "last_name", "last_name_male", "last_name_female",
}
STREETS = {"building_number", "street_name", "secondary_address"}
PLACES = STREETS | {"address", "city", "country", "state", "state_abbr", "postcode", "zipcode"}
OTHERS = {
    "credit_card_number": "payment_card", "credit_card": "payment_card", "phone_number": "phone", "email": "email", "iban": "iban",
    "ssn": "ssn", "ip_address": "ip", "us_driver_license": "driver_license", "date_of_birth": "dob", "birthday": "dob",
}
PRESIDIO = {
    "CREDIT_CARD": "payment_card", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "US_SSN": "ssn",
    "IP_ADDRESS": "ip", "US_DRIVER_LICENSE": "driver_license", "PERSON": "name", "US_BANK_NUMBER": "bank_account",
    "US_PASSPORT": "passport", "US_ITIN": "itin", "CRYPTO": "crypto_address", "DATE_TIME": None, "URL": None, "NRP": None,
    "LOCATION": "address", "MAC_ADDRESS": "mac", "ABA_ROUTING_NUMBER": "bank_routing", "UK_NHS": "medical",
    "MEDICAL_LICENSE": "dea", "US_NPI": "npi", "US_MBI": "mbi",
}
# What a finding may overlap without being false: parts of a name or an address are names and addresses.
KINDS = {"name": {"name", "name, one word"}, "address": {"address", "street without number", "place"}}


def spans_of(result):
    """Elements of one sentence, adjoining parts of an address as one."""
    out = []
    for span in sorted(result.spans, key=lambda span: span.start_position):
        field, start, end = span.entity_type, span.start_position, span.end_position
        if start == end:
            continue
        if field in STREETS and out and out[-1][0] in STREETS | {"street"} and not result.full_text[out[-1][2]:start].strip():
            out[-1] = ("street" if "building_number" in (field, out[-1][0]) or out[-1][0] == "street" else field, out[-1][1], end)
        else:
            out.append((field, start, end))
    for field, start, end in out:
        if field in NAMES:
            yield ("name" if " " in result.full_text[start:end] else "name, one word"), start, end
        elif field in ONE_WORD:
            yield "name, one word", start, end
        elif field in ("address", "street"):
            numbered = any(sign.isdigit() for sign in result.full_text[start:end])
            yield ("address" if numbered else "street without number"), start, end
        elif field in STREETS:
            yield "street without number", start, end
        elif field in PLACES:
            yield "place", start, end
        elif field in OTHERS:
            yield OTHERS[field], start, end


def make(folder, half, count, seed):
    from presidio_evaluator.data_generator import PresidioSentenceFaker
    from presidio_evaluator.data_generator import presidio_sentence_faker as source

    lines = [line.strip().replace("\\n", "\n") for line in source.presidio_templates_file_path.read_text(errors="replace").splitlines()]
    lines = [line for at, line in enumerate(lines) if at % 2 == (0 if half == "read" else 1)]
    # Each field is kept apart: the generator's own kinds make of a name and of its first word the same.
    fields = {field: field for field in NAMES | ONE_WORD | PLACES | set(OTHERS)}
    faker = PresidioSentenceFaker(
        locale="en_US", lower_case_ratio=0.05, sentence_templates=lines, entity_type_mapping=fields, random_seed=seed
    )
    at, pieces, truth, samples = 0, [], [], []
    for result in faker.generate_new_fake_sentences(count):
        text = result.full_text + "\n\n"
        for element, start, end in spans_of(result):
            before = len(text[:start].encode())
            truth.append([element, at + before, at + before + len(text[start:end].encode())])
        samples.append([at, result.full_text])
        pieces.append(text)
        at += len(text.encode())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "text.txt").write_text("".join(pieces))
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "samples.json").write_text(json.dumps(samples))


def presidio(folder):
    """Pattern recognisers with a blank pipeline: no spaCy model can be had from the registry that packages come from.

    Words stand for their lemmas, so that Presidio's words of context are found as they are written.
    """
    import spacy
    from spacy.language import Language
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

    @Language.component("words_as_lemmas")
    def words_as_lemmas(doc):
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}
            self.nlp["en"].add_pipe("words_as_lemmas")

        def load(self):
            pass

    engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    samples = json.loads((folder / "samples.json").read_text())
    found, begun = [], time.perf_counter()
    for at, text in samples:
        for hit in engine.analyze(text, language="en"):
            element = PRESIDIO.get(hit.entity_type, hit.entity_type.lower())
            if element:
                start = at + len(text[: hit.start].encode())
                found.append([element, start, start + len(text[hit.start:hit.end].encode()), hit.score])
    seconds = time.perf_counter() - begun
    size = (folder / "text.txt").stat().st_size
    (folder / "presidio.json").write_text(json.dumps({"found": found, "seconds": seconds}))
    print(f"presidio: {size / 1e6 / seconds:.4f} MB/s, {size} bytes in {seconds:.1f} s")


def overlaps(spans, start, end):
    return [span for span in spans.get(start // 4096, ()) if span[1] < end and start < span[2]]


def by_place(spans):
    out = defaultdict(list)
    for span in spans:
        for block in range(span[1] // 4096 - 1, span[2] // 4096 + 2):
            out[block].append(span)
    return out


def score(name, truth, found, misses=False):
    places, hits = by_place(truth), by_place(found)
    held, right, wrong = Counter(), Counter(), Counter()
    for span in truth:
        held[span[0]] += 1
        ok = any(span[0] in KINDS.get(hit[0], {hit[0]}) for hit in overlaps(hits, span[1], span[2]))
        right[span[0]] += ok
        if misses and not ok:
            yield "missed", span
    reported = Counter()
    for hit in found:
        reported[hit[0]] += 1
        if not any(span[0] in KINDS.get(hit[0], {hit[0]}) for span in overlaps(places, hit[1], hit[2])):
            wrong[hit[0]] += 1
            if misses:
                yield "false", hit
    print(f"{name}\nelement|values|recall|precision|F1")
    for element in sorted(set(held) - {"place"} | set(reported)):
        n, all_found = held[element], reported[element]
        low, high = wilson(right[element], n)
        recall = right[element] / n if n else 0.0
        precision = 1 - wrong[element] / all_found if all_found else 0.0
        least, most = wilson(all_found - wrong[element], all_found)
        f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
        said = f"{precision:.3f} ({least:.3f}-{most:.3f}) of {all_found}" if all_found else "-"
        print(f"{element}|{n}|{recall:.3f} ({low:.3f}-{high:.3f})|{said}|{f1:.3f}" if n else f"{element}|0|-|{said}|-")


def main(command, folder, *rest):
    folder = Path(folder)
    if command == "make":
        make(folder, rest[0], int(rest[1]), int(rest[2]))
    elif command == "presidio":
        presidio(folder)
    elif command == "speed":
        size, seconds = (folder / "many.txt").stat().st_size, float(rest[0])
        theirs = json.loads((folder / "presidio.json").read_text())["seconds"] / (folder / "text.txt").stat().st_size
        print(f"leakassay: {size / 1e6 / seconds:.1f} MB/s, {size} bytes in {seconds:.2f} s; {theirs * size / seconds:.0f} times as fast")
    elif command == "score":
        truth = json.loads((folder / "truth.json").read_text())
        ours = [json.loads(line) for line in (folder / "ours.jsonl").read_text().splitlines()]
        for states, title in ((["report"], "leakassay, reported"), (["report", "review"], "leakassay, reported or for review")):
            found = [[hit["element"], hit["start"], hit["end"]] for hit in ours if hit["state"].lower() in states]
            list(score(title, truth, found))
        if (folder / "presidio.json").exists():
            for least in (0.0, 0.5):
                found = json.loads((folder / "presidio.json").read_text())["found"]
                list(score(f"presidio, score from {least}", truth, [hit[:3] for hit in found if hit[3] >= least]))
    elif command == "misses":
        text = (folder / "text.txt").read_bytes()
        truth = json.loads((folder / "truth.json").read_text())
        ours = [json.loads(line) for line in (folder / "ours.jsonl").read_text().splitlines()]
        found = [[hit["element"], hit["start"], hit["end"]] for hit in ours if hit["state"].lower() == "report"]
        for what, (element, start, end, *_) in score("reported", truth, found, misses=True):
            if not rest or element in rest:
                around = text[max(0, start - 60):end + 40].decode(errors="replace")
                print(what, element, repr(text[start:end].decode(errors="replace")), "in", repr(around))


if __name__ == "__main__":
    main(*sys.argv[1:])
