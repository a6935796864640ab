"""What the test tools say is counted as it was meant."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))

from results import from_junit, from_unittest  # noqa: E402


class FromUnittest(unittest.TestCase):
    def test_all_well(self):
        results = from_unittest("test_a (x.T) ... ok\n\nRan 3 tests in 0.1s\n\nOK\n")
        self.assertEqual(results.line, "3 passed, 0 failed, 0 skipped")

    def test_failures_errors_and_skips(self):
        text = (
            "test_a (x.T) ... FAIL\ntest_b (x.T.test_b) ... skipped 'no gevent'\ntest_c (x.T) ... ERROR\n"
            "ERROR: test_c (x.T)\nFAIL: test_a (x.T)\n\nRan 5 tests in 0.1s\n\n"
            "FAILED (failures=1, errors=1, skipped=1)\n"
        )
        results = from_unittest(text)
        self.assertEqual(results.line, "2 passed, 2 failed, 1 skipped")
        self.assertEqual(results.skips, ["test_b: no gevent"])
        self.assertEqual(results.failures, ["test_c (x.T)", "test_a (x.T)"])

    def test_a_crash(self):
        self.assertIsNone(from_unittest("Fatal Python error: Segmentation fault\n"))


class FromJUnit(unittest.TestCase):
    def test_each_kind(self):
        cases = (
            '<testcase classname="A" name="good"/>'
            '<testcase classname="A" name="bad"><failure message="no"/></testcase>'
            '<testcase classname="A" name="broken"><error message="no"/></testcase>'
            '<testcase classname="A" name="left"><skipped message="not root"/></testcase>'
        )
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
            file.flush()
            results = from_junit(file.name)
        self.assertEqual(results.line, "1 passed, 2 failed, 1 skipped")
        self.assertEqual(results.skips, ["A.left: not root"])


if __name__ == "__main__":
    unittest.main()
