"""What can be done with accounts: one verb a module. Every verb asks the policy and is recorded.

parts ── what all verbs lean on        knowing ── who a cookie is
signing_in ─▶ second_factor ─▶ in      signing_out, sessions, own_password
accounts, granting                     what administrators do in their subtree
"""
