"""Run by scripts/compile-agent in each interpreter: compiles files as the agent's importer would, and writes them marshalled.

Arguments: the folder, and the files' paths below it. Output: the magic number of the interpreter's bytecode (four bytes), its
minor version (one), then for each file its path, NUL, the length of its code (four bytes, big-endian) and the code. Works from
CPython 3.8 on.
"""

import importlib.util
import marshal
import os
import sys

folder, paths = sys.argv[1], sys.argv[2:]
with open(os.path.join(folder, "sonde_agent", "importer.py"), encoding="utf-8") as file:
    space = {"__name__": "importer"}
    exec(file.read(), space)
write = sys.stdout.buffer.write
write(importlib.util.MAGIC_NUMBER + bytes([sys.version_info[1]]))
for path in paths:
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        code = marshal.dumps(space["compiled"](path, file.read()))
    write(path.encode() + b"\0" + len(code).to_bytes(4, "big") + code)
