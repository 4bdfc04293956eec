"""## Sums

Revenue is summed as whole ten-thousandths, so that a sum is exact and does not depend on the order of the rows (contract/RULES.md, Sums).
"""

import sys

import numpy as np

from rounding import rounded

LARGEST = sys.float_info.max


def ten_thousandths(revenues: list | np.ndarray) -> np.ndarray:
    """Each revenue as the integer nearest to value x 10,000, half to even; null is 0. int64, so that no sum of any of them is
    beyond it; where that can't be, Python's integers, which have no limit."""
    values = revenues if isinstance(revenues, np.ndarray) else np.array([0.0 if value is None else value for value in revenues], np.float64)
    with np.errstate(over="ignore"):
        nearest = values * 10000.0
        np.rint(np.clip(nearest, -LARGEST, LARGEST, out=nearest), out=nearest)
        small = float(np.abs(nearest).sum()) < 2.0**62
    if small:
        return nearest.astype(np.int64)
    return np.array([int(value) for value in nearest], dtype=object)


def units_of(revenue: float) -> int:
    """One revenue in ten-thousandths."""
    product = float(revenue) * 10000.0
    return round(product) if abs(product) <= LARGEST else round(LARGEST if product > 0 else -LARGEST)


def share_of(missing: int, total: int) -> float:
    """What is missing as a share of itself and the total, with 6 decimals; missing is 0 or more."""
    return rounded(missing, missing + abs(total), 6) if missing else 0


def matters(missing: int, total: int) -> bool:
    """Whether what is missing is 0.5 % or more of itself and the total."""
    return missing > 0 and missing * 200 >= missing + abs(total)


def differ(one: int, other: int) -> bool:
    """Whether two sums differ by 0.5 % of the larger or more."""
    return one != other and abs(one - other) * 200 >= max(abs(one), abs(other))
