"""Writes the fuzzer's first inputs: every expression of the corpus, and its variables as JSON.

    fuzz_seeds.py CORPUS FOLDER

The first byte of an input tells what the rest is; see Fuzzing/ExpressionChecks/InputCheck.swift.
"""

import hashlib
import json
import sys
from pathlib import Path

LONGEST = 4_000
DECLARED, OPEN, TIGHT, TAGGED, PLAIN, DATA = b"012345"


def inputs(corpus):
    """Each input once, as bytes."""
    for file in sorted(corpus.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            expression = case["expr"].encode("utf-8", "surrogatepass")
            variables = json.dumps(case["vars"]).encode()
            for mode in (DECLARED, OPEN, TIGHT):
                yield bytes([mode]) + expression
            for mode in (TAGGED, PLAIN):
                yield bytes([mode]) + variables
            if "x" in case["vars"]:
                yield bytes([DATA]) + json.dumps(case["vars"]["x"]).encode() + b"\n" + expression
    for text in TAGGED_FORMS:
        yield bytes([TAGGED]) + text.encode()
        yield bytes([DATA]) + text.encode() + b"\nrepr(x) + str([x, x == x, x is None])"


TAGGED_FORMS = [
    '{"$int":"-123456789012345678901234567890"}', '{"$float":"nan"}', '{"$tuple":[1,{"$set":[2,"a"]}]}',
    '{"$dict":[[1,2],[{"$tuple":[1]},null],[{"$cut":3},null]]}', '{"$bytes":"YWL/"}', '{"$cut":5}',
    '{"$repr":"<A>","$type":"m.A","$attrs":{"b":[1.5,"\\ud800\\u00e9"]},"$cut":2}',
]  # fmt: skip


def main(corpus, folder):
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for content in inputs(corpus):
        if len(content) <= LONGEST:
            (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)
            count += 1
    print(f"{count} inputs out of {corpus}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
