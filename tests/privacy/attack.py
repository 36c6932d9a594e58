#!/usr/bin/python3
"""An attacker on the public edition: derives what its hidden numbers can be.

    attack.py PUBLIC TRUTH [RECORDS]      attack.py --naive TRUTH [RECORDS]

Knows the public stream and nothing of how it was made; of TRUTH only which members each dimension has
at all, which of its sums hold, and in the end whether it hit. RECORDS gives the service of each team. With
--naive the public stream is TRUTH with only the small numbers taken out, which must not withstand.

Bounds are narrowed along every sum until nothing moves. A number from 1 to 5 that is left with fewer
than five values is found; so are counts under one total that are then 1 each or 5 each. The last line
is what was found; the exit status is 1 when it is anything.
"""
import math
import sys
from collections import defaultdict

SMALL, VALUES = 5, 5
COUNT, PERCENT = "n", "nrd"


def tables(path):
    rows, name, columns = defaultdict(list), None, []
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if cells[0] == "#table":
                name = cells[1]
            elif cells[0] == "#columns":
                columns = [cell.split(":")[0] for cell in cells[1:]]
            elif not line.startswith("#"):
                rows[name].append(dict(zip(columns, cells)))
    return rows


def numbers(row, percent):
    """n, and of a percentage what is not met and the denominator; None where they are not shown."""
    if row["numerator"] == "" or (percent and row["denominator"] == ""):
        return None
    n = float(row["numerator"])
    return {"n": n, "r": float(row["denominator"]) - n, "d": float(row["denominator"])} if percent else {"n": n}


def is_small(number):
    return 0 < number <= SMALL


class Attack:
    def __init__(self, public, truth, records, naive):
        indicators = {row["code"]: row for row in truth["indicator"]}
        self.percent = {code: row["unit"] == "percent" for code, row in indicators.items()}
        self.pools = {code: row["pool"].split(", ") for code, row in indicators.items() if row["pool"]}
        key = lambda row: (row["code"], row["month"], row["dimension"], row["member"])
        self.truth = {key(row): numbers(row, self.percent[row["code"]]) for row in truth["measure"]}
        self.public = {}
        for row in truth["measure"] if naive else public["measure"]:
            shown = numbers(row, self.percent[row["code"]])
            if naive and shown and any(is_small(number) for number in shown.values()):
                shown = None
            self.public[key(row)] = (shown, row["state"])
        self.service = {row["name"]: row["service"] for row in records["team"]} if records else {}
        self.low, self.high, self.sums = {}, {}, []
        self.list_cells()
        self.list_sums()

    def list_cells(self):
        """A cell that is not shown: at least 1 where it has a row, since 0 is left."""
        names = defaultdict(set)
        for _, _, dimension, member in self.truth:
            names[dimension].add(member)
        members = {(code, dimension): names[dimension] for code, _, dimension, _ in self.truth}
        self.members = members
        published = {(c, m, d) for c, m, d, _ in self.public}
        months = {m for _, m, _, _ in self.truth}
        for (code, dimension), names in members.items():
            for month in months:
                for member in names:
                    cell = (code, month, dimension, member)
                    shown, state = self.public.get(cell, (None, None))
                    if state is None and (code, month, dimension) in published:
                        shown = dict.fromkeys(PERCENT if self.percent[code] else COUNT, 0.0)
                    for q in PERCENT if self.percent[code] else COUNT:
                        least = 1.0 if state in ("suppressed", "value") and (q == "d" or not self.percent[code]) else 0.0
                        self.low[cell + (q,)] = shown[q] if shown else least
                        self.high[cell + (q,)] = shown[q] if shown else math.inf

    def true(self, variable):
        cell = self.truth.get(variable[:4])
        return cell[variable[4]] if cell else 0.0

    def add_sum(self, total, terms):
        terms = [term for term in terms if term in self.low]
        if total in self.low and terms and self.true(total) == sum(map(self.true, terms)):
            self.sums.append((total, terms))

    def list_sums(self):
        months = {m for _, m, _, _ in self.truth}
        for (code, dimension), names in self.members.items():
            for month in months:
                for q in PERCENT if self.percent[code] else COUNT:
                    if dimension:
                        self.add_sum((code, month, "", "", q), [(code, month, dimension, n, q) for n in names])
                    if dimension == "service":
                        for name in names:
                            teams = [t for t in self.members.get((code, "team"), ()) if self.service.get(t) == name]
                            self.add_sum((code, month, "service", name, q), [(code, month, "team", t, q) for t in teams])
                    for name in names if code in self.pools else ():
                        parts = [(part, month, dimension, name, q) for part in self.pools[code]]
                        known = all((part, dimension) in self.members for part in self.pools[code])
                        if known:
                            self.add_sum((code, month, dimension, name, q), parts)
        for cell in {variable[:4] for variable in self.low if self.percent[variable[0]]}:
            self.sums.append((cell + ("d",), [cell + ("n",), cell + ("r",)]))

    def narrow(self):
        """Until no sum moves a bound."""
        of = defaultdict(set)
        for s, (total, terms) in enumerate(self.sums):
            for variable in [total, *terms]:
                of[variable].add(s)
        waiting = set(range(len(self.sums)))
        while waiting:
            s = waiting.pop()
            total, terms = self.sums[s]
            moved = set()
            low, high = sum(self.low[t] for t in terms), sum(self.high[t] for t in terms)
            self.bound(total, low, high, moved)
            infinite = sum(self.high[t] == math.inf for t in terms)
            finite = sum(self.high[t] for t in terms if self.high[t] < math.inf)
            lows = sum(self.low[t] for t in terms)
            for term in terms:
                rest_low = lows - self.low[term]
                others = infinite - (self.high[term] == math.inf)
                rest_high = math.inf if others else finite - (self.high[term] if self.high[term] < math.inf else 0)
                self.bound(term, self.low[total] - rest_high, self.high[total] - rest_low, moved)
            waiting |= {other for variable in moved for other in of[variable]} - {s}
            if moved:
                waiting.add(s)

    def bound(self, variable, low, high, moved):
        if low > self.low[variable] + 1e-6:
            self.low[variable] = low
            moved.add(variable)
        if high < self.high[variable] - 1e-6:
            self.high[variable] = high
            moved.add(variable)

    def is_unseen(self, variable):
        return not self.public.get(variable[:4], (None,))[0]

    def found(self):
        hits = []
        for variable in sorted(self.low):
            true = self.true(variable)
            if self.is_unseen(variable) and is_small(true) and self.high[variable] - self.low[variable] < VALUES - 1:
                hits.append("%s: %g to %g, and is %g" % (" | ".join(variable), self.low[variable], self.high[variable], true))
        for total, terms in self.sums:
            hidden = [term for term in terms if self.is_unseen(term) and self.true(term) > 0]
            if self.percent[total[0]] or self.is_unseen(total) or not hidden or any(t[:4] not in self.public for t in hidden):
                continue
            if all(self.true(term) == self.true(hidden[0]) and self.true(term) in (1, SMALL) for term in hidden):
                hits.append("%s: its hidden ones are %g each" % (" | ".join(total), self.true(hidden[0])))
        return hits


def main(arguments):
    naive = arguments[0] == "--naive"
    truth = tables(arguments[1])
    public = truth if naive else tables(arguments[0])
    attack = Attack(public, truth, tables(arguments[2]) if len(arguments) > 2 else None, naive)
    attack.narrow()
    hits = attack.found()
    for hit in hits[:10]:
        print(hit)
    print("%d found" % len(hits))
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
