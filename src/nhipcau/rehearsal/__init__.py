"""Synthetic sites: real WebRTC endpoints without a browser, hundreds in one process.

They serve the demo, the tests and the rehearsal of a meeting. See docs/adr/0002-rehearsal-room.md.

    process ──▶ Fleet ──▶ Caller ──▶ Endpoint (what to do)
                  │          └─────▶ SiteMedia: OutgoingStream, FlowCounter (packets)
                  └─ Pantry ──▶ loops, tones (what is sent)
"""
