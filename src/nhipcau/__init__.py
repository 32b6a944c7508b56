"""Nhịp Cầu: on-premise video conferencing for the tiers of a public administration."""
