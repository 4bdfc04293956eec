"""## Which rows count

What the rows of a table come to: which are in the sums, what a row is, and what is missing (contract/RULES.md, from *Rows that are no orders* on).
"""

from datetime import timedelta
from functools import cached_property

from columns import FIRST_DAY
from forms import evidence_of
from ledger import FIRST_ROWS, Choice, Counted, Figures, Ledger, Sums
from noorders import END
from rounding import money
from sums import differ, matters, share_of

CAUSES = ("unread_amounts", "no_amount", "no_order_id", "repeated_order_id", "shifted_rows", "undated")


class Outcome:
    """What a table's rows come to: which are in the sums, what a row is, and what is to be asked."""

    def __init__(self, ledger: Ledger, options: dict):
        self.ledger, self.options = ledger, options
        self.settle(Choice(options.get("rows_no_orders") == "count", options.get("shifted_rows") == "realign"))
        self.ask_orders = "rows_no_orders" not in options and ledger.may_be_orders > 0
        shifted = ledger.realignable.absolute + ledger.lost_rows.absolute
        self.ask_shifted = "shifted_rows" not in options and ledger.realignable.count > 0 and matters(shifted, self.sums.total)

    def settle(self, choice: Choice) -> None:
        """Counts the rows of a choice and decides what a row is."""
        self.choice = choice
        self.figures: Figures = self.ledger.figures(choice)
        found, self.ask_row = self.figures, False
        self.row_is = self.options.get("row_is", "order")
        if "row_is" in self.options:
            return
        if found.lost:
            self.ask_row = True
        elif found.same or (not found.different and found.other_priced):
            self.ask_row = differ(found.first.total, found.lines.total)
        if not self.ask_row and (found.different or found.unpriced):
            self.row_is = "order_line"

    @property
    def sums(self) -> Sums:
        return self.figures.lines if self.row_is == "order_line" else self.figures.first

    def reading(self, row_is: str | None = None, choice: Choice | None = None) -> dict:
        """The figures that a person is shown of a reading: of another choice of rows, or of what a row is."""
        if choice is not None:
            other = Outcome.__new__(Outcome)
            other.ledger, other.options = self.ledger, self.options
            other.settle(choice)
            return other.reading()
        sums = self.sums if row_is is None else self.figures.lines if row_is == "order_line" else self.figures.first
        return reading_of(sums, self.figures.orders)

    @property
    def left_out(self) -> list[dict]:
        """The rows that are no orders, and those behind the data."""
        return [
            {"kind": kind, "rows": rows.count, "revenue": money(rows.units), "first": self.ledger.numbers(rows.rows[:FIRST_ROWS])}
            for kind, rows in self.ledger.kinds.items()
            if rows.count and (kind == END or not self.choice.counted)
        ]

    @property
    def no_orders(self) -> list[Counted]:
        """The rows that are left out as no orders, by kind."""
        return [self.ledger.kinds[kind["kind"]] for kind in self.left_out]

    @cached_property
    def missing(self) -> dict[str, Counted]:
        """What the sums lack, by cause."""
        ledger, found = self.ledger, {cause: Counted() for cause in CAUSES}
        found["unread_amounts"], found["undated"] = self.sums.unread, self.sums.undated
        found["no_amount"] = self.sums.without_amount
        found["no_order_id"] = ledger.without_id(Choice(self.choice.counted, True))
        if self.row_is == "order":
            found["repeated_order_id"] = self.figures.repeated
        found["shifted_rows"] = ledger.money_left_out(self.choice)
        return found

    @property
    def undecided_causes(self) -> list[str]:
        """The causes of what is missing that no person has decided."""
        decided = {"repeated_order_id": "row_is", "shifted_rows": "shifted_rows"}
        return [cause for cause in ("unread_amounts", "no_order_id", "repeated_order_id", "shifted_rows") if decided.get(cause) not in self.options]

    @property
    def missing_document(self) -> dict:
        return missing_document(self.missing, self.share)

    @property
    def absolute(self) -> int:
        missing = self.missing
        return sum(missing[cause].absolute for cause in self.undecided_causes)

    @property
    def share(self) -> float:
        return share_of(self.absolute, self.sums.total)

    @property
    def kind_evidence(self) -> list[dict]:
        return evidence_of((kind, rows.count) for kind, rows in self.ledger.kinds.items() if rows.count and kind != END)

    @property
    def shift_evidence(self) -> list[dict]:
        pairs = (("realign", self.ledger.realignable.count), ("leave_out", self.ledger.lost_rows.count))
        return evidence_of(pair for pair in pairs if pair[1])

    @property
    def row_evidence(self) -> list[dict]:
        pairs = (("different", self.figures.different), ("same", self.figures.same), ("other", self.figures.other))
        return evidence_of(pair for pair in pairs if pair[1])


def reading_of(sums: Sums, orders: int) -> dict:
    days = sums.days
    first, last = (None, None) if days is None else ((FIRST_DAY + timedelta(days=day)).isoformat() for day in days)
    return {"total_revenue": money(sums.total), "orders": orders, "first_day": first, "last_day": last}


def missing_document(missing: dict[str, Counted], share: float) -> dict:
    """What is missing as it stands in the documents."""
    parts = {cause: missing.get(cause, Counted()) for cause in CAUSES}
    return {**{cause: {"rows": rows.count, "revenue": money(rows.units)} for cause, rows in parts.items()}, "share": share}
