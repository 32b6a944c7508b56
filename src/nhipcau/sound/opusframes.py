"""What can be said of an Opus packet without decoding it."""

# 20 ms of digital silence, full band, mono, one frame: what an encoder makes of nothing, and what
# is sent where there is nothing. Source: RFC 6716 §3.1 (configuration 31, code 0).
OPUS_SILENCE = bytes.fromhex("f8fffe")
