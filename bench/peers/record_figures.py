"""What quantstats and empyrical make of equity curves, for test/stats/packages.test.ts.

    python3 -m venv venv && venv/bin/pip install quantstats==0.0.86 empyrical-reloaded==0.7.1
    venv/bin/python bench/peers/record_figures.py > test/stats/packages.json.gz

Curves are made here from one seed and are part of the recording: stamps (ms UTC), the equity at each, the equity at the end of each
return period, and how many of these make a year. The first return is taken from the initial cash.
"""

import gzip
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")

import empyrical  # noqa: E402
import pandas as pd  # noqa: E402
import quantstats  # noqa: E402

CASH = 1000.0
DAY = 86_400_000
HOUR = 3_600_000
MONDAY = 1_672_617_600_000  # 2023-01-02


def stream(seed):
    state = seed
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield state / 2**31


def walk(n, seed, size, drift=0.0):
    random = stream(seed)
    equity, out = CASH, []
    for _ in range(n):
        equity *= 1 + drift + size * (next(random) - 0.5)
        out.append(equity)
    return out


def weekdays(n):
    days = [MONDAY + i * DAY for i in range(2 * n) if i % 7 < 5]
    return days[:n]


def curves():
    yield "daily", weekdays(520), walk(520, 1, 0.03, 0.0004), None, 252
    yield "weekly", [MONDAY + 7 * i * DAY for i in range(80)], walk(80, 2, 0.06, 0.001), None, 52
    yield "monthly", [MONDAY + 30 * i * DAY for i in range(30)], walk(30, 3, 0.1, 0.004), None, 12
    hours = [day + h * HOUR for day in weekdays(60) for h in range(14, 21)]
    yield "intraday", hours, walk(len(hours), 4, 0.01), 7, 252
    yield "round the clock", [MONDAY + i * DAY for i in range(400)], walk(400, 5, 0.08, 0.001), None, 365
    yield "short", weekdays(5), walk(5, 6, 0.02), None, 252
    yield "flat", weekdays(30), [CASH] * 30, None, 252
    yield "ruin", weekdays(300), [CASH * math.exp(-0.03 * i) for i in range(300)], None, 252


def finite(figure):
    """None for what is undefined, infinite, or a division by nothing."""
    try:
        value = float(figure())
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None


def main():
    found = []
    for name, time, equity, every, per_year in curves():
        ends = equity if every is None else equity[every - 1 :: every]
        stamps = time if every is None else time[every - 1 :: every]
        index = pd.to_datetime(stamps, unit="ms")
        returns = pd.Series(ends, index=index) / pd.Series([CASH, *ends[:-1]], index=index) - 1
        stats, kind = quantstats.stats, {"annualization": per_year}
        figures = {
            "quantstats": {
                "cagr": lambda: stats.cagr(returns, periods=per_year),
                "volatility": lambda: stats.volatility(returns, periods=per_year),
                "sharpe": lambda: stats.sharpe(returns, periods=per_year),
                "sortino": lambda: stats.sortino(returns, periods=per_year),
                "calmar": lambda: stats.calmar(returns, periods=per_year),
            },
            "empyrical": {
                "cagr": lambda: empyrical.annual_return(returns, **kind),
                "volatility": lambda: empyrical.annual_volatility(returns, **kind),
                "sharpe": lambda: empyrical.sharpe_ratio(returns, **kind),
                "sortino": lambda: empyrical.sortino_ratio(returns, **kind),
                "calmar": lambda: empyrical.calmar_ratio(returns, **kind),
            },
        }
        if every is not None:
            # Theirs is of the periods' ends, ours of every bar.
            for one in figures.values():
                del one["calmar"]
        figures = {who: {key: finite(figure) for key, figure in one.items()} for who, one in figures.items()}
        found.append({"name": name, "perYear": per_year, "every": every or 1, "time": time, "equity": equity, **figures})
    versions = {"quantstats": quantstats.__version__, "empyrical": empyrical.__version__}
    recording = {"script": "bench/peers/record_figures.py", "versions": versions, "cash": CASH, "curves": found}
    sys.stdout.buffer.write(gzip.compress(json.dumps(recording).encode(), mtime=0))


main()
