"""## Questions in words

The sentence with which a run fails while a person has to decide how its file is read: every reading, and what it gives.
"""

ORDERS = {"dmy": "01/02/2025 as 1 February", "mdy": "01/02/2025 as 2 January", "ymd": "the year first"}
MARK_WORDS = {".": "with a decimal point", ",": "with a decimal comma"}
WORDS = {
    ("rows_no_orders", "leave_out"): "without the rows that may be totals",
    ("rows_no_orders", "count"): "with the rows that may be totals",
    ("shifted_rows", "realign"): "with the shifted rows put right",
    ("shifted_rows", "leave_out"): "without the shifted rows",
    ("row_is", "order"): "each order_id once",
    ("row_is", "order_line"): "every row as an order line",
    ("accept_missing", True): "without what is missing",
}


def undecided(questions: list[dict]) -> str:
    """One sentence that names the readings of the open questions."""
    told = "; ".join(f"{question['id']} ({' or '.join(told_reading(question['id'], reading) for reading in question['readings'])})" for question in questions)
    return f"The file can be read in more than one way, and a person has to decide: {told}: choose on the desktop's Import screen and run again."


def told_reading(question: str, reading: dict) -> str:
    return f"{told_answer(question, reading['options'])}: {told_figures(reading)}"


def told_answer(question: str, options: dict | None) -> str:
    """What a reading means."""
    if options is None:
        return "with what is missing"
    value = options[question]
    if question == "sheet":
        return f"sheet {value}"
    if question == "columns":
        return ", ".join(f"{header} as {role}" for role, header in value.items())
    if question == "decimal_mark":
        return MARK_WORDS[value]
    if question == "date_order":
        return ORDERS[value]
    if question == "two_digit_years_from":
        return f"years from {value} to {value + 99}"
    return WORDS[question, value]


def told_figures(reading: dict) -> str:
    """What a reading gives, as far as it is known."""
    total, orders, first, last = (reading[key] for key in ("total_revenue", "orders", "first_day", "last_day"))
    parts = ["a revenue that depends on the decimal mark" if total is None else f"{total:,.2f}"]
    if orders is not None:
        parts.append(f"in {orders:,} {'order' if orders == 1 else 'orders'}")
    if first is not None:
        parts.append(f"from {first} to {last}")
    return " ".join(parts)
