"""Codecs: H.264 and Opus on one side, planes and samples on the other.

pyav.py     makes the real ones, over FFmpeg: h264.py, scale.py, opus.py
planes.py   pictures into FFmpeg's frames and back, with as few copies as can be
annexb.py   access units cut into NAL units, pure bytes
raw.py      the twins: tagged bytes without compression, for quick tests
"""
