"""## Header and columns

Which row is the header, and which column has which role (contract/RULES.md, Header and columns).
"""

from dataclasses import dataclass, field
from itertools import product

from failure import RunFailed
from names import normalized_name
from reading import Source
from table import Table, headers_of, take_rows
from words import REQUIRED, ROLES, role_of

MOST_TITLE_ROWS = 50
MOST_COMBINATIONS = 6


@dataclass
class Assignment:
    """The columns of the roles by their places, and the places of those that may have a role."""

    columns: dict[str, int] = field(default_factory=dict)
    candidates: dict[str, list[int]] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether each required role has a column."""
        return all(role in self.columns for role in REQUIRED)

    @property
    def possible(self) -> bool:
        """Whether each required role has a column or a candidate."""
        return all(role in self.columns or role in self.candidates for role in REQUIRED)

    def combinations(self) -> list[dict[str, int]]:
        """The ways to choose candidates for the required roles without a column, the last role's changing first."""
        open_roles = [role for role in REQUIRED if role in self.candidates]
        chosen = product(*(self.candidates[role] for role in open_roles))
        return [dict(zip(open_roles, places)) for places, _ in zip(chosen, range(MOST_COMBINATIONS))]


def assigned(headers: list[str], row: int, given: dict[str, str]) -> Assignment:
    """The columns of the roles as the options say, by their names, or by names that such columns have. Raises RunFailed for an option that can't be."""
    found = Assignment()
    taken: dict[int, str] = {}
    names = [normalized_name(header) for header in headers]
    for role in ROLES:
        if role not in given:
            continue
        header = given[role]
        wanted = normalized_name(header)
        place = headers.index(header) if header in headers else names.index(wanted) if wanted and wanted in names else None
        if place is None:
            raise RunFailed(f"There is no column {header} for {role} in row {row}: choose one of its headers.")
        if place in taken:
            raise RunFailed(f"The column {header} can't be both {taken[place]} and {role}: choose another one.")
        found.columns[role], taken[place] = place, role
    for role in ROLES:
        if role not in found.columns and role in names and names.index(role) not in taken:
            found.columns[role] = names.index(role)
            taken[found.columns[role]] = role
    open_roles = [role for role in ROLES if role not in found.columns]
    for place, name in enumerate(names):
        if place not in taken and names.index(name) == place and (role := role_of(headers[place], open_roles)):
            found.candidates.setdefault(role, []).append(place)
    for role, places in found.candidates.items():
        if role not in REQUIRED and len(places) == 1:
            found.columns[role] = places[0]
    return found


def table_of(source: Source, sheet: str | None, options: dict) -> tuple[Table, Assignment, bool]:
    """The table of a sheet below its header, the columns of the roles, and whether rows with a value stand above the header."""
    table = source.table(sheet)
    grid, given, wanted = table.grid, options.get("columns", {}), options.get("header_row")
    if wanted is not None:
        place = grid.place_of(wanted)
        if place is None or not headers_of(grid.row(place)):
            raise RunFailed(f"Row {wanted} of {source.name} holds no value, so that it can't be the header: choose another row.")
        above = False
    else:
        place, above = header_place(table, given)
        if place is None:
            return table, Assignment(), False
    take_rows(table, place)
    found = assigned(table.headers, table.header_row, given)
    return table, found, above


def header_place(table: Table, given: dict[str, str]) -> tuple[int | None, bool]:
    """The place of the header in the grid, and whether it is not the first row with a value."""
    places = table.grid.first_rows(1 if table.format == "parquet" else MOST_TITLE_ROWS + 1)
    found = next((place for place in places if may_be_header(headers_of(table.grid.row(place)), table.grid.number(place), given)), None)
    if found is not None:
        return found, found != places[0]
    return (places[0], False) if places else (None, False)


def may_be_header(headers: list[str], row: int, given: dict[str, str]) -> bool:
    """Whether a row has columns for all required roles."""
    try:
        return assigned(headers, row, given).possible
    except RunFailed:  # the columns that the options name are not in this row
        return False


def name_columns(table: Table, columns: dict[str, int]) -> None:
    """Puts columns with a role under the role's name; another column of that name gets the next free suffix."""
    names = list(table.file_names)
    used = set(names)
    for role in ROLES:
        place = columns.get(role)
        if place is None or names[place] == role:
            continue
        if role in names:
            suffix = 2
            while f"{role}_{suffix}" in used:
                suffix += 1
            names[names.index(role)] = f"{role}_{suffix}"
            used.add(f"{role}_{suffix}")
        names[place] = role
        used.add(role)
    table.names = names
