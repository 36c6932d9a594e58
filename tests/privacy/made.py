#!/usr/bin/python3
"""Made-up measure streams, published and attacked: made.py PUBLISH HOW-MANY SCRATCH

Each is of one month: counts and percentages with pools (also pools of pools, and parts of two), broken
down by service, by team, which is a part of one, and by area. Numbers are small on purpose. The seed is
fixed; a stream that gives a number away is left in SCRATCH.
"""
import os
import random
import subprocess
import sys

import attack

SERVICES = {"S1": ["T1", "T2", "T3"], "S2": ["T4"], "S3": ["T5", "T6"]}
AREAS = ["A1", "A2", "A3", "A4"]
MONTH = "2019-07"


def leaf(rng, percent):
    """Counts by (team, area): n and d. Many are few people here and many there."""
    least, most = rng.choice([(0, 1), (0, 2), (0, 4), (0, 9), (0, 30), (6, 90), (40, 90)])
    filled = rng.choice([0.05, 0.6, 1])
    cells = {}
    for teams in SERVICES.values():
        for team in teams:
            for area in AREAS:
                if rng.random() < filled:
                    d = rng.randint(least, most)
                    met = rng.choice([0, d, rng.randint(0, d), d // 2])
                    if d:
                        cells[team, area] = (met if percent else d, d)
    return cells


def together(parts):
    cells = {}
    for part in parts:
        for where, (n, d) in part.items():
            before = cells.get(where, (0, 0))
            cells[where] = (before[0] + n, before[1] + d)
    return cells


def by(cells, name):
    service = {team: s for s, teams in SERVICES.items() for team in teams}
    member = {"": lambda t, a: "", "team": lambda t, a: t, "service": lambda t, a: service[t], "area": lambda t, a: a}
    sums = {} if name else {"": (0, 0)}
    for (team, area), (n, d) in cells.items():
        key = member[name](team, area)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + n, before[1] + d)
    return sums


def make(rng):
    percent = rng.random() < 0.5
    pools = rng.choice([{}, {"P": "QR"}, {"P": "QRS"}, {"P": "QR", "O": "PS"}, {"P": "QR", "O": "RS"},
                        {"P": "QR", "O": "QRS"}, {"P": "QRSU"}])
    leaves = {code: leaf(rng, percent) for code in "QRSU"}
    cells = dict(leaves)
    for code, parts in pools.items():
        cells[code] = together(cells[part] for part in parts)
    dimensions = {code: rng.sample(["team", "service", "area"], rng.randint(0, 3)) for code in cells}
    if rng.random() < 0.5:
        dimensions = dict.fromkeys(cells, ["team", "service", "area"])
    overlap = "team, service"
    lines = ["#monthend\t1", "#table\treport",
             "#columns\tauthority:text\tmonth:month\tas_at:date\tmonths:number",
             "X\t%s\t2019-08-13\t1" % MONTH, "#rows\t1", "#table\tindicator",
             "#columns\tcode:id\tunit:category\tpool:text\toverlapping:text"]
    lines += ["%s\t%s\t%s\t%s" % (code, "percent" if percent else "number", ", ".join(pools.get(code, "")), overlap)
              for code in cells]
    lines += ["#rows\t%d" % len(cells), "#table\tmeasure",
              "#columns\tcode:id\tmonth:month\tdimension:text\tmember:text\tnumerator:number\tdenominator:number\tstate:category"]
    rows = []
    for code in cells:
        for name in ["", *dimensions[code]]:
            for member, (n, d) in by(cells[code], name).items():
                state = "none" if percent and d == 0 else "value"
                rows.append("\t".join([code, MONTH, name, member, str(n), str(d) if percent else "", state]))
    rng.shuffle(rows)
    return "\n".join([*lines, *rows, "#rows\t%d" % len(rows), "#end", ""])


def main(publish, count, scratch):
    truth, public, teams = (os.path.join(scratch, name) for name in ("truth", "public", "teams"))
    with open(teams, "w", encoding="utf-8") as out:
        rows = ["%s\t%s" % (team, service) for service, names in SERVICES.items() for team in names]
        out.write("\n".join(["#table\tteam", "#columns\tname:text\tservice:text", *rows, ""]))
    unseen = small = cells = 0
    for seed in range(count):
        with open(truth, "w", encoding="utf-8") as out:
            out.write(make(random.Random(seed)))
        with open(public, "w", encoding="utf-8") as out:
            subprocess.run([publish, "--quiet", truth], stdout=out, check=True)
        tried = attack.Attack(attack.tables(public), attack.tables(truth), attack.tables(teams), False)
        tried.narrow()
        hits = tried.found()
        if hits:
            print("seed %d: %s" % (seed, hits[0]))
            return 1
        cells += len(tried.truth)
        unseen += sum(not tried.public.get(cell, (None,))[0] for cell in tried.truth)
        small += sum(any(attack.is_small(n) for n in numbers.values()) for numbers in tried.truth.values())
    print("%d cells, %d%% small, %d%% not shown" % (cells, 100 * small / cells, 100 * unseen / cells))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
