"""The composition root: here alone adapters are wired to ports, and processes are started.

demo ─┬─ nats-server
      ├─ office process
      ├─ MCU supervisor ── media process (+ one warm)
      └─ fleet process (synthetic sites)
"""
