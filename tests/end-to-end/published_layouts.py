#!/usr/bin/python3
"""The layouts against what their owners publish: published_layouts.py ETL/LAYOUTS PUBLISHED

Every column that a layout reads must be one of the published headers; and no value of a table of
spellings may gather spellings that were published for two codes. Prints what is not so, and how many of
the published spellings the tables know; exit status 1 when anything is wrong.
"""
import csv
import pathlib
import re
import sys
import unicodedata

# Tables of spellings, and the published columns they are for.
COLUMNS = {
    "gender": ["Gender"], "ethnicity": ["Ethnicity"], "disabled": ["Does the Child have a Disability"],
    "no further action": ["Referral NFA?"], "source of referral": ["Contact Source", "Referral Source"],
    "category of abuse": ["Latest Category of Abuse"], "category of need": ["Child's Category of Need"],
    "legal status": ["Child's Legal Status"], "placement kind": ["Placement Type"],
    "placement provider": ["Placement Provider"], "placement location": ["Placement Location"],
    "eligibility": ["Eligibility Category"],
    "return interview": [
        "Was the child offered a Return Interview after their last missing episode (Y/N)?",
        "Did the child accept a Return Interview after their last missing episode (Y/N)?"]}
# Where the code at the head of a spelling is the department's, and the words behind it, or the code that
# it was published with, are an authority's slip: "R5 - Independent living", 1B as housing.
SLIPS = {
    ("ethnicity", "OOTH"), ("source of referral", "individual"),
    ("source of referral", "other legal agency"), ("category of need", "N0"), ("legal status", "J1"),
    ("legal status", "J2"), ("placement kind", "placed for adoption"),
    ("placement kind", "supported living"), ("placement kind", "custody"),
    ("placement provider", "PR0"), ("source of referral", "unknown"),
}


def folded(text):
    text = unicodedata.normalize("NFKC", str(text)).casefold().replace("\u2019", "'")
    return " ".join(text.split())


def as_header(text):
    return re.sub(r"[^a-z0-9]", "", folded(text))


def read_ini(path):
    """Sections as lists of (key, value); keys may come twice."""
    sections, section = [], None
    for line in open(path, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            section = (line.strip()[1:-1], [])
            sections.append(section)
        elif line[0].isspace():
            key, value = section[1][-1]
            section[1][-1] = (key, (value + " " + line.strip()).strip())
        else:
            key, value = line.split("=", 1)
            section[1].append((key.strip(), value.strip()))
    return sections


def columns_of(sections):
    for name, lines in sections:
        for key, value in lines:
            if name.startswith("source") and key.startswith("column "):
                yield name, [alias.strip() for alias in value.split("|")]
            if name.startswith("source") and key.startswith("lookup "):
                yield name, [value.split(" of ")[0]]
            if name.startswith("lookup") and key == "key":
                yield name, [alias.strip() for alias in value.split("|")]


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def check_headers(layouts, published):
    ours = {"ssd": {as_header(r["field"]) for r in rows_of(published / "ssd_columns.tsv")},
            "ssda903": {as_header(r["field"]) for r in rows_of(published / "census_columns.tsv")
                        if r["return"] == "SSDA903"},
            "annex-a": set()}
    for row in rows_of(published / "annex_a_columns.tsv"):
        for column in ("official_header_2019", "canonical_header"):
            ours["annex-a"].update(as_header(h) for h in row[column].split(";"))
    wrong = 0
    for layout, headers in ours.items():
        for name, aliases in columns_of(read_ini(layouts / f"{layout}.ini")):
            if not any(as_header(alias) in headers for alias in aliases):
                wrong += 1
                print(f"{layout}: [{name}]: none of {aliases} is published")
    return wrong


def value_of(spellings, text):
    """As the pipeline does: the whole text, or the longest beginning, with and without its mark."""
    for word in (folded(text), re.sub(r"^[a-z]{1,2}\) ", "", folded(text))):
        if word in spellings["whole"]:
            return spellings["whole"][word]
        begun = [b for b in spellings["begins"] if word.startswith(b)
                 and (len(word) == len(b) or not (word[len(b)].isalnum() or ord(word[len(b)]) > 127))]
        if begun:
            return spellings["begins"][max(begun, key=len)]
    return None


def check_spellings(layouts, published):
    tables = {}
    for name, lines in read_ini(layouts / "codes.ini"):
        spellings = tables.setdefault(name.removeprefix("values "), {"whole": {}, "begins": {}})
        for value, texts in lines:
            for text in (folded(t) for t in texts.split("|")):
                if text.endswith("..."):
                    spellings["begins"][text[:-3]] = value
                else:
                    spellings["whole"][text] = value
    wrong = known = total = 0
    for name, columns in COLUMNS.items():
        codes = {}
        for row in rows_of(published / "annex_a_synonyms.tsv"):
            if row["kind"] != "name" or row["column"] not in columns or " | " in row["codes"]:
                continue
            total += 1
            value = value_of(tables[name], row["text"])
            known += value is not None
            # Only the official code's own wording says which code a value is.
            if value is not None:
                codes.setdefault(value, {}).setdefault(row["codes"].casefold(), []).append(row["text"])
        for value, theirs in codes.items():
            if len(theirs) > 1 and (name, value) not in SLIPS:
                wrong += 1
                print(f"values {name}: '{value}' has spellings of "
                      + "; ".join(f"{code} ({', '.join(texts[:3])})" for code, texts in theirs.items()))
    print(f"{known} of {total} published spellings are known")
    return wrong


def main(layouts, published):
    layouts, published = pathlib.Path(layouts), pathlib.Path(published)
    return 1 if check_headers(layouts, published) + check_spellings(layouts, published) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
