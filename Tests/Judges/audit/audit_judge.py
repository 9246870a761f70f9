#!/usr/bin/env python3
"""Holds the offline verifier, the program's own verifier and a thousand tamperings against each other.

usage: audit_judge.py WORK [SEED]
"""

import contextlib
import functools
import io
import pathlib
import random
import sys

import product
from forgery import Forgery

sys.path.insert(0, str(product.ROOT / "Resources/audit"))
import verify  # noqa: E402  the judged file, from where it is shipped

# Every tampering brings the same anchors.
verify.is_signed = functools.cache(verify.is_signed)

TAMPERINGS = 1000
# Starting the program takes its time: it judges each so many of them too.
BOTH = 10
VERDICTS = {10, 11, 12, 13}
DISARM = "SET session_replication_role = replica; "


def offline(file, *options):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = verify.main([str(file), *map(str, options)])
    return code, output.getvalue()


class Judge:
    def __init__(self, work, seed):
        self.work = work
        self.dice = random.Random(seed)
        self.faults = []
        self.product = product.Product(work)

    def expect(self, holds, what):
        if not holds:
            self.faults.append(what)
            print(f"  wrong: {what}", flush=True)

    def run(self):
        p = self.product
        p.must("migrate")
        p.must("tenant", "create", "autohaus", "--name", "Autohaus Donau")
        p.must("tenant", "create", "andere", "--name", "Andere Firma")
        for word in ("suspend", "activate") * 2:
            p.must("tenant", word, "autohaus", "--reason", f"Probe: {word}; „ä“ \"x\"")
        tenant = p.sql("SELECT id FROM tenant WHERE slug = 'autohaus'")[0][0]
        p.append(tenant, 40)
        self.expect(p.run("audit", "verify", "--tenant", "autohaus")[0] == 0, "entries appended by Python verify")
        p.must("audit", "anchor")
        key = p.must("audit", "key").strip()
        export = self.export("first")
        p.must("audit", "anchor", "--reason", "nach dem Export")
        anchored = ["--anchor", p.anchors, "--key", key]
        self.untouched(export, anchored, key)
        self.erasure(anchored)
        self.files(export, anchored)
        self.rows(tenant, anchored)
        self.platform(key)

    def export(self, name, chain=("--tenant", "autohaus")):
        folder = self.work / name
        folder.mkdir()
        self.product.must("audit", "export", *chain, "--to", folder)
        self.expect(
            (folder / "verify.py").read_bytes() == (product.ROOT / "Resources/audit/verify.py").read_bytes(),
            "the export brings the verifier",
        )
        return next(folder.glob("*.jsonl"))

    def both(self, file, options, expected, what):
        """Both verifiers, which must agree."""
        code, output = offline(file, *options)
        self.expect(code == expected, f"{what}: {code} instead of {expected}: {output}")
        theirs, output = self.product.run("audit", "verify", file, *options)
        self.expect(theirs == code, f"{what}: the program says {theirs}, Python {code}: {output}")

    def untouched(self, export, anchored, key):
        self.both(export, [], 0, "untouched")
        self.both(export, anchored, 0, "untouched, with anchors")
        self.both(export, ["--key", "11" * 32, "--anchor", self.product.anchors], 13, "another key")
        text = export.read_text()
        self.expect(text.count("\n") == text.count('"entry"') + 2, "a line an entry, a header and a trailer")
        self.expect('"anchor":{' in text.splitlines()[0], "the newest anchor is in the header")
        foreign = self.product.work / "foreign.jsonl"
        foreign.write_text("{}\n")
        self.both(foreign, [], 66, "no export")
        for language, word in (("de", "Unverändert"), ("en", "Intact")):
            self.expect(word in offline(export, "--language", language)[1], f"speaks {language}")
        forged = self.work / "anchor.jsonl"
        lines = [path.read_text() for path in sorted(self.product.anchors.rglob("*.jsonl"))]
        forged.write_text("".join(lines).replace('"version":1', '"version":2'))
        self.both(export, ["--anchor", forged], 13, "an anchor in another version")

    def erasure(self, anchored):
        whose = ("--tenant", "autohaus")
        self.product.must("audit", "erase", *whose, "--object", "flow_version/v5", "--reason", "Art. 17")
        export = self.export("erased")
        self.both(export, anchored, 0, "after an erasure")
        told = offline(export, "--language", "de")[1]
        self.expect("Gelöschte Personenangaben: 1." in told, "the erased are counted")
        self.expect("Änne 5" not in export.read_text(), "nothing of the erased is exported")
        self.expect(self.product.run("audit", "verify", *whose)[0] == 0, "the database after an erasure")

    def files(self, export, anchored):
        lines = export.read_text().splitlines()
        forged = self.work / "forged.jsonl"
        found, seen = 0, set()
        for number in range(TAMPERINGS):
            forgery = Forgery(lines, self.dice)
            what = forgery.tamper()
            forged.write_text("".join(line + "\n" for line in forgery.lines))
            code, output = offline(forged, *anchored)
            seen.add(code)
            if code in VERDICTS or (code == 66 and what == "edit the header"):
                found += 1
            else:
                self.expect(False, f"{what}: {code}: {output}")
            if number % BOTH == 0:
                theirs, output = self.product.run("audit", "verify", forged, *anchored)
                # An edited header is no header to one reader and the wrong one to the other; both refuse the file.
                agree = theirs == code or (what == "edit the header" and {theirs, code} <= VERDICTS | {66})
                self.expect(agree, f"{what}: the program says {theirs}, Python {code}: {output}")
        self.expect(VERDICTS <= seen, f"all four verdicts occur, but only {sorted(seen)} did")
        print(f"  {found} of {TAMPERINGS} tamperings with an export found", flush=True)

    def rows(self, tenant, anchored):
        """Changes of a superuser, each undone again from a copy."""
        mine = f"tenant_id = '{tenant}'"
        cut = f"DELETE FROM audit_entry WHERE {mine} AND seq > 20; DELETE FROM audit_detail WHERE {mine} AND seq > 20; "
        new_head = (
            f"UPDATE audit_head SET seq = 20, hash = (SELECT hash FROM audit_entry WHERE {mine} AND seq = 20)"
            f" WHERE {mine}"
        )
        changes = {
            f"UPDATE audit_entry SET reason = 'anders' WHERE {mine} AND seq = 9": 10,
            f"UPDATE audit_entry SET at = at + interval '1 us' WHERE {mine} AND seq = 9": 10,
            f"UPDATE audit_entry SET actor = actor || '{{\"name\":\"eva\"}}' WHERE {mine} AND seq = 9": 10,
            f"UPDATE audit_detail SET body = '{{}}' WHERE {mine} AND seq = 19": 10,
            f"DELETE FROM audit_detail WHERE {mine} AND seq = 19": 10,
            f"DELETE FROM audit_entry WHERE {mine} AND seq = 9": 10,
            cut: 12,
            f"UPDATE audit_head SET seq = seq - 1, hash = (SELECT previous_hash FROM audit_entry AS e"
            f" WHERE e.{mine} ORDER BY seq DESC LIMIT 1) WHERE {mine}": 11,
            cut + new_head: 13,
        }
        self.product.sql(
            "CREATE TABLE kept_entry AS TABLE audit_entry; CREATE TABLE kept_detail AS TABLE audit_detail;"
            " CREATE TABLE kept_head AS TABLE audit_head;"
        )
        restore = DISARM + " ".join(
            f"DELETE FROM audit_{name}; INSERT INTO audit_{name} TABLE kept_{name};"
            for name in ("detail", "entry", "head")
        )
        for number, (change, expected) in enumerate(changes.items()):
            self.product.sql(DISARM + change)
            code, output = self.product.run("audit", "verify", "--tenant", "autohaus")
            self.expect(code == expected, f"{change}: {code} instead of {expected}: {output}")
            self.product.sql(restore)
            code, output = self.product.run("audit", "verify", "--tenant", "autohaus")
            self.expect(code == 0, f"after {change} was undone: {code}: {output}")
        self.product.sql(DISARM + cut + new_head)
        self.both(self.export("cut"), anchored, 13, "a chain that was cut and went on, exported")
        self.product.sql(restore)

    def platform(self, key):
        export = self.export("platform", ("--platform", "--reason", "Prüfung"))
        self.both(export, ["--anchor", self.product.anchors, "--key", key], 0, "the platform's chain")
        self.expect(self.product.run("audit", "verify", "--platform")[0] == 0, "the platform's chain in the database")


def main():
    work = pathlib.Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"  seed {seed}", flush=True)
    judge = Judge(work, seed)
    try:
        judge.run()
    finally:
        judge.product.close()
    if judge.faults:
        sys.exit(f"{len(judge.faults)} faults")
    print("  both verifiers agree")


if __name__ == "__main__":
    main()
