"""Compares `voiceagent number parse` with phonenumbers 8.12.57: over 2,000 numbers in every spelling.

    .venv/bin/python Tests/Judges/phonenumbers/judge.py .build/debug/voiceagent

Exit code 0 if nothing differs, 1 with the first differences otherwise.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import version

import spellings

REFERENCE = "8.12.57"
SHOWN_DIFFERENCES = 40


def answers(binary, region, texts):
    """One JSON object per text, in order."""
    done = subprocess.run(
        [binary, "number", "parse", "--json", "--region", region],
        input="".join(text + "\n" for text in texts).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=600,
        check=False,
    )
    lines = done.stdout.decode().split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if len(lines) != len(texts):
        raise SystemExit(f"{region}: {len(lines)} lines for {len(texts)} texts: {done.stderr.decode()[-500:]}")
    return [json.loads(line) for line in lines]


def difference(item, answer):
    """Nothing, or what is wrong with the answer."""
    if answer["typed"].strip() != item.typed.strip():
        return "answers another text"
    if item.e164 is None:
        if "refused" not in answer:
            return "is accepted"
        if not answer["refused"]["text"]:
            return "has no explanation"
        if item.code not in ("*", answer["refused"]["code"]):
            return "is refused for another reason"
        return None
    if "e164" not in answer:
        return "is refused"
    if answer["e164"] != item.e164:
        return "is another number"
    if (answer["kind"], answer["region"] or "-") != (item.kind, item.home):
        return "has another kind or region"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-home", type=int, default=350)
    parser.add_argument("--per-region", type=int, default=6)
    parser.add_argument("--random", type=int, default=20_000)
    arguments = parser.parse_args()
    if version("phonenumbers") != REFERENCE:
        raise SystemExit(f"the reference is phonenumbers=={REFERENCE}, not {version('phonenumbers')}")

    by_region = defaultdict(dict)
    numbers = set()

    def add(items):
        for item in items:
            by_region[item.region][item.typed] = item
            if item.e164:
                numbers.add(item.e164)

    add(spellings.everything(arguments.seed, arguments.per_home, arguments.per_region))
    named = len(numbers)
    add(spellings.emergencies())
    add(spellings.services())
    add(spellings.random_texts(arguments.seed, arguments.random))

    compared = accepted = 0
    differences = []
    for region, items in sorted(by_region.items()):
        for item, answer in zip(items.values(), answers(arguments.binary, region, list(items))):
            compared += 1
            accepted += item.e164 is not None
            wrong = difference(item, answer)
            if wrong:
                differences.append(f"{region} {item.typed!r} {wrong}: {answer}, expected {item}")

    for line in differences[:SHOWN_DIFFERENCES]:
        print(line)
    print(
        f"{compared} spellings of {named} numbers in {len(by_region)} regions compared with phonenumbers {REFERENCE}: "
        f"{accepted} numbers, {compared - accepted} refusals, {len(differences)} differences"
    )
    if named < 2_000:
        raise SystemExit(f"only {named} numbers: at least 2,000 are wanted")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
