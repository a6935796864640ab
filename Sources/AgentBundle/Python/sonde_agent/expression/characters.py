"""Characters about which Python versions differ: newer ones, of which an older Unicode knows nothing.

A value must be CPython 3.12's, so text with a character whose classes or cases
are other ones here is refused where they matter. The tables hold what each
version changed against the one before it, over all properties that the string
methods and `repr` use; a test compares them with the interpreters.
"""

import sys

REFERENCE = (3, 12)

CLASSES = {
    (3, 9): """
        8be-8c7 b55 d04 d81 1abf-1ac0 2b97 2e50-2e52 31bb-31bf 4db6-4dbf 9ff0-9ffc a7c7-a7ca a7f5-a7f6 a82c ab68-ab6b
        1019c 10e80-10ea9 10eab-10ead 10eb0-10eb1 10fb0-10fcb 11147 111ce-111cf 1145a 11460-11461 11900-11906 11909
        1190c-11913 11915-11916 11918-11935 11937-11938 1193b-11946 11950-11959 11fb0 16fe4 16ff0-16ff1 18af3-18cd5
        18d00-18d08 1f10d-1f10f 1f16d-1f16f 1f1ad 1f6d6-1f6d7 1f6fb-1f6fc 1f8b0-1f8b1 1f90c 1f972 1f977-1f978
        1f9a3-1f9a4 1f9ab-1f9ad 1f9cb 1fa74 1fa83-1fa86 1fa96-1faa8 1fab0-1fab6 1fac0-1fac2 1fad0-1fad6 1fb00-1fb92
        1fb94-1fbca 1fbf0-1fbf9 2a6d7-2a6dd 30000-3134a
    """,
    (3, 11): """
        61d 870-88e 898-89f 8b5 8c8-8d2 c3c c5d cdd 170d 1715 171f 180f 1ac1-1ace 1b4c 1b7d-1b7e 1dfa 20c0 2c2f 2c5f
        2e53-2e5d 9ffd-9fff a7c0-a7c1 a7d0-a7d1 a7d3 a7d5-a7d9 a7f2-a7f4 fbc2 fd40-fd4f fdcf fdfe-fdff 10570-1057a
        1057c-1058a 1058c-10592 10594-10595 10597-105a1 105a3-105b1 105b3-105b9 105bb-105bc 10780-10785 10787-107b0
        107b2-107ba 10f70-10f89 11070-11075 110c2 116b9 11740-11746 11ab0-11abf 12f90-12ff2 16a70-16abe 16ac0-16ac9
        1aff0-1aff3 1aff5-1affb 1affd-1affe 1b11f-1b122 1cf00-1cf2d 1cf30-1cf46 1cf50-1cfc3 1d1e9-1d1ea 1df00-1df1e
        1e290-1e2ae 1e7e0-1e7e6 1e7e8-1e7eb 1e7ed-1e7ee 1e7f0-1e7fe 1f6dd-1f6df 1f7f0 1f979 1f9cc 1fa7b-1fa7c
        1faa9-1faac 1fab7-1faba 1fac3-1fac5 1fad7-1fad9 1fae0-1fae7 1faf0-1faf6 2a6de-2a6df 2b735-2b738
    """,
    (3, 12): """
        cf3 ece 10fc a7f2-a7f4 ab69 10efd-10eff 1123f-11241 11b00-11b09 11f00-11f10 11f12-11f3a 11f3e-11f59 1342f
        13440-13455 1b132 1b155 1d2c0-1d2d3 1df25-1df2a 1e030-1e06d 1e08f 1e4d0-1e4f9 1f6dc 1f774-1f776 1f77b-1f77f
        1f7d9 1fa75-1fa77 1fa87-1fa88 1faad-1faaf 1fabb-1fabd 1fabf 1face-1facf 1fada-1fadb 1fae8 1faf7-1faf8 2b739
        31350-323af
    """,
    (3, 13): """
        200c-200d 2ffc-2fff 30fb 31ef 4e24 4eac 4fe9 5006 62d0 6d1e 7695 79ed 920e 94a9 ff65 2ebf0-2ee5d
    """,
    (3, 14): """
        897 1b4e-1b4f 1b7f 1c89-1c8a 2427-2429 31e4-31e5 a7cb-a7cd a7da-a7dc 105c0-105f3 10d40-10d65 10d69-10d85
        10d8e-10d8f 10ec2-10ec4 10efc 11380-11389 1138b 1138e 11390-113b5 113b7-113c0 113c2 113c5 113c7-113ca
        113cc-113d5 113d7-113d8 113e1-113e2 116d0-116e3 11bc0-11be1 11bf0-11bf9 11f5a 13460-143fa 16100-16139
        16d40-16d79 18cff 1cc00-1ccf9 1cd00-1ceb3 1e5d0-1e5fa 1e5ff 1f8b2-1f8bb 1f8c0-1f8c1 1fa89 1fa8f 1fabe 1fac6
        1fadc 1fadf 1fae9 1fbcb-1fbef
    """,
    (3, 15): """
        295 88f c5c cdc 1acf-1add 1ae0-1aeb 20c1 2b96 a7ce-a7cf a7d2 a7d4 a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce
        10940-10959 10ec5-10ec7 10ed0-10ed8 10efa-10efb 11b60-11b67 11db0-11ddb 11de0-11de9 12038-12039 12079 12226
        1222b 1230b 1230d 12399 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18d09-18d1e 18d80-18df2 1ccfa-1ccfc
        1ceba-1ced0 1cee0-1cef0 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 1f6d8 1f777-1f77a 1f8d0-1f8d8 1fa54-1fa57 1fa8a
        1fa8e 1fac8 1facd 1faea 1faef 1fbfa 2b73a-2b73f 2cea2-2cead 323b0-33479
    """,
}
CASES = {
    (3, 9): """
        a7c7-a7ca a7f5-a7f6 ab68
    """,
    (3, 11): """
        2c2f 2c5f a7c0-a7c1 a7d0-a7d1 a7d3 a7d5-a7d9 10570-1057a 1057c-1058a 1058c-10592 10594-10595 10597-105a1
        105a3-105b1 105b3-105b9 105bb-105bc 10780 10783-10785 10787-107b0 107b2-107ba 1df00-1df09 1df0b-1df1e
    """,
    (3, 12): """
        10fc a7f2-a7f4 ab69 1df25-1df2a 1e030-1e06d
    """,
    (3, 13): """
    """,
    (3, 14): """
        19b 264 1c89-1c8a a7cb-a7cd a7da-a7dc 10d50-10d65 10d70-10d85
    """,
    (3, 15): """
        295 a7ce-a7cf a7d2-a7d5 a7f1 16ea0-16eb8 16ebb-16ed3
    """,
}


def merged(ranges):
    """The same ranges in order, without overlaps: a character may have changed more than once."""
    result = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1]:
            first, before = result.pop()
            last = max(last, before)
        result.append((first, last))
    return result


class Changed:
    """The code points on which this interpreter and CPython 3.12 do not agree."""

    def __init__(self, table, version=None):
        version = sys.version_info[:2] if version is None else version
        ranges = []
        for step in table:
            if version < step <= REFERENCE or REFERENCE < step <= version:
                for part in table[step].split():
                    first, _, last = part.partition("-")
                    ranges.append((int(first, 16), int(last or first, 16)))
        ranges = merged(ranges)
        self.ranges = ranges

    def __contains__(self, code):
        low, high = 0, len(self.ranges)
        while low < high:
            middle = (low + high) // 2
            if self.ranges[middle][1] < code:
                low = middle + 1
            else:
                high = middle
        return low < len(self.ranges) and self.ranges[low][0] <= code

    def find(self, text):
        """The first of a text's characters that is one of them, or None."""
        if not self.ranges or text.isascii():
            return None
        for character in set(text):
            if character > "\x7f" and ord(character) in self:
                return character
        return None
