"""Starts a program in another place: `place.py OPTION... -- PROGRAM WORD...`, as root.

    --root rw|ro       a root of its own with all of this machine's directories in it but /tmp, writable or not
    --directories ...  what is writable and empty in it, separated by commas
    --pid --net        a pid or network namespace of its own
    --user OUTER       a user namespace in which root is this user outside, and 65,536 users from there on
    --uid N            the user inside
"""

import argparse
import contextlib
import ctypes
import os
import sys
import tempfile

LIBC = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUSER, NEWPID, NEWNET = 0x20000, 0x10000000, 0x20000000, 0x40000000
READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE, DETACH = 1, 32, 4096, 16384, 1 << 18, 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]


def call(function, *words):
    words = [word.encode() if isinstance(word, str) else word for word in words]
    if getattr(LIBC, function)(*words) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str((function, words)))


def make_root(mode, directories):
    """A root that is this machine's, without its /tmp."""
    root = tempfile.mkdtemp(prefix="place-")
    call("mount", "none", root, "tmpfs", 0, None)
    for name in os.listdir("/"):
        inside = root + "/" + name
        if os.path.islink("/" + name):
            os.symlink(os.readlink("/" + name), inside)
        elif os.path.isdir("/" + name) and name != "tmp":
            os.mkdir(inside)
            call("mount", "/" + name, inside, None, BIND | RECURSIVE, None)
            # proc shows the process itself, and is made anew below.
            with contextlib.suppress(OSError):
                call("mount", None, inside, None, BIND | REMOUNT | (READ_ONLY if mode == "ro" else 0), None)
    # With them would come what can be written: this machine's.
    for name in ("dev/shm", "run", "var/tmp"):
        if name not in directories and os.path.isdir(root + "/" + name):
            call("mount", "none", root + "/" + name, "tmpfs", READ_ONLY, None)
    for name in directories:
        os.makedirs(root + "/" + name, exist_ok=True)
        call("mount", "none", root + "/" + name, "tmpfs", 0, "mode=1777")
    if mode == "ro":
        call("mount", None, root, None, BIND | REMOUNT | READ_ONLY, None)
    return root


def enter_user_namespace(outer):
    """Its users are set from outside, by a child that was forked before."""
    ready, done = os.pipe(), os.pipe()
    me = os.getpid()
    if (child := os.fork()) == 0:
        # When the other one fails, nothing is left to be read.
        os.close(ready[1])
        if not os.read(ready[0], 1):
            os._exit(1)
        for name in ("uid_map", "gid_map"):
            with open("/proc/%d/%s" % (me, name), "w") as file:
                file.write("0 %d 65536" % outer)
        os.write(done[1], b"x")
        os._exit(0)
    call("unshare", NEWUSER)
    os.write(ready[1], b"x")
    os.read(done[0], 1)
    os.waitpid(child, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", choices=["rw", "ro"])
    parser.add_argument("--directories", default="")
    parser.add_argument("--pid", action="store_true")
    parser.add_argument("--net", action="store_true")
    parser.add_argument("--user", type=int)
    parser.add_argument("--uid", type=int)
    parser.add_argument("words", nargs="+")
    options = parser.parse_args()

    here = os.getcwd()
    call("unshare", NEWNS | (NEWPID if options.pid else 0) | (NEWNET if options.net else 0))
    call("mount", None, "/", None, PRIVATE | RECURSIVE, None)
    root = make_root(options.root, [word for word in options.directories.split(",") if word]) if options.root else "/"
    # The first child is in the new pid namespace.
    if (child := os.fork()) != 0:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    call("prctl", 1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
    if options.pid:
        call("mount", "proc", root + "/proc", "proc", 0, None)
    if options.root:
        # Not chroot: in one of these nobody may make a user namespace.
        os.chdir(root)
        call("syscall", PIVOT_ROOT, ".", ".")
        call("umount2", ".", DETACH)
    os.chdir(here if os.path.isdir(here) else "/")
    if options.user is not None:
        enter_user_namespace(options.user)
    if options.uid is not None or options.user is not None:
        os.setgroups([])
        os.setgid(options.uid or 0)
        os.setuid(options.uid or 0)
    os.execv(options.words[0], options.words)


main()
