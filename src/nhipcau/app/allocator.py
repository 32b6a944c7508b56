"""Large blocks go back to the system when they are freed.

glibc begins with a threshold of 128 kB above which a block is mapped by itself, and raises it to
the size of whatever mapped block is freed, up to 32 MB. Pictures of 345 kB then lie in the heaps of
the media threads between small blocks that stay, and those heaps never shrink: after a roll call,
for which each room is decoded once, a process with 145 rooms was 200 MiB larger. A threshold that
was set stays.

Source: mallopt(3), "M_MMAP_THRESHOLD".
"""

import ctypes

_M_MMAP_THRESHOLD = -3
# Below a picture of 640×360 (345,600 bytes), above what is made and freed all the time.
_THRESHOLD_BYTES = 256 * 1024


def return_large_blocks() -> bool:
    """Set the threshold for this process; return False where the C library has none."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _THRESHOLD_BYTES))
