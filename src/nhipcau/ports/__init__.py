"""The doors between the storeys: `typing.Protocol`s, and the frozen messages that cross them.

A port has at most six methods and two implementations: the real one and an in-memory one that the
tests use. `app.py` alone decides which one stands behind a door.

    web, office, mcu, rehearsal  →  ports  ←  codec, webrtc, storage, bus
"""
