"""The interval of a share, for every score that is a count out of another."""

import math


def wilson(hits, n):
    """The interval of Wilson (1927) at 95 %."""
    if n == 0:
        return 0.0, 1.0
    p, z = hits / n, 1.96
    middle, width, scale = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n), 1 + z * z / n
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)
