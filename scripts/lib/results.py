"""What the test tools say at their end, brought to one form: counts, and why something was skipped or failed."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


@dataclass
class Results:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)
    skips: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        self.skips += other.skips

    @property
    def line(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    @classmethod
    def failure(cls, why):
        return cls(failed=1, failures=[why])

    @classmethod
    def skip(cls, why):
        return cls(skipped=1, skips=[why])


def from_junit(path):
    """The results in an XML file as pytest and `swift test` write it."""
    results = Results()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}".lstrip(".")
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            results.failed += 1
            results.failures.append(name)
        elif skipped is not None:
            results.skipped += 1
            reason = skipped.get("message") or (skipped.text or "").strip() or "no reason given"
            results.skips.append(f"{name}: {reason}")
        else:
            results.passed += 1
    return results


def from_unittest(text):
    """The results in the output of `python -m unittest -v`."""
    ran = re.search(r"^Ran (\d+) tests? in ", text, re.MULTILINE)
    if ran is None:
        return None
    closing = re.findall(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", text, re.MULTILINE)
    counts = dict(re.findall(r"([a-z ]+)=(\d+)", closing[-1] if closing else ""))
    counts = {key.strip(): int(value) for key, value in counts.items()}
    failures = re.findall(r"^(?:FAIL|ERROR): (.*)$", text, re.MULTILINE)
    failed = counts.get("failures", 0) + counts.get("errors", 0) + counts.get("unexpected successes", 0)
    skips = re.findall(r"^(\S+) .*\.\.\. skipped ['\"](.*)['\"]$", text, re.MULTILINE)
    skipped = counts.get("skipped", 0)
    # A failing subtest or set-up counts more than once against one test.
    passed = max(0, int(ran.group(1)) - len(set(failures)) - skipped)
    return Results(passed, failed, skipped, failures, [f"{name}: {reason}" for name, reason in skips])
