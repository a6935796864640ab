"""What the tests of guards over target objects share."""

from Tests.Agent import bundle  # noqa: F401 - finds the package
from Tests.Agent.expression.tree_from_source import tree_of

from sonde_agent.expression import ExpressionError, compile_tree


def result(source, condition=False, reader=None, **variables):
    """What an expression over objects gives."""
    guard = compile_tree(tree_of(source), reader=reader, condition=condition)
    return guard(*[variables[name] for name in guard.names])


class ReadsObjects:
    """For a TestCase: expressions over one object, `v`."""

    def read(self, source, value, **more):
        return result(source, v=value, **more)

    def refused(self, source, value, *words):
        with self.assertRaises(ExpressionError) as caught:
            self.read(source, value)
        self.assertEqual("Rejected", caught.exception.kind)
        for word in words:
            self.assertIn(word, caught.exception.message)
