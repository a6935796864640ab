"""Allocates in four threads: large and small blocks, some of the work without the interpreter's lock."""

import hashlib
import zlib

import work

DATA = bytes(range(256)) * 2048
DIGEST = hashlib.sha256(DATA).hexdigest()
CHECKSUM = zlib.crc32(DATA)


def forever(act):
    """A loop over `act` that counts its rounds."""

    def loop():
        number = 0
        while not work.is_ending():
            act(number)
            work.do(number)
            number += 1

    return loop


def compresses(number):
    packed = zlib.compress(DATA, 1)
    work.check("zlib", zlib.decompress(packed) == DATA, True)


def hashes(number):
    work.check("sha256", hashlib.sha256(bytes(bytearray(DATA))).hexdigest(), DIGEST)


def copies(number):
    block = bytearray(300000 + number % 7 * 50000)
    block[-1] = number % 256
    work.check("a block's last byte", bytes(block)[-1], number % 256)
    work.check("crc32", zlib.crc32(bytes(DATA)), CHECKSUM)


def small_objects(number):
    table = {str(i): [i] * 40 for i in range(200)}
    work.check("a dictionary", (len(table), table["7"], sum(map(len, table.values()))), (200, [7] * 40, 8000))
    blocks = [bytes(600) for _ in range(100)]
    work.check("small blocks", sum(map(len, blocks)), 60000)


def main():
    work.begin()
    threads = work.start(forever(compresses), forever(hashes), forever(copies))
    work.ready()
    forever(small_objects)()
    work.finish(threads)


main()
