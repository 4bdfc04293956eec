"""Tables in random national dress: the undressed figures come out, or a question of which one reading has them, never another figure."""

import csv
import io
import random
from datetime import date, timedelta

import pytest

from conftest import starts, surveyed, workbook

NAMES = [["order_id", "order_date", "revenue"], ["Bestellnummer", "Bestelldatum", "Umsatz (EUR)"], ["N° de commande", "Date de commande", "Montant TTC"], ["Numer zamówienia", "Data zamówienia", "Wartość"]]
MONTHS = ["Jan", "Feb", "März", "avril", "Mai", "czerwca", "Jul", "agosto", "Sept.", "Oct", "Nov", "dicembre"]
DATES = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y-%m-%dT23:59:59.999Z", "%m/%d/%Y, 8:30:00 AM", "%d.%m.%y", "name", "bare"]


class Dress:
    """One way to write a table."""

    def __init__(self, draw: random.Random):
        self.decimal = draw.choice(".,")
        self.grouping = draw.choice(["", {".": ",", ",": "."}[self.decimal], "'", " ", "\u202f"])
        self.places = draw.choice([0, 1, 2, 2, 3])
        self.currency = draw.choice(["{}", "{}", "${}", "{} €", "CHF {}", "{} zł"])
        self.negative = draw.choice(["-{}", "\u2212{}", "({})", "{}-"])
        self.dates = draw.choice(DATES)
        self.draw = draw

    def amount(self, cents: int) -> str:
        whole, rest = divmod(abs(cents), 1000)
        text = f"{whole:,}".replace(",", self.grouping)
        if self.places:
            text += self.decimal + f"{rest:03}"[: self.places]
        text = self.currency.format(text)
        return self.negative.format(text) if cents < 0 else text

    def day(self, day: date) -> str:
        if self.dates == "name":
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        if self.dates == "bare":
            return f"{day.day}.{day.month}.{day.year}"
        return day.strftime(self.dates)


def dressed_table(seed: int) -> tuple[str, bytes, float, int, date, date]:
    """A file with the revenue, orders and first and last day that a person who knows how it was written takes from it."""
    draw = random.Random(seed)
    dress = Dress(draw)
    step = 10 ** (3 - dress.places)
    amounts = [draw.choice([1, 1, 1, -1]) * draw.randrange(1, draw.choice([10**4, 10**6, 10**8])) // step * step for _ in range(draw.choice([5, 40, 120]))]
    first = date(2025, draw.randrange(1, 13), draw.randrange(1, 29))
    days = [first + timedelta(days=i * draw.choice([0, 1, 3])) for i in range(len(amounts))]
    names = draw.choice(NAMES)
    lines = [[f"A{i:04}", dress.day(day), dress.amount(amount), draw.choice(["Web", "Store"])] for i, (day, amount) in enumerate(zip(days, amounts))]
    total, orders = sum(amounts), len(lines)
    if draw.random() < 0.3:  # a line of its own below an order
        place = draw.randrange(len(lines))
        extra = draw.randrange(1, 10**5) // step * step
        if extra != amounts[place]:
            lines.insert(place + 1, [lines[place][0], lines[place][1], dress.amount(extra), "Web"])
            total += extra
    if draw.random() < 0.4:
        lines.append([draw.choice(["Total", "Summe:", "Razem"]), "", dress.amount(total), ""])
    if draw.random() < 0.3:
        lines.insert(draw.randrange(len(lines)), [*names, "channel"])
    head = [[*names, "channel"]]
    if draw.random() < 0.3:
        head = [["Report"], [], *head]
    revenue = total / 1000
    if draw.random() < 0.25:
        data = workbook([{"name": "S", "hidden": False, "rows": [[cell or None for cell in line] for line in head + lines]}])
        return f"{seed}.xlsx", data, revenue, orders, min(days), max(days)
    out = io.StringIO()
    csv.writer(out, delimiter=draw.choice(",;\t|")).writerows(head + lines)
    return f"{seed}.csv", out.getvalue().encode(draw.choice(["utf-8", "utf-8-sig", "utf-16"])), revenue, orders, min(days), max(days)


def figures(reading: dict) -> tuple:
    return reading["total_revenue"], reading["orders"], reading["first_day"], reading["last_day"]


@pytest.mark.parametrize("start", starts(600, 60))
def test_the_undressed_figures_or_a_question(start):
    for seed in range(start, start + 60):
        name, data, revenue, orders, first, last = dressed_table(seed)
        found = surveyed(name, data)
        for _ in range(6):  # a person answers each question with the reading that is right
            if not found.questions:
                break
            question = found.questions[0]
            chosen = answer(question, name, data, found.options, (round(revenue, 2), orders, first.isoformat(), last.isoformat()))
            found = surveyed(name, data, chosen)
        assert not found.questions, (seed, found.questions)
        got = figures(found.outcome.reading())
        assert got == (pytest.approx(revenue, abs=0.006), orders, first.isoformat(), last.isoformat()), (seed, got, revenue, orders, first, last, data[:300])
        assert found.outcome.share == 0, seed


def answer(question: dict, name: str, data: bytes, options: dict, wanted: tuple) -> dict:
    """The options with the answer of which something follows that is right; questions of one stage are answered one by one."""
    best, most = options, -1
    for reading in question["readings"]:
        if reading["options"] is None:
            continue
        given = {**options, **{key: value for key, value in reading["options"].items() if key != "schema_version"}}
        score = sum(a == b or (isinstance(a, float) and abs(a - b) < 0.006) for a, b in zip(figures(reading), wanted))
        if score > most:
            best, most = given, score
    return best


def test_neither_the_order_of_rows_nor_a_second_look_changes_what_is_found():
    for seed in range(40):
        name, data, *_ = dressed_table(seed)
        if not name.endswith(".csv"):
            continue
        once, again = surveyed(name, data).document, surveyed(name, data).document
        assert once == again
    text = "order_id;order_date;revenue\n"
    rows = [f"{i};{d:02}/{m:02}/2025;{a}\n" for i, (d, m, a) in enumerate([(1, 2, "1.234"), (13, 2, "5,5"), (3, 4, "2.500"), (7, 7, "NULL"), (9, 9, "(3)")])]
    wanted = surveyed("a.csv", (text + "".join(rows)).encode()).document
    for seed in range(10):
        random.Random(seed).shuffle(rows)
        assert surveyed("a.csv", (text + "".join(rows)).encode()).document == wanted
