"""The frame decoder, the JSON text, and the suggestions: no target needed."""

import json
import unittest

from . import bundle  # noqa: F401 - puts the agent on the path

from sonde_agent import frames, jsontext, suggestions
from sonde_agent.patterns import matches


class FrameTests(unittest.TestCase):
    def test_any_split_gives_the_same_frames(self):
        payloads = [b"{}", b"x" * 300, b'{"a":1}']
        wire = b"".join(frames.frame(payload) for payload in payloads)
        for size in (1, 2, 3, 5, 7, 100, len(wire)):
            decoder = frames.Decoder()
            seen = []
            for start in range(0, len(wire), size):
                decoder.feed(wire[start : start + size])
                while True:
                    payload = decoder.next()
                    if payload is None:
                        break
                    seen.append(payload)
            self.assertEqual(seen, payloads, size)

    def test_a_frame_of_no_length_is_a_close(self):
        decoder = frames.Decoder()
        decoder.feed(b"\0\0\0\0")
        self.assertEqual(decoder.next(), b"")

    def test_a_frame_that_announces_too_much_is_refused_before_it_comes(self):
        decoder = frames.Decoder(limit=10)
        decoder.feed((11).to_bytes(4, "big"))
        with self.assertRaises(frames.FrameTooLarge):
            decoder.next()


class JSONTests(unittest.TestCase):
    def test_what_is_encoded_reads_back(self):
        for value in [None, True, 0, -1, 2**63 - 1, 1.5, 1e300, "é\n\u2028\x00", [1, [2]], {"a": {"b": []}}, "😀"]:
            text = jsontext.encode(value)
            self.assertEqual(json.loads(text.decode()), value)
            self.assertEqual(jsontext.decode(text), value)

    def test_what_is_not_json_is_refused(self):
        for text in [b"", b"{", b"nul", b"[1,]", b"1 2", b"{1:2}", b"NaN", b"[" * 100000, b'"\xff"', b'"\x01"']:
            with self.assertRaises(ValueError, msg=text[:20]):
                jsontext.decode(text)

    def test_what_has_no_json_form_is_refused(self):
        for value in [object(), {1, 2}, float("nan"), b"x"]:
            with self.assertRaises((TypeError, ValueError)):
                jsontext.encode(value)


class NameTests(unittest.TestCase):
    def test_suggestions(self):
        cases = [
            ("parms", ["params", "args"], "params"),
            ("chekcout", ["checkout", "check"], "checkout"),
            ("Checkout", ["checkout"], "checkout"),
            ("zzz", ["checkout"], None),
            ("", ["a"], "a"),
        ]
        for name, choices, expected in cases:
            self.assertEqual(suggestions.suggestion(name, choices), expected, name)

    def test_globs(self):
        cases = [
            ("*", "", True),
            ("*", "abc", True),
            ("a*c", "abbc", True),
            ("a*c", "abbd", False),
            ("?", "a", True),
            ("?", "", False),
            ("*b*", "abc", True),
            ("a**c", "ac", True),
            ("abc", "abcd", False),
            ("*" * 40 + "b", "a" * 2000, False),
        ]
        for pattern, text, expected in cases:
            self.assertEqual(matches(pattern, text), expected, (pattern, text[:20]))


if __name__ == "__main__":
    unittest.main()
