"""What an evaluator made of random expressions, held against CPython. Used by scripts/compare-expressions."""

import ast
import collections
import json
import re
import resource
import subprocess

from random_expressions import expectation

REFUSALS = ("SyntaxError", "Rejected", "UnknownName", "Limit")
# What the language does not take though CPython does; anything else is a gap.
KNOWN_REFUSALS = re.compile(
    """complex|NaN|as CPython 3.12 does|used up at once|has no text of its own|may not be called|this takes more than
    |too deep|once only|cannot be hashed here""".replace("\n    ", "")
)
MOST_REFUSED = 0.01
SHOWN = 20
SHRUNK = 5
ROUNDS = 8
MOST_MEMORY = 1 << 30


class Evaluator:
    """One of the evaluators, behind `sonde eval --batch`."""

    def __init__(self, sonde, words):
        self.sonde, self.words = sonde, words

    def answers(self, cases, room):
        """Its answers by the cases' ids."""
        path = room / "cases.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in cases))
        command = [self.sonde, "eval", "--batch", path, *self.words]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = done.stdout.decode(errors="surrogatepass").splitlines()
        found = {each["id"]: each for each in map(json.loads, filter(None, lines))}
        if not found:
            found[None] = done.stderr.decode(errors="replace").strip()[-500:]
        return found


class Comparison:
    """The counts of one evaluator, and the cases in which it differs."""

    def __init__(self, name, evaluator):
        self.name, self.evaluator = name, evaluator
        self.passed = 0
        self.wrong = []
        self.refused = collections.Counter()
        self.examples = {}

    @property
    def failed(self):
        return len(self.wrong)

    def run(self, cases, room):
        answers = self.evaluator.answers(cases, room)
        for case in cases:
            answer = answers.get(case["id"], {"missing": answers.get(None, "no answer")})
            why = difference(case, answer)
            if why is None:
                message = refusal(case, answer)
                if message:
                    self.refused[message] += 1
                    self.examples.setdefault(message, case)
                self.passed += 1
            else:
                self.wrong.append((case, why))

    def report(self, room):
        """Print what differs and what was refused; refusals that are not known, or too many, fail as well."""
        self.check_refusals()
        if self.refused:
            print(f"{self.name}: {sum(self.refused.values())} refused though CPython has a value")
            for message, count in self.refused.most_common():
                print(f"    {count} {message}   such as: {self.examples[message]['expr'][:120]!r}")
        shortest = sorted(self.wrong, key=lambda each: len(each[0]["expr"]))
        unique = list({(case["id"], why): (case, why) for case, why in shortest}.values())
        for at, (case, why) in enumerate(unique[:SHOWN]):
            print(f"{self.name}: {case['id']}: {why}")
            show(case)
            if at < SHRUNK:
                short, short_why = self.shrink(case, why, room)
                if short is not case:
                    print(f"  shorter: {short_why}")
                    show(short)

    def check_refusals(self):
        for message in [each for each in self.refused if not KNOWN_REFUSALS.search(each)]:
            count = self.refused.pop(message)
            self.passed -= count
            self.wrong += [(self.examples[message], f"refused {count} times: {message}")] * count
        if sum(self.refused.values()) > MOST_REFUSED * (self.passed + self.failed):
            message, _ = self.refused.most_common(1)[0]
            self.wrong.append((self.examples[message], f"more than {MOST_REFUSED:.0%} of the cases are refused"))

    def shrink(self, case, why, room):
        """The shortest part or simplification of a case that still differs, and how."""
        for _ in range(ROUNDS):
            candidates = smaller(case)
            answers = self.evaluator.answers(candidates, room) if candidates else {}
            for each in sorted(candidates, key=lambda one: len(one["expr"])):
                answer = answers.get(each["id"])
                found = answer and (difference(each, answer) or self.unknown_refusal(each, answer))
                if found:
                    case, why = each, found
                    break
            else:
                break
        return case, why

    def unknown_refusal(self, case, answer):
        message = refusal(case, answer)
        return None if message is None or KNOWN_REFUSALS.search(message) else f"refused: {message}"


def show(case):
    print(f"  {case['expr']}")
    if case["vars"]:
        print(f"  with {json.dumps(case['vars'], ensure_ascii=False)}")


def kind_of(answer):
    return answer["error"]["kind"] if "error" in answer else None


def difference(case, answer):
    """What is wrong with an answer, or None."""
    found = answer.get("repr", kind_of(answer))
    if found is None:
        return f"no answer: {answer.get('missing', answer)}"
    if "expect_repr" in case:
        if answer.get("repr") == case["expect_repr"] or kind_of(answer) in REFUSALS:
            return None
        message = f" ({answer['error']['message']})" if "error" in answer else ""
        return f"expected {case['expect_repr']}, found {found}{message}"
    if kind_of(answer) in (case["expect_error_type"], *REFUSALS):
        return None
    message = f" ({answer['error']['message']})" if "error" in answer else ""
    return f"expected {case['expect_error_type']}, found {found}{message}"


def refusal(case, answer):
    """Why an evaluator refused what has a value, without what is particular to this case; or None."""
    if "expect_repr" not in case or kind_of(answer) not in REFUSALS:
        return None
    return answer["error"]["kind"] + ": " + re.sub(r"U\+[0-9A-F]+", "U+...", answer["error"]["message"])


def smaller(case):
    """Shorter cases made from one: its parts, and it with one part simplified."""
    root = ast.parse(case["expr"].strip(), mode="eval").body
    sources = {ast.unparse(node) for node in ast.walk(root) if isinstance(node, ast.expr)}
    for node in ast.walk(root):
        for name, field in ast.iter_fields(node):
            if isinstance(field, list):
                for at in range(len(field)):
                    sources.add(changed(root, field, at))
            elif isinstance(field, ast.expr):
                for child in ast.iter_child_nodes(field):
                    if isinstance(child, ast.expr):
                        setattr(node, name, child)
                        sources.add(unparsed(root))
                setattr(node, name, field)
    made = []
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, limits[1]))
    # Without what kept it small an expression may take long: nothing stops Python's own loops over a large range.
    for source in sorted(each for each in sources if each and len(each) < len(case["expr"]) and "range" not in each):
        expected = expectation(source, case["vars"], seconds=0.05)
        if expected and expected.get("expect_error_type") != "NameError":
            made.append({"id": f"shrunk-{len(made)}", "expr": source, "vars": case["vars"], **expected})
    resource.setrlimit(resource.RLIMIT_AS, limits)
    return made


def changed(root, field, at):
    """The source without one element of a list in its syntax tree."""
    taken = field.pop(at)
    try:
        return unparsed(root)
    finally:
        field.insert(at, taken)


def unparsed(root):
    try:
        return ast.unparse(root)
    except Exception:  # ast.unparse has no one error for a tree that it cannot write
        return None
