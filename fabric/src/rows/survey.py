"""## How the file is read

What is found, asked and missing (contract/RULES.md, Read options): `reading` of `import_profile.json`.
"""

from dataclasses import dataclass, field
from typing import Protocol

from failure import RunFailed
from forms import Forms, Question, Shown, decided_forms, evidence_of, first_forms, look
from grid import Grid
from header import Assignment, name_columns, table_of
from ledger import Ledger, data_rows
from options import FIELDS, options_document
from outcome import Outcome, missing_document
from reading import Source
from realigning import realign
from rounding import money
from sums import matters
from table import Table
from textfile import note_ragged, ragged
from words import AMOUNTS, REQUIRED, ROLES


@dataclass
class Survey:
    """How a file is read, and what reads it so."""

    table: Table
    options: dict  # as they were given
    forms: Forms
    roles: dict[str, int] = field(default_factory=dict)
    looked: bool = False  # the rows were looked at: there are the required columns
    found: list[dict] = field(default_factory=list)
    questions: list[dict] = field(default_factory=list)
    found_options: dict = field(default_factory=dict)
    outcome: Outcome | None = None
    currencies: dict[str, int] = field(default_factory=dict)
    rows: "Rows | None" = None  # what looks at the rows where the table has them in parts

    @property
    def row_is(self) -> str:
        return self.outcome.row_is if self.outcome else self.options.get("row_is", "order")

    def say(self, option: str, evidence: list[dict]) -> None:
        self.found.append({"option": option, "source": "found", "evidence": evidence})

    def ask(self, question: Question, figures: list[dict]) -> None:
        readings = [{"options": options_document(answer), **reading} for answer, reading in zip(question.answers, figures)]
        self.questions.append({"id": question.id, "evidence": question.evidence, "readings": readings})

    @property
    def document(self) -> dict:
        """`reading` as it stands in import_profile.json."""
        given = [{"option": option, "source": "given", "evidence": []} for option in FIELDS if option in self.options]
        order = list(FIELDS)
        return {
            "options": options_document({**self.options, **self.found_options}),
            "found": sorted(given + self.found, key=lambda found: order.index(found["option"])),
            "questions": self.questions,
            "left_out": self.outcome.left_out if self.outcome else [],
            "missing": self.outcome.missing_document if self.outcome else missing_document({}, 0),
        }


def survey(source: Source, options: dict) -> Survey:
    """Finds how a file is read, with what the options say. Raises RunFailed for an option that the file can't follow."""
    sheet = source.first_sheet
    table, assignment, above = table_of(source, sheet, options)
    if source.book is not None:
        table.sheets = source.book.sheet_list()
    found = Survey(table, options, first_forms(options), dict(assignment.columns))
    if table.headers:
        name_columns(table, assignment.columns)
        if table.is_csv:
            note_ragged(table)
    elif table.is_csv:
        table.text |= {"short_rows": ragged([]), "long_rows": ragged([]), "shifted_rows": ragged([])}
    if source.escaped_quotes:
        found.found_options["quoting"] = "backslash"
        found.say("quoting", evidence_of([('\\"', source.escaped_quotes)]))
    say_header(found, assignment, above)
    if not assignment.possible:
        ask_sheet(found, source)
    elif not assignment.required:
        ask_columns(found, assignment)
    else:
        survey_rows(found)
    return found


def say_header(found: Survey, assignment: Assignment, above: bool) -> None:
    """Says where the header was found, and which columns have roles by names that such columns have."""
    table = found.table
    if above:
        found.found_options["header_row"] = table.header_row
        places = [assignment.columns[role] if role in assignment.columns else assignment.candidates[role][0] for role in REQUIRED]
        found.say("header_row", evidence_of((table.headers[place], 1) for place in places))
    optional = {role: assignment.candidates[role] for role in ROLES if role in assignment.candidates and role not in REQUIRED}
    if not optional:
        return
    taken = {role: table.headers[places[0]] for role, places in optional.items() if len(places) == 1}
    if taken or found.options.get("columns"):
        found.found_options["columns"] = {**found.options.get("columns", {}), **taken}
    found.say("columns", evidence_of((table.headers[place], 1) for places in optional.values() for place in places))


class Rows(Protocol):
    """Looks at the rows of a table that is in parts."""

    def shown(self, roles: dict[str, int]) -> Shown:
        """What the texts of the columns of roles show."""

    def ledger(self, forms: Forms, roles: dict[str, int]) -> Ledger:
        """The rows when their values are read in one way."""


def ledger_of(found: Survey, forms: Forms, roles: dict[str, int], options: dict) -> Ledger:
    return Ledger(found.table, forms, roles, options) if found.rows is None else found.rows.ledger(forms, roles)


def ask_sheet(found: Survey, source: Source) -> None:
    """Asks for the sheet where others than the one that is read have the required columns."""
    if "sheet" in found.options or "header_row" in found.options:
        return
    answers, figures = [], []
    for sheet in source.visible_sheets:
        if sheet == found.table.sheet:
            continue
        table, assignment = other_table(source, sheet, found.options)
        if assignment.possible:
            chosen = (assignment.combinations() or [{}])[0]
            answers.append({"sheet": sheet})
            figures.append(first_figures(Survey(table, found.options, found.forms), {**assignment.columns, **chosen}))
    if answers:
        found.ask(Question("sheet", evidence_of((answer["sheet"], 1) for answer in answers), answers), figures)


def other_table(source: Source, sheet: str, options: dict) -> tuple[Table, Assignment]:
    """The table of another sheet; one that can't be read has no columns."""
    try:
        table, assignment, _ = table_of(source, sheet, options)
    except RunFailed:
        return Table(source.format, Grid.of_rows([], [])), Assignment()
    return table, assignment


def ask_columns(found: Survey, assignment: Assignment) -> None:
    """Asks for the columns of required roles that have candidates only."""
    headers, answers, figures = found.table.headers, [], []
    for chosen in assignment.combinations():
        answers.append({"columns": {role: headers[place] for role, place in chosen.items()}})
        figures.append(first_figures(found, {**assignment.columns, **chosen}))
    places = [place for role in REQUIRED for place in assignment.candidates.get(role, [])]
    found.ask(Question("columns", evidence_of((headers[place], 1) for place in places), answers), figures)


def first_figures(found: Survey, roles: dict[str, int]) -> dict:
    """The figures of a table whose columns are asked for, with all that can be found and nothing decided."""
    options = found.options
    forms = decided_forms(shown_in(found, roles), options)
    reading = Outcome(ledger_of(found, forms, roles, options), options).reading()
    if any(question.id == "decimal_mark" for question in forms.questions):
        reading["total_revenue"] = None
    return reading


def shown_in(found: Survey, roles: dict[str, int]) -> Shown:
    return shown_of(found.table, roles, found.options, data_rows(found.table, found.options)) if found.rows is None else found.rows.shown(roles)


def shown_of(table: Table, roles: dict[str, int], options: dict, last: int) -> Shown:
    """What the texts of the first rows show."""
    columns = {role: table.columns[roles[role]].slice(0, last) for role in ("order_date", *AMOUNTS) if role in roles}
    return look(columns, options)


def survey_rows(found: Survey) -> None:
    """Looks at the rows of a table that has the required columns."""
    table, options = found.table, found.options
    shown = shown_in(found, found.roles)
    forms = found.forms = decided_forms(shown, options)
    found.looked = True
    found.currencies = dict(shown.currencies)
    found.found += forms.found
    found.found_options |= forms.options
    for question in forms.questions:
        found.ask(question, [answered(found, shown, forms.questions, question, answer) for answer in question.answers])
    outcome = found.outcome = Outcome(ledger_of(found, forms, found.roles, options), options)
    if table.is_csv:
        shifted = outcome.ledger.shifted
        table.text["shifted_rows"] = ragged(outcome.ledger.numbers(shifted.rows), shifted.more)
    say_rows(found, outcome)
    if not forms.questions:
        ask_rows(found, outcome)
    if outcome.choice.realign and found.rows is None:
        realign(table, outcome.ledger.shifts.realignable)


def answered(found: Survey, shown: Shown, questions: list[Question], asked: Question, answer: dict) -> dict:
    """The figures with an answer to a question, and the first answers to the others of its stage."""
    options = dict(found.options)
    for question in questions:
        options |= answer if question is asked else question.answers[0]
    forms = decided_forms(shown, options)
    return Outcome(ledger_of(found, forms, found.roles, options), options).reading()


def say_rows(found: Survey, outcome: Outcome) -> None:
    """Says which rows are no orders or shifted, and what a row is, as far as it is not asked."""
    if outcome.kind_evidence and "rows_no_orders" not in found.options and not outcome.ask_orders:
        found.found_options["rows_no_orders"] = "leave_out"
        found.say("rows_no_orders", outcome.kind_evidence)
    if outcome.shift_evidence and "shifted_rows" not in found.options and not outcome.ask_shifted:
        found.found_options["shifted_rows"] = "leave_out"
        found.say("shifted_rows", outcome.shift_evidence)
    if "row_is" not in found.options and not outcome.ask_row and outcome.row_is == "order_line":
        found.found_options["row_is"] = "order_line"
        found.say("row_is", outcome.row_evidence)


def ask_rows(found: Survey, outcome: Outcome) -> None:
    """Asks the first of what the rows leave open."""
    if outcome.ask_orders or outcome.ask_shifted:
        first = outcome.choice._replace(realign=outcome.choice.realign or outcome.ask_shifted)
        if outcome.ask_orders:
            figures = [outcome.reading(choice=first._replace(counted=counted)) for counted in (False, True)]
            found.ask(Question("rows_no_orders", outcome.kind_evidence, [{"rows_no_orders": "leave_out"}, {"rows_no_orders": "count"}]), figures)
        if outcome.ask_shifted:
            figures = [outcome.reading(choice=first._replace(realign=realigned)) for realigned in (True, False)]
            found.ask(Question("shifted_rows", outcome.shift_evidence, [{"shifted_rows": "realign"}, {"shifted_rows": "leave_out"}]), figures)
    elif outcome.ask_row:
        answers = [{"row_is": "order"}, {"row_is": "order_line"}]
        found.ask(Question("row_is", outcome.row_evidence, answers), [outcome.reading(row_is=answer["row_is"]) for answer in answers])
    elif "accept_missing" not in found.options and matters(outcome.absolute, outcome.sums.total):
        missing, causes = outcome.missing, outcome.undecided_causes
        evidence = evidence_of((cause, missing[cause].count) for cause in causes if missing[cause].count)
        found.ask(Question("accept_missing", evidence, [{"accept_missing": True}]), [outcome.reading()])
        whole = outcome.sums.total + sum(missing[cause].units for cause in causes)
        found.questions[-1]["readings"].append({"options": None, "total_revenue": money(whole), "orders": None, "first_day": None, "last_day": None})
