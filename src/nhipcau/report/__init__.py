"""The report of a meeting: what its event log says of it, and what stands in words beside.

    records ─▶ steady times ─▶ fold, event by event ─┬▶ attending   who was here, when
                                                     ├▶ speaking    who had the floor
                                                     ├▶ asking      who asked for it
                                                     ├▶ leading     planned against actual
                                                     └▶ mishaps     what went wrong
                          last state ─▶ votes, roll   all of it ─▶ Report ─▶ tables of words
    reports of its branches ─▶ splitting     rates, roads, people ─▶ savings ─┘

Pure. The log may be cut anywhere, so a report can be made of a meeting that goes on; the same
records give the same report, wherever they are read from.
"""
