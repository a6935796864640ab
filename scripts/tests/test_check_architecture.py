"""The architecture's check must catch what it is there for."""

import importlib.util
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def load(name):
    loader = SourceFileLoader(name.replace("-", "_"), str(ROOT / "scripts" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


architecture = load("check-architecture")

PACKAGE = """
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
targets: [
    // .target(name: "Comment", dependencies: ["Shell"]),
    .target(name: "SafeExpression", dependencies: [bigInt], swiftSettings: pure),
    .target(name: "AgentProtocol", dependencies: ["SafeExpression"]),
    .target(name: "CSondeSystem"),
    .target(name: "Sessions", dependencies: ["SafeExpression", "AgentProtocol"]),
    .target(
        name: "Shell",
        dependencies: [
            "SafeExpression", "Sessions",
        ]),
    .testTarget(name: "ShellTests", dependencies: ["Shell", "Attach"]),
]
"""


class CheckArchitecture(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("Package.swift", PACKAGE)
        self.write("Sources/SafeExpression/Value.swift", "internal import BigInt\ninternal import Glibc\n")
        self.write("Sources/Shell/Shell.swift", "public import SafeExpression\nimport struct Sessions.Row\n")
        self.write("Sources/CSondeSystem/CSondeSystem.c", "#include <errno.h>\n")
        self.write("Sources/AgentBundle/Python/sonde_agent/loop.py", "import sys\nfrom . import frames\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def assertOnly(self, *expected):
        self.assertEqual(architecture.check(self.root), list(expected))

    def test_a_good_tree(self):
        self.assertOnly()

    def test_an_import_of_a_higher_module(self):
        self.write("Sources/SafeExpression/Bad.swift", "// why\n@_exported public import Shell\n")
        self.assertOnly("Sources/SafeExpression/Bad.swift:2: SafeExpression may not import Shell")

    def test_an_import_in_a_comment(self):
        good = '/*\nimport Shell\n*/\n// import Shell\nlet python = """\n    import sys\n    """\n'
        self.write("Sources/SafeExpression/Good.swift", good)
        self.assertOnly()

    def test_an_undeclared_import(self):
        self.write("Sources/Shell/Bad.swift", "import AgentProtocol\n")
        self.assertOnly(
            "Sources/Shell/Bad.swift:1: Package.swift does not declare that Shell depends on AgentProtocol"
        )

    def test_foundation(self):
        self.write("Sources/SafeExpression/Bad.swift", "    internal import FoundationEssentials\n")
        self.assertOnly("Sources/SafeExpression/Bad.swift:1: no Foundation in Sources")

    def test_a_terminal_in_the_shell(self):
        self.write("Sources/Shell/Bad.swift", "let width = isatty(1) == 1 ? 80 : nil\n")
        self.assertOnly("Sources/Shell/Bad.swift:1: Shell knows no isatty")

    def test_a_dependency_declared_upwards(self):
        self.write("Package.swift", PACKAGE.replace("[bigInt]", '[bigInt, "Sessions"]'))
        self.assertOnly("Package.swift: SafeExpression may not depend on Sessions")

    def test_an_unknown_module(self):
        self.write("Sources/Extra/Extra.swift", "")
        self.write("Package.swift", PACKAGE + '.target(name: "Extra")')
        self.assertOnly(
            "Package.swift: the target Extra is not in the architecture's table",
            "Sources/Extra: not in the architecture's table",
        )

    def test_a_fuzzer_of_more_than_its_module(self):
        self.write("Fuzzing/ExpressionChecks/Good.swift", "internal import SafeExpression\n")
        self.write("Fuzzing/ExpressionChecks/Bad.swift", "import Shell\nimport Foundation\n")
        self.write("Fuzzing/Extra/Extra.swift", "")
        self.write(
            "Package.swift", PACKAGE + '.target(name: "ExpressionChecks", dependencies: ["SafeExpression"])'
        )
        self.assertOnly(
            "Fuzzing/ExpressionChecks/Bad.swift:1: ExpressionChecks may not import Shell",
            "Fuzzing/ExpressionChecks/Bad.swift:2: no Foundation in Fuzzing",
            "Fuzzing/Extra: not in the architecture's table",
        )

    def test_languages_mixed(self):
        self.write("Sources/CSondeSystem/Bad.swift", "")
        self.write("Sources/Shell/bad.h", "")
        self.assertOnly(
            "Sources/CSondeSystem/Bad.swift: a C target holds no Swift",
            "Sources/Shell/bad.h: C belongs in a C target",
        )

    def test_the_agents_imports(self):
        bad = "import threading\nimport json\nfrom sonde_agent import loop\n\ndef late():\n    import json, socket\n"
        self.write("Sources/AgentBundle/Python/sonde_agent/bad.py", bad)
        place = "Sources/AgentBundle/Python/sonde_agent/bad.py"
        self.assertOnly(
            f"{place}:1: the agent may not import threading",
            f"{place}:2: the agent may not import json at the top of a file",
            f"{place}:3: the agent may not import sonde_agent",
            f"{place}:6: the agent may not import socket",
        )

    def test_a_long_file(self):
        self.write("Sources/Shell/Long.swift", "\n" * 451)
        self.assertOnly("Sources/Shell/Long.swift: 451 lines, 450 are allowed")


if __name__ == "__main__":
    unittest.main()
