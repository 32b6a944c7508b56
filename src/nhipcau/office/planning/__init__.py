"""The verbs of planning, one a module: what can be done with a meeting before and while it is.

desk ───── what all verbs lean on, how they ask the policy and tell the audit
founding ─▶ writing ─▶ living        a meeting is founded, written, and moved on in its life
reading                              a meeting laid on its day: times, problems, deadlines
duties, contacts                     who does what, whom to call, what is done
lineup, briefing                     MCUs, the forecast; what the live plane is told
papers, fetching                     files of the papers; rooms fetch them beforehand
templates
"""
