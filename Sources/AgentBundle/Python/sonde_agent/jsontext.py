"""JSON by the interpreter's own accelerator, without the `json` package.

`json` brings `re` and `enum` with it, which cost ten milliseconds and a megabyte in a target that has not loaded them.
"""

try:
    from _json import encode_basestring_ascii, make_encoder, make_scanner
except ImportError:
    make_encoder = make_scanner = None


def _refuse(value):
    raise TypeError("a {} has no JSON form".format(type(value).__name__))


def _refuse_constant(name):
    raise ValueError("{} is not JSON".format(name))


class _ScannerSettings:
    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_refuse_constant)


if make_encoder is not None:
    # markers, default, encoder, indent, key separator, item separator, sort keys, skip keys, allow NaN
    _encode = make_encoder(None, _refuse, encode_basestring_ascii, None, ":", ",", False, False, False)
    _scan = make_scanner(_ScannerSettings)

    def encode(value):
        """The JSON text of plain data, as bytes."""
        return "".join(_encode(value, 0)).encode("ascii")

    def decode(data):
        """The plain data that UTF-8 JSON text stands for; `ValueError` when it is none."""
        text = data.decode("utf-8").strip(" \t\r\n")
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            raise ValueError("not JSON") from None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if end != len(text):
            raise ValueError("text after the JSON value")
        return value

else:
    import json

    def encode(value):
        """The JSON text of plain data, as bytes."""
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=_refuse).encode("ascii")

    def decode(data):
        """The plain data that UTF-8 JSON text stands for; `ValueError` when it is none."""
        try:
            return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None
