"""The emergency at an MCU's front: who may call whom, the plan that follows, the rooms that wait.

directory    what the office told beforehand, kept on this disk
reaching     a pass and a choice → the sites that are called, or why not            pure
callplan     directory, sites, caller → the conference's plan and its links         pure
callbook     the calls that are not over, this MCU's and the others'                pure
bells        the rooms that wait here, and what each of them does
front        all of it together: pressed → plan → hosting folder, bus, bells
"""
