"""The audit: who did what, from where, on whom, with what outcome; and the proof that it stands.

    entry ─▶ row: one line of canonical JSON ─▶ chain: each row carries the hash of the one before
                                                   │
                                    checkpoint: number and hash of a row, signed

Pure: the moment, the chain's name and its key are arguments.
"""
