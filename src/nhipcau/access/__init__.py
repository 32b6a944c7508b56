"""Who may do what: accounts, roles, grants over the tree of units, and the one policy.

    Actor (who, with which grants) ─┐
    Action (one name a deed)  ──────┼──▶ policy.decide ──▶ Allowed │ Refused
    Target (on whose unit, meeting) ┘

Also what a sign-in rests on, as far as it is arithmetic: password rules, one-time codes, how long
to wait after failures, when a session ends. Pure: no time, no randomness, no store, no network.
Faces (`web`), verbs (`office`) and the live plane (`mcu`) ask `decide`; none has rules of its own.
"""
