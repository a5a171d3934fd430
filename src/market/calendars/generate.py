"""Writes the tables of exchange sessions in this folder.

    python -m venv venv
    venv/bin/pip install exchange_calendars==4.13.2 pandas_market_calendars==5.5.0
    venv/bin/python src/market/calendars/generate.py

A table holds what differs from the rule: weekdays without a session, sessions on other days, and days with hours of
their own. What the packages have wrong is corrected below, with the reason.
"""

import datetime
import pathlib
import warnings

import exchange_calendars
import pandas
import pandas_market_calendars

warnings.filterwarnings("ignore")
EXCHANGE = f"exchange_calendars {exchange_calendars.__version__} (Apache-2.0)"
PANDAS = f"pandas_market_calendars {pandas_market_calendars.__version__} (MIT)"
LAST = "2030-12-31"
GLOBEX = "The hours are those of Globex today in all years."

# Moscow. Days on which Russian shares were traded or not, against the package, from the daily record of Sberbank shares
# 2000 to 2020 and its ten-minute record of 2024 and 2025; and the suspension by the Bank of Russia in 2022, from
# 28 February until trading was taken up again on 24 March. Week-end sessions since March 2025 are not in the table.
MOSCOW_TRADED = """2000-02-23 2000-05-06 2000-11-04 2000-12-09 2001-02-23 2001-03-11 2001-04-28 2001-06-09 2001-12-29
2002-12-31 2003-01-04 2003-01-05 2003-06-21 2005-03-05 2005-05-14 2006-02-26 2006-05-06 2007-04-28 2007-06-09
2008-05-04 2008-06-07 2008-11-01 2009-01-11 2010-02-27 2010-11-13 2011-03-05 2012-03-11 2012-04-28 2012-05-05
2012-05-12 2012-06-09 2016-02-20 2018-04-28 2018-06-09 2018-12-29 2024-04-27 2024-11-02 2024-12-28 2025-02-24
2025-03-10""".split()
MOSCOW_CLOSED = """2000-05-02 2000-05-08 2000-11-06 2000-11-07 2000-12-11 2000-12-12 2001-03-09 2001-04-30 2001-05-02
2001-06-11 2001-11-07 2001-12-12 2008-11-12""".split() + [
    str(day.date()) for day in pandas.bdate_range("2022-02-28", "2022-03-23")
]

# Seoul. On the days of the college entrance exam shares are traded an hour later; the package has them to 2020.
SEOUL_EXAMS = {"10:00-16:30": "2021-11-18 2022-11-17 2023-11-16 2024-11-14 2025-11-13 2026-11-19".split()}

# Tokyo. 6 May 1998 was a working Wednesday; pandas_market_calendars has it right, exchange_calendars does not.
VENUES = [
    dict(
        file="nyse", name="NYSE", also=["XNYS", "NASDAQ", "XNAS", "AMEX", "ARCX", "BATS"],
        title="New York Stock Exchange and Nasdaq", package=PANDAS, calendar="NYSE", first="1950-01-01",
    ),
    dict(
        file="cme", name="CME", also=["XCME", "GLOBEX", "CME_EQUITY"],
        title="CME Globex, equity index futures", package=PANDAS, calendar="CME Globex Equity", first="1990-01-01",
        note=GLOBEX,
    ),
    dict(
        file="cmefx", name="CME_FX", also=["CME_CURRENCY"],
        title="CME Globex, currency futures", package=PANDAS, calendar="CME_FX", first="1990-01-01", note=GLOBEX,
    ),
    dict(
        file="cbot", name="CBOT", also=["XCBT", "CME_RATES"],
        title="CME Globex, interest rate futures", package=PANDAS, calendar="CME Globex Interest Rate Products",
        first="1990-01-01", note=GLOBEX,
    ),
    dict(
        file="nymex", name="NYMEX", also=["XNYM", "COMEX", "XCEC", "CME_ENERGY", "CME_METALS"],
        title="CME Globex, energy and metal futures", package=PANDAS, calendar="CMEGlobex_EnergyAndMetals",
        first="1990-01-01", note=GLOBEX,
    ),
    dict(
        file="lse", name="LSE", also=["XLON"],
        title="London Stock Exchange", package=EXCHANGE, calendar="XLON", first="1990-01-01",
        note="The hours are those since July 2000 in all years.",
    ),
    dict(
        file="xetra", name="XETRA", also=["XETR"],
        title="Xetra, Frankfurt", package=EXCHANGE, calendar="XETR", first="1990-01-01",
        note="The hours are those since November 2003 in all years.",
    ),
    dict(
        file="tse", name="TSE", also=["XTKS", "JPX", "TOKYO"],
        title="Tokyo Stock Exchange", package=PANDAS, calendar="JPX", first="1990-01-01",
    ),
    dict(
        file="krx", name="KRX", also=["XKRX", "KOSPI", "KOSDAQ"],
        title="Korea Exchange", package=EXCHANGE, calendar="XKRX", first="1990-01-01",
        special=SEOUL_EXAMS, note="Hours of the exam days since 2021 are added by the script.",
    ),
    dict(
        file="moex", name="MOEX", also=["XMOS", "MICEX"],
        title="Moscow Exchange, shares, main session", package=EXCHANGE, calendar="XMOS", first="2000-01-01",
        traded=MOSCOW_TRADED, closed=MOSCOW_CLOSED,
        note="Corrected by the trading record of Sberbank shares and for the suspension of 2022; the script has the days. "
        "Morning, evening and week-end sessions are not in it.",
    ),
]


def clock(moment):
    return moment.strftime("%H:%M")


def hours_text(opened, start, end, closed, before):
    parts = f"{opened}-{closed}" if start is None else f"{opened}-{start} {end}-{closed}"
    return f"previous {parts}" if before else parts


def schedule_of(venue):
    """Rows (date, hours text) of every session, and the rule: [(from, hours text)]."""
    if venue["package"] is EXCHANGE:
        calendar = exchange_calendars.get_calendar(venue["calendar"], start=venue["first"], end=LAST)
        table = calendar.schedule.rename(columns={"open": "opened", "close": "closed"})
        tz, offset = calendar.tz, calendar.open_offset
        starts = [calendar.open_times, calendar.close_times, calendar.break_start_times, calendar.break_end_times]
    else:
        calendar = pandas_market_calendars.get_calendar(venue["calendar"])
        table = calendar.schedule(venue["first"], LAST).rename(columns={"market_open": "opened", "market_close": "closed"})
        times = calendar.regular_market_times
        tz, offset = calendar.tz, (tuple(times["market_open"][0]) + (0,))[2]
        starts = [
            [entry[:2] for entry in times.get(name) or ()] for name in ("market_open", "market_close", "break_start", "break_end")
        ]
    rows = []
    for date, row in table.iterrows():
        at = {name: row.get(name) for name in ("opened", "break_start", "break_end", "closed")}
        local = {name: value.tz_convert(tz) if pandas.notna(value) else None for name, value in at.items()}
        before = local["opened"].date() < date.date()
        texts = {name: clock(value) if value is not None else None for name, value in local.items()}
        rows.append((date.date(), hours_text(texts["opened"], texts["break_start"], texts["break_end"], texts["closed"], before)))

    # The rule changes where one of the package's own lists of regular times does.
    def at(times, day):
        value = None
        for start, moment in times or ():
            if start is None or pandas.Timestamp(start).date() <= day:
                value = moment
        return None if value is None else clock(value)

    changes = {pandas.Timestamp(venue["first"]).date()}
    for times in starts:
        for start, _ in times or ():
            if start is not None and pandas.Timestamp(start).date() > min(changes):
                changes.add(pandas.Timestamp(start).date())
    rule = []
    for day in sorted(changes):
        text = hours_text(at(starts[0], day), at(starts[2], day), at(starts[3], day), at(starts[1], day), offset == -1)
        if not rule or rule[-1][1] != text:
            rule.append((day, text))
    return str(tz), rows, rule


def by_year(days):
    years = {}
    for day in sorted(days):
        years.setdefault(day.year, []).append(day.strftime("%m%d"))
    return [f"{year} {' '.join(list_)}" for year, list_ in years.items()]


def block(lines, indent):
    pad = " " * indent
    return "`\n" + "".join(f"{pad}{line}\n" for line in lines) + " " * (indent - 2) + "`" if lines else "''"


def write(venue):
    zone, rows, rule = schedule_of(venue)
    sessions = dict(rows)
    day = lambda text: datetime.date.fromisoformat(text)
    regular = lambda date: [text for start, text in rule if start <= date][-1]
    for text in venue.get("traded", []):
        sessions.setdefault(day(text), regular(day(text)))
    for text in venue.get("closed", []):
        sessions.pop(day(text), None)
    for text, days in venue.get("special", {}).items():
        sessions.update({day(date): text for date in days})
    weekdays = {date.date() for date in pandas.bdate_range(venue["first"], LAST)}
    special = {}
    for date, text in sessions.items():
        if text != regular(date):
            special.setdefault(text, []).append(date)
    quote = lambda text: "'" + text.replace("'", "\\'") + "'"
    source = f"{venue['package']}, calendar {venue['calendar']}."
    if venue.get("note"):
        source += f" {venue['note']}"
    out = [
        "// Written by generate.py: mend it there.",
        "import type { CalendarTable } from './table.ts'",
        "",
        f"/** {venue['title']}. */",
        f"export const {venue['name']}: CalendarTable = {{",
        f"  name: {quote(venue['name'])},",
        f"  also: [{', '.join(quote(name) for name in venue['also'])}],",
        f"  title: {quote(venue['title'])},",
        f"  zone: {quote(zone)},",
        f"  source: {quote(source)}," if len(source) + 13 <= 120 else f"  source:\n    {quote(source)},",
        f"  first: '{venue['first']}',",
        f"  last: '{LAST}',",
        "  weekdays: [1, 2, 3, 4, 5],",
        f"  hours: [{', '.join(f'[{quote(str(start))}, {quote(text)}]' for start, text in rule)}],"
        if len(rule) == 1
        else "  hours: [\n" + "".join(f"    [{quote(str(start))}, {quote(text)}],\n" for start, text in rule) + "  ],",
        f"  closed: {block(by_year(weekdays - set(sessions)), 4)},",
        f"  extra: {block(by_year(set(sessions) - weekdays), 4)},",
    ]
    if special:
        out.append("  special: [")
        for text in sorted(special, key=lambda text: -len(special[text])):
            lines = by_year(special[text])
            if len(lines) == 1:
                out.append(f"    [{quote(text)}, {quote(lines[0])}],")
            else:
                out += ["    [", f"      {quote(text)},", f"      {block(lines, 8)},", "    ],"]
        out.append("  ],")
    else:
        out.append("  special: [],")
    out.append("}")
    path = pathlib.Path(__file__).with_name(f"{venue['file']}.ts")
    path.write_text("\n".join(out) + "\n")
    print(venue["name"], len(sessions), "sessions,", sum(map(len, special.values())), "with hours of their own,", path.stat().st_size, "bytes")


for venue in VENUES:
    write(venue)
