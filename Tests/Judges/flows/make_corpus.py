"""Writes corpus.json: edits of full.json, each with the verdict of jsonschema on docs/flow.schema.json.

The Swift reader must come to the same verdict on every edit (Tests/FlowsTests), and test_flow_schema.py holds the file
to the schema. Run it after a change of the schema.
"""
import copy
import json
import pathlib

import jsonschema

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]


def load():
    schema = json.loads((ROOT / "docs/flow.schema.json").read_text("utf-8"))
    full = json.loads((HERE / "full.json").read_text("utf-8"))
    return schema, full


def apply(document, edit):
    """A copy of the document with the value at edit["path"] replaced, or removed where the edit has no value."""
    document = copy.deepcopy(document)
    if not edit["path"]:
        return edit["value"]
    place = document
    for step in edit["path"][:-1]:
        place = place[step]
    last = edit["path"][-1]
    if "value" not in edit:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(edit["value"])
    else:
        place[last] = edit["value"]
    return document


def paths(value, path=()):
    yield list(path), value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from paths(child, (*path, step))


KEY_EDGES = ["a", "a_1", "A", "1a", "_a", "a-b", "ä", "a b", "a" * 48, "a" * 49]
STRINGS = [
    "", " ", "\t\n", "x", "ja", "\u0000", "a\u0007", "a\u007f", "a\nb", "de", "de-at", "DE", "deu", "ende", "gibtesnicht",
    "+43", "+4", "+0123", "43732", "+123456789012345", "+1234567890123456", "+43 732", "silence", "recogniser", "either",
    "hand_over", "greeting", "fax", "Grüß Gott", "\U0001f600",
]
NUMBERS = [-1, 0, 0.2, 0.25, 1, 1.0, 1.5, 2, 2.0001, 4, 5, 15, 16, 29, 30, 120, 121, 199, 200, 499, 500, 999, 1000, 1999,
           2000, 2001, 3000, 3001, 4096, 4097, 14400, 14401, 60000, 60001, 500000, 500001, 1000000, 1000001, 1e30]
LENGTHS = [9, 10, 40, 41, 60, 61, 100, 101, 200, 201, 500, 501, 2000, 2001, 20000, 20001]


def edits(full):
    for path, value in paths(full):
        if path:
            yield {"path": path}
        for other in (None, True, [], {}, "x", 1):
            yield {"path": path, "value": other}
        if isinstance(value, dict):
            yield {"path": [*path, "unbekannt"], "value": 1}
            for key in KEY_EDGES:
                yield {"path": [*path, key], "value": {"type": "hangUp"}}
        if isinstance(value, list):
            yield {"path": [*path, len(value)], "value": value[0]}
            yield {"path": [*path, len(value)], "value": 7}
        if isinstance(value, str):
            for text in STRINGS:
                yield {"path": path, "value": text}
            for length in LENGTHS:
                yield {"path": path, "value": {"repeat": length}}
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            for number in NUMBERS:
                yield {"path": path, "value": number}
    for path, most in ((["phrases"], 500), (["nodes", "gespraech", "bargeIn", "listenerWords"], 50),
                       (["nodes", "gespraech", "targets"], 50), (["nodes", "gespraech", "silence", "reminders"], 5)):
        for count in (1, most, most + 1):
            yield {"path": path, "value": [f"w{i}" for i in range(count)]}


def expand(edit):
    """Long texts are written as {"repeat": n}: n times the letter ä."""
    value = edit.get("value")
    if isinstance(value, dict) and set(value) == {"repeat"}:
        return {**edit, "value": "ä" * value["repeat"]}
    return edit


def main():
    schema, full = load()
    validator = jsonschema.Draft202012Validator(schema)
    seen, lines = set(), []
    for edit in edits(full):
        key = json.dumps(edit, sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        edit["accepted"] = validator.is_valid(apply(full, expand(edit)))
        lines.append(json.dumps(edit, ensure_ascii=False, separators=(",", ":")))
    (HERE / "corpus.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


if __name__ == "__main__":
    main()
