"""## Column names

`Order ID` becomes `order_id` (contract/RULES.md, Names).
"""

import unicodedata


def normalized_name(header: str) -> str:
    """The header in NFKC and lower case, letters and digits kept, everything between them one `_`; may be empty."""
    words = []
    word = []
    for char in unicodedata.normalize("NFKC", header):
        # A letter at a time: Python's lower() of a whole word knows rules (final sigma) that other languages do not.
        for lowered in char.lower()[:1]:
            category = unicodedata.category(lowered)
            if category.startswith("L") or category == "Nd":
                word.append(lowered)
            elif word:
                words.append("".join(word))
                word = []
    if word:
        words.append("".join(word))
    return "_".join(words)


def normalized_names(headers: list[str]) -> list[str]:
    """The names of all columns: blank ones become column_N, a repeated one gets the next free suffix _2, _3 ..."""
    used: set[str] = set()
    names = []
    for position, header in enumerate(headers, start=1):
        base = normalized_name(header) or f"column_{position}"
        name, suffix = base, 1
        while name in used:
            suffix += 1
            name = f"{base}_{suffix}"
        used.add(name)
        names.append(name)
    return names


def column_letters(place: int) -> str:
    """The letters of a column, counted from 0, as spreadsheets show them."""
    letters = ""
    place += 1
    while place > 0:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
