"""Text whose characters Python versions treat differently."""

import glob
import os
import subprocess
import sys
import unittest
import zlib

from Tests.Agent.expression import corpus
from Tests.Agent.expression.tree_from_source import tree_of

from sonde_agent.expression import ExpressionError, compile_tree
from sonde_agent.expression.characters import CASES, CLASSES, Changed

BLOCK = 4096


def properties(code):
    character = chr(code)
    classes = [
        getattr(character, "is" + name)()
        for name in "printable alpha digit decimal numeric space identifier lower upper title alnum".split()
    ]
    return classes + [("a" + character).isidentifier()], [
        getattr(character, name)() for name in "upper lower title casefold swapcase capitalize".split()
    ]


def sums(classes, cases):
    """A checksum of each block of code points, of what the two tables leave."""
    found = []
    for begin in range(0, 0x20000, BLOCK):  # above stand ideographs only, and nothing that has cases
        text = []
        for code in range(begin, begin + BLOCK):
            if not 0xD800 <= code < 0xE000:
                one, other = properties(code)
                text.append("" if code in classes else repr(one))
                text.append("" if code in cases else ascii(other))
        found.append(zlib.crc32("\n".join(text).encode()))
    return found


class CharactersTest(unittest.TestCase):
    def test_tables_hold_every_difference(self):
        paths = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.12.*/bin/python3")))
        if not paths:
            self.skipTest("no Python 3.12 to compare with")
        version = sys.version_info[:2]
        here = sums(Changed(CLASSES), Changed(CASES))
        code = "import sys; sys.path[:0] = %r; from Tests.Agent.expression import test_characters as t; t.tell(%r)"
        command = [paths[-1], "-c", code % ([corpus.bundle.ROOT], version)]
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=corpus.plain_environment()).stdout
        there = list(map(int, told.split()))
        self.assertEqual([], [hex(at * BLOCK) for at in range(len(here)) if here[at] != there[at]])

    def test_what_differs_is_refused(self):
        newest = "\U0001fae8"  # Unicode 15, which 3.12 has and 3.11 has not
        guard = compile_tree(tree_of("repr(x)"))
        if sys.version_info >= (3, 12):
            self.assertEqual(repr(newest), guard(newest))
            return
        for value in (newest, [newest], {"a": [newest]}):
            with self.assertRaises(ExpressionError) as caught:
                guard(value)
            self.assertEqual("Rejected", caught.exception.kind)
        self.assertEqual(newest, compile_tree(tree_of("x.upper()"))(newest))
        self.assertTrue(compile_tree(tree_of('"%s" % x == x and x in [x] and f"{x}" == x'))(newest))


def tell(version):
    """For the test: prints this interpreter's sums with another version's tables."""
    print(*sums(Changed(CLASSES, version), Changed(CASES, version)))


if __name__ == "__main__":
    unittest.main()
