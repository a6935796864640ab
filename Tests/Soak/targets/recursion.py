"""Recursion: some hundred frames deep with work at the bottom, and to the interpreter's limit and back."""

import work


def down(depth):
    if depth == 0:
        work.do(depth)
        return 0
    return 1 + down(depth - 1)


def endless(depth):
    return endless(depth + 1)


def main():
    work.begin()
    work.ready()
    while not work.is_ending():
        for _ in range(10):
            work.check("the depth", down(700), 700)
        try:
            endless(0)
        except RecursionError:
            work.do(1)
        else:
            work.check("endless", "it came back")
    work.finish()


main()
