"""What the work of an MCU costs, as measured; the forecast reckons with these and nothing else.

Core-seconds for each operation. Source: docs/PERFORMANCE.md, "Where the time goes" (2 shared cores
of an AMD EPYC, otherwise idle); the encoders of 360p and of 1080p: the feasibility spike on the
same machine, the former by its share of the pixels.
"""

ENCODE_720P_S = 4.3e-3
# 640×360 has a quarter of the pixels of 1280×720.
ENCODE_360P_S = ENCODE_720P_S / 4
# 1920×1080 of the content view.
ENCODE_1080P_S = 12e-3
DECODE_360P_S = 0.28e-3
SCALE_TILE_S = 0.09e-3
PASTE_16_TILES_S = 0.2e-3
OPUS_ENCODE_S = 74e-6
OPUS_DECODE_S = 31e-6
# One packet to one viewer, SRTP and sendto included.
SEND_PACKET_S = 8.5e-6
# One packet polled (10.7 µs in the spike) and through our receiver (3 µs).
RECEIVE_PACKET_S = 13.7e-6

# Our own choices, not measurements: the rungs of `mcu.ladder`.
FPS = 25
CONTENT_FPS = 5
PROGRAM_720P_BPS = 1_200_000
PROGRAM_360P_BPS = 400_000
CONTENT_BPS = 1_000_000
SOUND_BPS = 64_000
SOUND_PACKETS_PER_S = 50
PACKET_BYTES = 1200
# IP, UDP, SRTP and RTP headers of a packet of 1,200 bytes.
LINE_OVERHEAD = 1.06
# What one site sends when it is seen or heard: 640×360 and sound.
UPSTREAM_BPS = 600_000 + SOUND_BPS
# Who is seen and heard at once in an ordinary cue: the speaker, the chair and eight others; three
# open microphones.
SHOWN_SITES = 10
OPEN_MICROPHONES = 3
# Sites that a trunk carries upwards at once: who speaks and who is next.
TRUNK_UPSTREAMS = 2

# Above this share of its cores an MCU begins to be late; above that of its line, to lose.
CPU_SHARE = 0.7
LINE_SHARE = 0.8
