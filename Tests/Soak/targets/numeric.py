"""Floating-point, integer and vector work without a pause, every result compared with a known one."""

import array
import hashlib
import math
import struct
import zlib

import work

BLOCK = bytes(range(256)) * 512
NUMBERS = array.array("d", [i * 0.1 for i in range(2000)])
TENTHS = [0.1] * 1000


def results():
    """By name: what must be the same every time; some of it runs without the interpreter's lock."""
    return {
        "fsum": math.fsum(TENTHS),
        "sum of an array": math.fsum(NUMBERS),
        "sines": math.fsum(map(math.sin, NUMBERS)),
        "struct": struct.unpack("<200d", struct.pack("<200d", *NUMBERS[:200])) == tuple(NUMBERS[:200]),
        "crc32": zlib.crc32(BLOCK),
        "adler32": zlib.adler32(BLOCK),
        "sha256": hashlib.sha256(BLOCK).hexdigest(),
        "sha512": hashlib.sha512(BLOCK[:1500]).hexdigest(),
        "blake2b": hashlib.blake2b(BLOCK).hexdigest(),
        "product": 12345678901234567890123 * 98765432109876543210 % 1000000007,
        "power": pow(3, 1001, 10**40 + 7),
        "copy": bytes(bytearray(BLOCK)) == BLOCK,
        "search": BLOCK.find(b"\xff\x00\x02"),
    }


def logistic(x, steps):
    for _ in range(steps):
        x = 3.7 * x * (1.0 - x)
    return x


def main():
    work.begin()
    expected = results()
    work.check("fsum", expected["fsum"], 100.0)
    work.check("product", expected["product"], 484738066)
    work.check("crc32 of a text", zlib.crc32(b"123456789"), 0xCBF43926)
    orbit = logistic(0.3, 500)
    work.ready()
    number = 0
    while not work.is_ending():
        for name, value in results().items():
            work.check(name, value, expected[name])
            work.do(number)
        work.check("logistic", logistic(0.3, 500), orbit)
        number += 1
    work.finish()


main()
