"""Holds docs/flow.schema.json to the meta-schema, to the example flows and to the corpus that the Swift reader is held to."""
import json

import jsonschema

from make_corpus import HERE, ROOT, apply, expand, load

SCHEMA, FULL = load()


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_example_flows_have_the_shape():
    examples = sorted((ROOT / "Resources/flows").glob("*.json"))
    assert examples
    for example in [*examples, HERE / "full.json"]:
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(example.read_text("utf-8")))


def test_corpus_has_the_verdicts_of_the_schema():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    corpus = json.loads((HERE / "corpus.json").read_text("utf-8"))
    assert sum(edit["accepted"] for edit in corpus) > 200
    assert sum(not edit["accepted"] for edit in corpus) > 1000
    wrong = [edit for edit in corpus if validator.is_valid(apply(FULL, expand(edit))) != edit["accepted"]]
    assert wrong == []
