"""What promtool does not check of a page of metrics: repeated samples, and labels that tell of somebody."""

import collections
import re
import sys

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ALLOWED = {"outcome", "provider", "region", "stage", "kind", "le", "quantile"}
# Telephone numbers, Twilio's identifiers, UUIDs.
PERSONAL = re.compile(r"\+\d{6,}|\b[A-Z]{2}[0-9a-f]{32}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", re.IGNORECASE)


def main():
    findings, seen, families = [], collections.Counter(), set()
    for number, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        sample = SAMPLE.match(line)
        if not sample:
            findings.append(f"line {number} is no sample: {line[:80]}")
            continue
        name, labels = sample[1], LABEL.findall(sample[2] or "")
        families.add(name)
        seen[(name, tuple(sorted(labels)))] += 1
        for label, value in labels:
            if label not in ALLOWED:
                findings.append(f"line {number}: label {label} is not one of {', '.join(sorted(ALLOWED))}")
            if PERSONAL.search(value):
                findings.append(f"line {number}: the value of {label} tells of somebody")
        float(sample[3].replace("+Inf", "inf"))
    findings += [f"{name} {dict(labels)} stands {count} times" for (name, labels), count in seen.items() if count > 1]
    for finding in findings:
        print(f"   {finding}")
    if not seen:
        sys.exit("   there is no sample at all")
    print(f"   {len(seen)} samples of {len(families)} names, each once")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
