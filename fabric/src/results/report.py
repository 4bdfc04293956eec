"""## The report

What a person sees below the notebook's last cell: the KPIs, the checks and revenue over time, from the run's own documents.
"""

import json
from html import escape
from pathlib import Path

from lakehouse import KPIS, METADATA, PROFILE, Lakehouse

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 220, 76, 26  # of the picture, in pixels; the axes' room at its left and bottom
OUTCOMES = {"passed": ("passed", "#1a7f37"), "warning": ("warning", "#9a6700"), "error": ("error", "#cf222e")}
NOT_KNOWN = "not known"
CELL = 'style="padding:3px 14px 3px 0;text-align:left;vertical-align:top"'
STATES = {"succeeded": "The run succeeded: its results are published.", "failed": "The run failed, and what is published stays as it was.", "started": "The run has not ended."}


def show_report(lakehouse_root: str, run_id: str) -> None:
    """Shows what the run's folder holds, however far the run came. Says nothing where no notebook is there to show it, or no folder."""
    try:
        from IPython.display import HTML, display

        folder = Lakehouse(lakehouse_root).run_folder(run_id)
        documents = [document_of(folder / name) for name in (METADATA, PROFILE, KPIS)]
    except Exception:  # a report that fails must not fail the run, nor hide why that failed
        return
    if documents[0]:
        display(HTML(report_html(*documents)))


def document_of(path: Path) -> dict:
    """A document; an empty one where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def report_html(metadata: dict, profile: dict, kpis: dict) -> str:
    """The report as HTML; documents that the run has not written are empty."""
    parts = [f"<h3>{escape(metadata['input_file'])}</h3><p>{STATES.get(metadata['status'], '')}</p>"]
    if metadata.get("error"):
        parts.append(f'<p style="color:{OUTCOMES["error"][1]}">{escape(metadata["error"]["message"])}</p>')
    if (metadata.get("delta_table") or {}).get("error"):
        parts.append(f'<p style="color:{OUTCOMES["warning"][1]}">{escape(metadata["delta_table"]["error"])}</p>')
    if kpis:
        parts += [figures_html(kpis), series_svg(kpis["time_series"])]
    if profile:
        parts.append(checks_html(profile["validation"]["checks"]))
    return f'<div style="font-family:sans-serif;max-width:{WIDTH + 140}px">{"".join(parts)}</div>'


def figures_html(kpis: dict) -> str:
    """The KPIs, each beside what is missing from it."""
    missing = kpis["missing"]
    lost = [cause for name, cause in missing.items() if isinstance(cause, dict) and name != "undated"]
    money = sum(cause["revenue"] for cause in lost)
    rows = sum(cause["rows"] for cause in lost)
    beside = f"{'1 row' if rows == 1 else f'{rows:,} rows'} with {money:,.2f} {'is' if rows == 1 else 'are'} missing from it" if rows else "nothing is missing from it"
    conversion = kpis["conversion"]
    rate = next((value for name, value in (conversion or {}).items() if name.startswith("rate_")), None)
    lines = [
        ("Total revenue", f"{kpis['total_revenue']:,.2f}", "; ".join([beside, *sums_within(kpis)])),
        ("Orders", f"{kpis['orders']:,}", f"of which {kpis['undated_orders']:,} without a date" if kpis["undated_orders"] else ""),
        ("Average order value", NOT_KNOWN if kpis["aov"] is None else f"{kpis['aov']:,.2f}", average_note(kpis)),
        ("Conversion", NOT_KNOWN if rate is None else f"{rate:.2%}", conversion_note(conversion)),
    ]
    return table_html([[name, f"<b>{escape(value)}</b>", escape(note)] for name, value, note in lines])


def sums_within(kpis: dict) -> list[str]:
    """What the revenue adds up that not everybody would: several currencies, and orders that were returned or cancelled."""
    told = []
    if len(kpis["currencies"]) > 1:
        sums = ", ".join(f"{one['currency'] or 'no currency said'} {one['revenue']:,.2f}" for one in kpis["currencies"])
        told.append(f"added up as they stand: {sums}")
    said = kpis["returned_or_cancelled"]
    if said and said["rows"]:
        rows = "1 row" if said["rows"] == 1 else f"{said['rows']:,} rows"
        told.append(f"in it {rows} with {said['revenue']:,.2f} returned or cancelled")
    return told


def average_note(kpis: dict) -> str:
    """The average without the orders that have no amount."""
    count, average = kpis["orders_without_amount"], kpis["aov_with_amount"]
    if not count or average is None:
        return ""
    return f"{average:,.2f} without the {'1 order that has' if count == 1 else f'{count:,} orders that have'} no amount"


def conversion_note(conversion: dict | None) -> str:
    """How the rate is defined, and of which days it is."""
    if conversion is None:
        return "the number of visitors is not known"
    period = conversion["period"]
    return conversion["definition"] + (f", {period['from']} to {period['to']}" if period else "")


def checks_html(checks: list[dict]) -> str:
    """The checks: those that failed first, errors before warnings."""
    order = ("error", "warning", "passed")
    told = sorted(((outcome_of(check), check) for check in checks), key=lambda pair: order.index(pair[0]))
    rows = [[f'<span style="color:{OUTCOMES[state][1]}">{OUTCOMES[state][0]}</span>', escape(check["message"]), escape(examples_of(check))] for state, check in told]
    return "<h4>Checks</h4>" + table_html(rows)


def outcome_of(check: dict) -> str:
    return "passed" if check["passed"] else check["severity"]


def examples_of(check: dict) -> str:
    """The first cells that failed a check."""
    return ", ".join(found["cell"] for found in check["examples"][:3])


def table_html(rows: list[list[str]]) -> str:
    """A table of cells that are HTML already."""
    body = "".join("<tr>" + "".join(f"<td {CELL}>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table style="border-collapse:collapse">{body}</table>'


def series_svg(series: dict) -> str:
    """Revenue over time as bars, one a period; its lowest and highest values and its first and last periods stand at the axes."""
    points = series["points"]
    if not points:
        return ""
    amounts = [point["revenue"] for point in points]
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    room = HEIGHT - BOTTOM - 10
    scale = room / (high - low) if high > low else 0
    zero = 10 + high * scale
    step = (WIDTH - LEFT) / len(points)
    bars = "".join(
        f'<rect x="{LEFT + place * step:.2f}" y="{min(zero, zero - amount * scale):.2f}" width="{max(step * 0.8, 0.5):.2f}" height="{abs(amount) * scale:.2f}"><title>'
        f"{escape(point['period'])}: {amount:,.2f}</title></rect>"
        for place, (point, amount) in enumerate(zip(points, amounts))
    )
    labels = [(LEFT - 6, 14, "end", f"{high:,.0f}"), (LEFT - 6, zero + 4 if high else 14, "end", "0"), (LEFT, HEIGHT - 6, "start", points[0]["period"])]
    if low < 0:
        labels.append((LEFT - 6, 10 + room, "end", f"{low:,.0f}"))
    if len(points) > 1:
        labels.append((WIDTH, HEIGHT - 6, "end", points[-1]["period"]))
    texts = "".join(f'<text x="{x}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="#57606a">{escape(text)}</text>' for x, y, anchor, text in labels)
    title = "Revenue by day" if series["granularity"] == "daily" else "Revenue by month"
    return (
        f'<h4>{title}</h4><svg role="img" aria-label="{title}" width="{WIDTH + 10}" height="{HEIGHT}" viewBox="0 0 {WIDTH + 10} {HEIGHT}">'
        f'<g fill="#0969da">{bars}</g><line x1="{LEFT}" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="#8c959f"/>{texts}</svg>'
    )
