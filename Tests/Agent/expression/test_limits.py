"""Every limit: found before the work is done, named, with its place, and adjustable."""

import time
import unittest

from Tests.Agent import bundle  # noqa: F401 - finds the package
from Tests.Agent.expression.tree_from_source import tree_of

from sonde_agent.expression import ExpressionError, Limits, TreeError, compile_tree


def run(source, limits=None, **variables):
    guard = compile_tree(tree_of(source), limits=limits)
    return guard(*[variables[name] for name in guard.names])


class LimitsTest(unittest.TestCase):
    def exceeds(self, name, source, limits=None, **variables):
        took = []
        while len(took) < 3 and not (took and took[-1] < 0.2):  # a slow time may have been the machine's fault
            began = time.process_time()
            with self.assertRaises(ExpressionError, msg=source) as caught:
                run(source, limits, **variables)
            took.append(time.process_time() - began)
        error = caught.exception
        self.assertEqual(("Limit", name), (error.kind, error.limit), source)
        self.assertIsInstance(error.start, int)
        self.assertLess(min(took), 0.2, source)

    def test_each_limit_by_default(self):
        self.exceeds("steps", "[0 for a in range(1000) for b in range(1000)]")
        self.exceeds("steps", "[x == y for x in l for y in l]", l=[[i] for i in range(1000)])
        self.exceeds("steps", '("a" * 50000 + "b") in ("a" * 100000)')
        self.exceeds("characters", '"a" * 1000001')
        self.exceeds("characters", '"a".center(x)', x=10**7)
        self.exceeds("characters", '",".join(["a" * 1000] * 2000)')
        self.exceeds("characters", 's.replace("a", "b" * 1000)', s="a" * 2000)
        self.exceeds("elements", "[0] * 100001")
        self.exceeds("elements", "list(range(100001))")
        self.exceeds("elements", "sum(range(10**12))")
        self.exceeds("elements", "x + x", x=[0] * 60000)
        self.exceeds("allocation", "[s * 1000 for i in range(1000)]", s="a" * 100)
        self.exceeds("allocation", "[f'{i}%s' for i in range(30000)]" % ("a" * 3900))
        self.exceeds("allocation", "[f'{i!r}%s' for i in range(30000)]" % ("a" * 3900))
        self.exceeds("steps", "[part[0:4000] for i in range(30000)]", part=[0] * 4000)
        self.exceeds("steps", "list(part[:] for i in range(30000))", part=[0] * 4000)
        self.exceeds("allocation", '[f"{part}" f"{i}" for i in range(30000)]', part="a" * 4000)
        self.exceeds("steps", "[10**6000 + i for i in range(60000)]")
        self.exceeds("bits", "9**9**9")
        self.exceeds("bits", "2**20000")
        self.exceeds("bits", "1 << 20000")
        self.exceeds("bits", "x * x", x=10**4000)
        self.exceeds("bits", "x % 7", x=10**10000)
        self.exceeds("width", 'f"{1:>10001}"')
        self.exceeds("width", 'f"{1.5:.10001f}"')
        self.exceeds("width", '"%10001d" % 1')
        self.exceeds("width", '"%*d" % (10001, 1)')
        self.exceeds("collisions", "{i * (2**61 - 1): 0 for i in range(1000)}")
        deep = []
        for _ in range(300):
            deep = [deep]
        self.exceeds("depth", "str(x)", x=deep)
        self.exceeds("depth", "x == y", x=deep, y=[deep[0]])
        cyclic = []
        cyclic.append(cyclic)
        self.exceeds("depth", "repr(x)", x=cyclic)

    def test_wide_data_is_walked_within_bounds(self):
        wide = [[[0] * 1000] * 1000] * 1000
        sources = "x == y;x < y;sorted(x) == y;x in [y];str(x);'%s' % x;max(x, y);[y].index(x)"
        for source in sources.split(";"):
            self.exceeds("steps", source, x=wide, y=[list(each) for each in wide])
        self.exceeds("steps", "sorted(x, key=str) == 1", x=[[i, i] for i in range(50000)])

    def test_just_below(self):
        self.assertEqual(1000000, len(run('"a" * 1000000')))
        self.assertEqual(100000, len(run("[0] * 100000")))
        self.assertEqual(20000, run("2**19999").bit_length())
        self.assertEqual(10000, len(run('f"{1:>10000}"')))
        self.assertEqual(4300, len(run("str(10**4299)")))
        self.assertTrue(run("any(x == 5 for x in range(10**9))"))
        self.assertEqual(5, run("[i for i in range(50000) if i > 4][0]"))

    def test_digits_are_pythons_error(self):
        for source in ("str(10**4300)", 'f"{10**4300}"', '"%d" % 10**4300', 'int("9" * 4301)'):
            with self.assertRaises(ExpressionError) as caught:
                run(source)
            self.assertEqual("ValueError", caught.exception.kind, source)
        self.exceeds("digits", "str(10**50)", Limits(digits=50))

    def test_the_host_sets_them(self):
        self.exceeds("steps", "[x for x in y]", Limits(steps=10), y=list(range(300)))
        self.exceeds("characters", "x + x", Limits(characters=5), x="abc")
        self.exceeds("elements", "x + x", Limits(elements=5), x=[1, 2, 3])
        self.exceeds("bits", "x + x", Limits(bits=40), x=1 << 80)
        self.exceeds("width", 'f"{x:>20}"', Limits(width=19), x="a")
        self.exceeds("depth", "x == y", Limits(depth=2), x=[[[1]]], y=[[[2]]])
        with self.assertRaises(TreeError):
            run("1 + 1 + 1", Limits(nodes=4))
        with self.assertRaises(TypeError):
            Limits(step=1)

    def test_what_stops_early_is_not_charged(self):
        rows = list(range(2000))
        self.assertEqual(400, run("len([1 for y in range(400) if any(x >= 0 for x in rows)])", rows=rows))

    def test_a_call_does_not_pay_for_the_one_before(self):
        guard = compile_tree(tree_of("sum([x for x in y for z in y])"))
        for _ in range(20):
            self.assertEqual(300 * 299 * 150, guard(list(range(300))))

    def test_huge_data_of_the_target(self):
        big = (1 << 5600000) + 1
        text = "a" * 50000000
        whole = "x % 7 == 1;x * x;x ** 2;[v * 2 for v in [x]];sum([v * 2 for v in y]);str(x);x // 3 > 1;f'{x}';-x"
        for source in whole.split(";"):
            self.exceeds("bits", source, x=big, y=[1, big])
        long = "t.upper();t + t;t * 2;f'{t}{t}';repr(t);t.split('b');t.replace('a', 'b');t[1:]"
        for source in long.split(";"):
            self.exceeds("characters", source, t=text)
        self.assertTrue(run('x > 5 and t != "b" and t[0] == "a" and len(t) > 5 and t.startswith("aa")', x=big, t=text))


if __name__ == "__main__":
    unittest.main()
