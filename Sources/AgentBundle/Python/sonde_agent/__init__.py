"""Sonde's agent: what runs inside the target, on a thread of its own.

It is plain Python, standard library only, for CPython 3.8 and later. It never raises into the
target, never blocks it, and takes itself out again without a trace.
"""
