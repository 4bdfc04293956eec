"""Small random tables of nasty rows: totals, notes, rules, headers again, shifted rows, repeated order_ids, order lines, values that can't be read."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time

HEADERS = ["Order ID", "Order Date", "Channel", "Revenue", "Product Name", "Quantity", "Discount", "Region"]
ROLES = {"order_id": 0, "order_date": 1, "channel": 2, "revenue": 3, "quantity": 5, "discount": 6, "region": 7}
TOTAL_WORDS = ["Total", "Summe", "Grand total:", "total 2025", "Zwischensumme", "Sum:", "Total of", "ΣTotal"]
NOTHING = ["", " ", "n/a", "-", "NULL", "\u2013", "?"]
TEXTS = ["Web", "web ", "Store", "STORE", "St ore", "a note", "Note:", "", "x", "Kiosk, small", "12", "caf\u00e9", "Ã¤"]
NOTES = [["# all prices with tax"], ["Printed by Ana"], ["Note:", "3 pages"], ["* net"], ["Remark:"], ["", "", "as of May"], ["word"]]
RULES = [["---"], ["", "===", "==="], ["-", "-", "-", "-"], ["\x1a"], ["", "", "--", "-", "", "-"], ["…", "…"]]
OPTIONS: list[dict] = [
    {}, {}, {}, {}, {"rows_no_orders": "leave_out"}, {"rows_no_orders": "count"}, {"shifted_rows": "realign"}, {"shifted_rows": "leave_out"}, {"row_is": "order"}, {"row_is": "order_line"},
    {"end_rows": 2}, {"accept_missing": True}, {"decimal_mark": ","}, {"date_order": "dmy"}, {"date_order": "mdy", "two_digit_years_from": 1950}, {"null_words": ["12", "web"]}, {"grouping_mark": ","},
    {"rows_no_orders": "leave_out", "shifted_rows": "realign", "row_is": "order_line"}, {"rows_no_orders": "count", "shifted_rows": "realign"}, {"time_zone": "Europe/Berlin"},
]  # fmt: skip


@dataclass
class Nasty:
    """A table: the rows below its header, of texts only for a text file, else of cells; options that a person might give; rows declared as totals."""

    csv: bool
    rows: list[list]
    options: dict
    declared: set[int]

    @property
    def all_rows(self) -> list[list]:
        return [list(HEADERS), *self.rows]


class Writer:
    """Writes the rows of one table."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)
        self.csv = self.draw.random() < 0.7
        self.dates = self.draw.choice(["iso", "iso", "open", "points", "timed", "mixed"])
        self.numbers = self.draw.choice(["plain", "plain", "comma", "thousands", "mixed"])
        self.nasty = self.draw.choice([0.0, 0.1, 0.3, 0.7])
        self.trailing = self.draw.choice([0, 0, 0, 1, 3])
        self.all = self.since = 0.0
        self.rows: list[list] = []
        self.ids: list = []

    def amount(self, number: float):
        if not self.csv and self.draw.random() < 0.8:
            return number
        way = self.numbers if self.numbers != "mixed" else self.draw.choice(["plain", "comma", "thousands", "dressed"])
        if way == "comma":
            return f"{number:.2f}".replace(".", ",")
        if way == "thousands":
            return f"{number:,.2f}" if self.draw.random() < 0.8 else f"{number:,.0f}"
        if way == "dressed":
            return self.draw.choice(["${:.2f}", "({:.2f})", "{:.1f}-", "{:.3f}", "+{:.2f}", "{:.1e}", "€ {:.2f}"]).format(number)
        return f"{number:.2f}"

    def day(self):
        day = date(2025, self.draw.randrange(1, 13), self.draw.randrange(1, 29))
        if not self.csv and self.draw.random() < 0.8:
            return self.draw.choice([day, day, datetime(day.year, day.month, day.day, 3, 4, 5), float(day.strftime("%Y%m%d"))])
        way = self.dates if self.dates != "mixed" else self.draw.choice(["iso", "open", "points", "timed", "short"])
        forms = {"iso": "%Y-%m-%d", "open": "%d/%m/%Y", "points": "%d.%m.%Y", "timed": "%Y-%m-%dT23:59:01Z", "short": "%d.%m.%y 10:11"}
        return day.strftime(forms[way])

    def order(self) -> list:
        number = self.draw.choice([5.0, 5.0, 10.0, 15.0, 20.0, 1234.0, -5.0, 0.0, 99.5, float(self.draw.randrange(1, 10**5)) / 4])
        again = self.ids and self.draw.random() < self.nasty / 3
        order_id = self.draw.choice(self.ids) if again else f"A{len(self.ids) + 1}" if self.csv or self.draw.random() < 0.5 else float(len(self.ids) + 1)
        self.ids.append(order_id)
        quantity = self.draw.choice([1, 2, 3])
        row = [order_id, self.day(), self.draw.choice(TEXTS[:4]), self.amount(number), self.draw.choice(TEXTS), str(quantity) if self.csv else float(quantity), "0" if self.csv else 0.0, self.draw.choice(TEXTS[:5])]
        self.all, self.since = self.all + number, self.since + number
        return row

    def total(self) -> list:
        units = self.draw.choice([self.all, self.since, self.all + 0.004, 7.0])
        row: list = [""] * len(HEADERS)
        row[self.draw.choice([0, 0, 0, 2, 4])] = self.draw.choice([*TOTAL_WORDS, "", *["B77"] * 4])
        row[3] = self.draw.choice([self.amount(units), self.amount(units), ""])
        if self.draw.random() < 0.25:
            row[1] = self.day()
        self.since = 0.0
        return row

    def broken(self) -> list:
        """An order with a value that can't be read, or that is not there."""
        row = self.order()
        place = self.draw.choice([0, 1, 3, 3, 5, 6, 7])
        row[place] = self.draw.choice([*NOTHING, "abc", "12 of 3", "31.02.2025", "about 1.5", "12345678901234567890,1e5", None, *([] if self.csv else [True, time(1, 2), date(2025, 1, 1)])])
        return row

    def shifted(self) -> list:
        """An order with a delimiter too many in one of its fields."""
        row = self.order()
        if not self.csv:
            return row
        place = self.draw.choice([2, 3, 3, 4, 4, 7])
        parts = {3: self.draw.choice([["1", "234.50"], ["2", "012"], ["-3", "500"], ["1", "234", "567.00"]])}.get(place, self.draw.choice([["Kiosk", " small"], ["a", "b"], ["x", " y", "z"]]))
        row[place : place + 1] = parts
        if self.draw.random() < 0.2:
            row[3:3] = [self.draw.choice(["oops", " oops"])]
        return row[: len(HEADERS)] if self.draw.random() < 0.2 else row

    def again(self) -> list:
        """A row once more, as it is or with another amount or none."""
        if not self.rows:
            return self.order()
        row = list(self.draw.choice(self.rows))
        if len(row) > 3 and self.draw.random() < 0.6:
            row[3] = self.draw.choice([self.amount(5.0), "", row[3], row[3]])
        if row and isinstance(row[0], str) and self.draw.random() < 0.2:
            row[0] += " "
        return row

    def table(self) -> Nasty:
        kinds = [self.total, self.broken, self.shifted, self.again, lambda: list(self.draw.choice(NOTES)), lambda: list(self.draw.choice(RULES)), self.header]
        for _ in range(self.draw.choice([0, 1, 3, 8, 20, 40])):
            row = self.draw.choice(kinds)() if self.draw.random() < self.nasty else self.order()
            if self.draw.random() < 0.02 and len(row) > 3:
                row[self.draw.randrange(len(row))] = self.draw.choice(["1e300", "9" * 30, "x", " "])
            self.rows.append(row)
        if self.csv:
            rows: list[list] = [["" if cell is None else str(cell) for cell in row] + [""] * (self.trailing if len(row) >= len(HEADERS) else 0) for row in self.rows]
        else:
            rows = [[None if cell == "" else cell for cell in row[: len(HEADERS)]] for row in self.rows]
        numbers = range(2, len(rows) + 2)
        declared = set(self.draw.sample(numbers, 1)) if rows and not self.csv and self.draw.random() < 0.2 else set()
        return Nasty(self.csv, rows, {**self.draw.choice(OPTIONS)}, declared)

    def header(self) -> list:
        row = list(HEADERS)
        if self.draw.random() < 0.3:
            row[self.draw.randrange(len(row))] = self.draw.choice(["", "other", " Revenue "])
        return row


def nasty_table(seed: int) -> Nasty:
    return Writer(seed).table()
