"""Planning: the written scenario of a meeting as data.

    Plan ──┬─ timeline ──▶ when each cue and each turn begins
           ├─ invite ────▶ which units and sites take part ──▶ clashes, forecast
           ├─ check ─────▶ problems, each at its row
           ├─ edit ──────▶ parts before and after ──▶ merged, or refused with both texts
           └─ seal ──────▶ SHA-256 of the canonical content

A plan is a document whose schema is Pydantic's, as that of the bus messages is. Everything here is
pure: time, ids, the tree of a day and the calendar are arguments.
"""
