#!/usr/bin/env python3
"""Makes the exports of a made-up authority, Elmsworth Borough Council.

    python3 samples/generate.py [FOLDER]

It decides the events of thirteen months (who goes missing when, who is supervised when, who holds
which case, who is seen, reviewed, assessed and placed when) such that a report computed from them by
the written definitions has the published values. It shares nothing with the programs that compute the report and knows nothing
of how they count. The same bytes on every run. Needs python3-xlwt and python3-xlsxwriter.
"""
import pathlib
import sys

from generator.care import Care
from generator.cohorts import Cohorts
from generator.conferences import Conferences
from generator.exports import Exports
from generator.fostering import Fostering
from generator.front_door import FrontDoor
from generator.leaving import Leaving
from generator.lists import Lists
from generator.missing import Missing
from generator.months import Chance, MONTH_ENDS
from generator.reviews import Reviews
from generator.supervision import Supervision
from generator.visits import Visits
from generator.workforce import Workforce

SEED = 2019


def decide(cohorts, missing, workforce):
    """What else happens to the children, each part by a chance of its own: a change in one leaves the
    others as they are."""
    def chance(name):
        return Chance(f"{SEED} {name}")

    disabilities = {n for n, service in workforce.service_of.items() if service == "cwd"}
    parts = {"cohorts": cohorts, "missing": missing,
             "front door": FrontDoor(chance("front door"), cohorts),
             "visits": Visits(chance("visits"), cohorts),
             "reviews": Reviews(chance("reviews"), cohorts, disabilities),
             "care": Care(chance("care"), cohorts),
             "fostering": Fostering(chance("fostering")),
             "leaving": Leaving(chance("leaving"), cohorts)}
    parts["conferences"] = Conferences(chance("conferences"), cohorts, parts["reviews"].reviews)
    return parts


def main():
    here = pathlib.Path(__file__).resolve().parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
    chance = Chance(SEED)
    cohorts = Cohorts(chance)
    missing = Missing(chance, cohorts)

    def open_on(name, month):
        return [s.child.number for s in cohorts.open_on(name, MONTH_ENDS[month])]

    groups = {"QA 6": ["protection"], "QA 7": ["looked after", "in need"],
              "QA 8": ["assessment", "care leaver"]}

    def members(code, month):
        return [child for name in groups[code] for child in open_on(name, month)]

    supervision = Supervision(chance, members)
    workforce = Workforce(chance, cohorts)
    parts = decide(cohorts, missing, workforce)
    exports = Exports(chance, cohorts, missing, supervision, workforce, parts)
    expected = exports.write(folder / "exports", folder / "exports-2019-07-09")
    expected += [line for table in Lists(parts).write(folder / "exports")
                 for line in table.expectations()]
    with open(folder / "dirty-rows.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("file\tsheet\trow\tcolumn\toutcome\tcode\n")
        for line in sorted(expected):
            out.write("\t".join(str(field) for field in line) + "\n")


if __name__ == "__main__":
    main()
