"""Writes the corpus that `swift test` compares with: a sample of `spellings`, the same for the same seed.

    .venv/bin/python Tests/Judges/phonenumbers/corpus.py > Tests/PhoneNumbersTests/Fixtures/spellings.tsv

Columns: region typed in, text as a JSON string, then E.164, kind and region of the number ("-" for none of a country),
or "-", code of the refusal ("*" for any), "-".
"""

import argparse
import json
import random
import sys

import spellings


def columns(item):
    if item.e164 is None:
        found = ("-", item.code, "-")
    else:
        found = (item.e164, item.kind, item.home)
    return "\t".join((item.region, json.dumps(item.typed), *found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--per-home", type=int, default=400)
    parser.add_argument("--per-region", type=int, default=4)
    parser.add_argument("--spellings-of-each", type=int, default=3, help="0 for all")
    parser.add_argument("--random", type=int, default=1000)
    arguments = parser.parse_args()

    rng = random.Random(arguments.seed)
    lines = []
    for region, number in spellings.sources(arguments.seed, arguments.per_home, arguments.per_region):
        made = [spellings.by_library(*pair) for pair in spellings.library_spellings(region, number, rng)]
        made += spellings.bracketed_zeros(region, number, rng)
        made += spellings.own_spellings(region, number, rng)
        made += spellings.extensions(region, number, rng)
        count = arguments.spellings_of_each
        lines += map(columns, rng.sample(made, count) if count else made)
    short = list(spellings.emergencies()) + list(spellings.services())
    lines += map(columns, short if arguments.spellings_of_each == 0 else rng.sample(short, 400))
    lines += map(columns, spellings.random_texts(arguments.seed, arguments.random))

    print(" ".join(["# made by Tests/Judges/phonenumbers/corpus.py", *sys.argv[1:]]))
    for line in dict.fromkeys(lines):
        print(line)


if __name__ == "__main__":
    main()
