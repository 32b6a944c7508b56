"""Benches: every figure that an issue or a page names is measured here, by `nhipcau bench NAME`.

A bench starts the real processes, measures from outside, and ends with one JSON object. It judges
nothing but its own goals, and exits 0 when it ran.
"""
