"""Probes: how a function is observed without being touched but for its code."""
