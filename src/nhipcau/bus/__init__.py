"""Adapters of the bus port: NATS and its in-memory twin, and a NATS server as a child.

natslink    one connection, kept for ever      natsbus, natsregistry    the ports over it
natsrights  who may what, in NATS's words      server, serverconfig     nats-server as a child
memory      the twin of both
"""
