#!/usr/bin/env python3
"""Runs the examples of indicators(5): each has definitions, rows, and what they give for July 2019.

    examples.py FOLDER

The page is read as it stands. The programs are found by PATH; FOLDER is for what is made.
"""
import pathlib
import re
import subprocess
import sys

WORK = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path.cwd()
PAGE = ROOT / "etl/man/indicators.5"


def field_types():
    """Of every dataset, its fields and their types."""
    types, dataset = {}, None
    for line in open(ROOT / "etl/datasets.ini", encoding="utf-8"):
        if line.startswith("[dataset "):
            dataset = types.setdefault(line[9:].strip().rstrip("]"), {})
        elif line.startswith("field ") and dataset is not None:
            name, kind = line[6:].split("=", 1)
            dataset[name.strip()] = kind.strip().split(":")[0]
    return types


def blocks():
    """The literal blocks of the examples, as lists of paragraphs."""
    text = PAGE.read_text(encoding="utf-8").split(".Sh EXAMPLES")[1]
    for block in re.findall(r"(?s)\.Bd -literal.*?\n(.*?)\n\.Ed", text):
        yield [paragraph.split("\n") for paragraph in block.split("\n\n")]


def stream(tables, types):
    out = ["#monthend\t1", "#source\t1\texample\t\tas-at=2019-08-13"]
    row = 0
    for name, header, *rows in tables:
        columns = header.split()
        out += [f"#table\t{name}", "#columns\t" + "\t".join(f"{c}:{types[name][c]}" for c in columns)
                + "\t@:at"]
        for line in rows:
            row += 1
            fields = ["" if f == "-" else f for f in line.split()]
            out.append("\t".join(fields) + f"\t1:{row}")
        out.append(f"#rows\t{len(rows)}")
    return "\n".join(out + ["#end", ""])


def transform(definitions, records):
    """What is measured of July 2019, as the page writes it, by code, dimension and member."""
    (WORK / "d.ini").write_text(definitions, encoding="utf-8")
    (WORK / "pipeline.conf").write_text(
        f"[report]\nmonth = 2019-07\nas at = 2019-08-13\n[data]\ndatasets = {ROOT}/etl/datasets.ini\n"
        f"holidays = {ROOT}/etl/calendar/bank_holidays_england.tsv\ndefinitions = d.ini\n",
        encoding="utf-8")
    (WORK / "records").write_text(records, encoding="utf-8")
    out = subprocess.run(["monthend", "transform", "--config", WORK / "pipeline.conf", WORK / "records"],
                         check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    units, given, shown, table = {}, {}, {}, None
    for line in out.split("\n"):
        fields = line.split("\t")
        if fields[0] == "#table":
            table = fields[1]
        elif line.startswith("#"):
            continue
        elif table == "indicator":
            units[fields[0]] = fields[3]
        elif table == "measure" and fields[1] == "2019-07":
            given[tuple(fields[:1] + fields[2:4])] = fields[4:7]
        elif table == "result" and fields[1] == "2019-07":
            shown[fields[0]] = fields[4]
    return {key: describe(units[key[0]], value, None if key[1] else shown[key[0]])
            for key, value in given.items()}


def describe(unit, measure, shown):
    numerator, denominator, state = measure
    if state in ("blank", "no data", "tbc"):
        return shown or state
    if unit == "number":
        return numerator
    if shown is None:  # a part: the result table has wholes only
        n, d = float(numerator), float(denominator)
        shown = f"{int(n / d * 100 + 0.5)}%" if unit == "percent" else f"{int(n / d * 10 + .5) / 10}"
    return f"{numerator} {'of' if unit == 'percent' else 'over'} {denominator}, {shown}"


def main():
    types = field_types()
    wrong = expectations = 0
    for paragraphs in blocks():
        definitions = "\n\n".join("\n".join(p) for p in paragraphs if p[0].startswith("["))
        tables = [p for p in paragraphs if p[0] in types]
        given = transform(definitions, stream(tables, types))
        codes = [p[0][1:-1] for p in paragraphs if re.match(r"\[[A-Z]", p[0])]
        for line in paragraphs[-1]:
            what, expected = line.split("gives ")
            match = re.match(r"(?:([A-Z]+ \d+) )?(?:by (.*) )?$", what)
            code, part = match.group(1) or codes[-1], match.group(2)
            # A dimension's name and a member's may both have blanks.
            got = next((v for (c, dimension, member), v in given.items() if c == code
                        and (f"{dimension} {member}" == part if part else dimension == "")), None)
            expectations += 1
            if got != expected:
                wrong += 1
                print(f"{PAGE.name}: {code} {what}gives {got}, not {expected}")
    if expectations < 20:
        print(f"only {expectations} examples were found")
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
