#!/usr/bin/env python3
"""Moves each threshold of the definitions by one, and sees that the sample authority notices.

    edges.py RECORDS FOLDER

A threshold that could be off by one without a figure moving would be a rule that nothing tests. Each
number of days, months or years, each age and each <= of the definitions is changed on its own; a change
that moves no measure of any month is printed. Those that cannot show are listed below with the reason.
"""
import pathlib
import re
import subprocess
import sys

RECORDS, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
THRESHOLDS = [
    (r"within (\d+) (hours|days|working days|weeks|months)", lambda n: (n - 1, n + 1)),
    (r"open for at least (\d+) (months|weeks)", lambda n: (n - 1, n + 1)),
    (r"(?<![a-z_])age [<>]=? (\d+)", lambda n: (n - 1, n + 1)),
    (r"at least (\d+) [a-z_]+ \(", lambda n: (n - 1, n + 1)),
    (r"previous_plans >= (\d+)", lambda n: (n + 1,)),
    (r"birthday_age [<>]= (\d+)", lambda n: (n - 1, n + 1)),
]
OPERATORS = [(r"held (<=) due", "<"), (r"held (>) due", ">="), (r"received (<) this", "<=")]
KEYS = ("where", "met", "member")
# What no sample can show.
UNSEEN = {
    ("LAC 13", "age <= 17", 18): "nobody is looked after at 18",
    ("LAC 11", "within 12 months", 11): "whoever has a review has one every six months",
    ("LAC 11", "within 12 months", 13): "likewise",
    ("dimension age band", "age < 1", 0): "nobody so young goes missing",
    ("dimension age band", "age < 1", 2): "likewise",
    ("dimension age band", "age <= 4", 3): "likewise",
    ("dimension age band", "age <= 4", 5): "likewise",
    ("dimension age band", "age >= 16", 15): "whoever is 15 is in the band before",
}


def measures(config):
    out = subprocess.run(["monthend", "transform", "--config", config, RECORDS], check=True,
                         stdout=subprocess.PIPE).stdout
    start = out.index(b"#table\tmeasure")
    return out[start:out.index(b"#table", start + 1)]


def rules(text):
    """The lines of tests, each with its section: where it begins and ends in the text."""
    section = key = ""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            section = line.strip()[1:-1]
        elif "=" in line and line[0] not in "# \t":
            key = line.split("=")[0].split()[0]
        if key in KEYS and not line.startswith("#"):
            yield section, at, at + len(line)
        at += len(line)


def changes(text):
    """Each changed text, with the section, what was changed in it, and to what."""
    for section, begin, end in rules(text):
        for pattern, values in THRESHOLDS:
            for match in re.compile(pattern).finditer(text, begin, end):
                for value in values(int(match.group(1))):
                    yield (text[:match.start(1)] + str(value) + text[match.end(1):], section,
                           match.group(0), value)
        for pattern, operator in OPERATORS:
            for match in re.compile(pattern).finditer(text, begin, end):
                yield (text[:match.start(1)] + operator + text[match.end(1):], section,
                       match.group(0), operator)


def main():
    root = pathlib.Path.cwd()
    whole = re.sub(r"(?m)(= +|^ +)(transforms|etl|samples)/", rf"\1{root}/\2/",
                   pathlib.Path("pipeline.conf").read_text(encoding="utf-8"))
    config = WORK / "pipeline.conf"
    config.write_text(whole, encoding="utf-8")
    before = measures(config)
    unseen = tried = 0
    for file in sorted(pathlib.Path("transforms").glob("*.ini")):
        text = file.read_text(encoding="utf-8")
        other = WORK / file.name
        config.write_text(whole.replace(f"{root}/transforms/{file.name}", str(other.resolve())),
                          encoding="utf-8")
        for changed, section, what, to in changes(text):
            other.write_text(changed, encoding="utf-8")
            tried += 1
            if measures(config) == before and (section, what, to) not in UNSEEN:
                print(f"{file}: {section}: '{what}' made {to}: no figure moves")
                unseen += 1
    if tried < 60:
        print(f"only {tried} thresholds were found")
        unseen += 1
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
