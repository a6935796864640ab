"""The agent's evaluator of checked expression trees.

`compile_tree` turns the tree that the shell sends into a Python function whose
parameters are the names it uses. No user text reaches a parser here, every
node is checked against the agent's own allowlist, nothing runs code of the
target's unless the host says so, and every evaluation is bounded.
"""

from .compiler import compile_tree
from .errors import ExpressionError, TreeError
from .limits import Limits
from .objects import Reader
from .values import Cut, Record

__all__ = ["Cut", "ExpressionError", "Limits", "Reader", "Record", "TreeError", "compile_tree"]
