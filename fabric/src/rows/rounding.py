"""## Rounding

Exact arithmetic on integers, rounded half to even.
"""


def divided(numerator: int, denominator: int) -> int:
    """numerator / denominator as the nearest integer, half to even; the denominator is above 0."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def rounded(numerator: int, denominator: int, decimals: int) -> float:
    """numerator / denominator in exact arithmetic, rounded half to even to so many decimals."""
    scale = 10**decimals
    return divided(numerator * scale, denominator) / scale


def money(units: int) -> float:
    """Ten-thousandths as currency units, rounded to cents."""
    return rounded(units, 10000, 2)


def above_five_percent(part: int, whole: int) -> bool:
    return part * 20 > whole
