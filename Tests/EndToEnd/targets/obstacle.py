"""A target that puts something in the way of those who would look into it: `obstacle.py OBSTACLE`.

It says "ready", waits until its standard input ends, and says "right". In strict seccomp mode it cannot even end by itself.
"""

import ctypes
import os
import struct
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
SET_DUMPABLE, SET_SECCOMP, NO_NEW_PRIVS = 4, 22, 38
STRICT, FILTER = 1, 2
SOCKET = {"x86_64": 41, "aarch64": 198}[os.uname().machine]
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM


def prctl(*words):
    if LIBC.prctl(*words) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def install(*steps):
    """A filter of classic BPF: (code, jump if true, jump if false, value) a step."""
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program)))
    prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    prctl(SET_SECCOMP, FILTER, header)


def obstacle(name):
    if name == "dumpable":
        prctl(SET_DUMPABLE, 0, 0, 0, 0)
    elif name == "filter":
        install((6, 0, 0, ALLOW))
    elif name == "filter-of-sockets":
        # The number of the system call is the first word that a filter is given.
        install((0x20, 0, 0, 0), (0x15, 0, 1, SOCKET), (6, 0, 0, REFUSE), (6, 0, 0, ALLOW))
    elif name == "strict":
        os.write(1, b"ready\n")
        prctl(SET_SECCOMP, STRICT)
        os.read(0, 1)


obstacle(sys.argv[1])
os.write(1, b"ready\n")
os.read(0, 1)
os.write(1, b"right\n")
