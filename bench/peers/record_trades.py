"""What other packages make of trades, for test/stats/tradepackages.test.ts.

    python3 -m venv venv && venv/bin/pip install quantstats==0.0.86 pyfolio-reloaded==0.10.1 backtesting==0.6.6
    venv/bin/python bench/peers/record_trades.py > test/stats/trades.json.gz

Prices (one a day, at which all of a day's orders fill) and orders (day, signed units) are made here from one seed and are part of the
recording. A position has one entry, so that average prices and first in, first out are the same; an order may take it through zero. Nothing
costs anything. pyfolio and backtesting.py count each exit as a trade. Each figure stands with our name for it.
"""

import gzip
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")

import backtesting  # noqa: E402
import pandas as pd  # noqa: E402
import pyfolio  # noqa: E402
import quantstats  # noqa: E402
from pyfolio.round_trips import extract_round_trips, gen_round_trip_stats  # noqa: E402

START = pd.Timestamp("2023-01-02")


def stream(seed):
    state = seed
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield state / 2**31


def made(days, seed, parts, turns):
    random = stream(seed)
    price, prices, orders, held, open_ = 100.0, [], [], 0, 0
    for day in range(days):
        # Sums of such prices are exact: pyfolio adds share by share, and would call an even trade won by 1e-14.
        price = round(64 * price * (1 + 0.04 * (next(random) - 0.49))) / 64
        prices.append(price)
        if day < 1 or day >= days - 2 or next(random) < 0.4:
            continue
        if held == 0:
            open_ = (1 if next(random) < 0.6 else -1) * (4 + 4 * int(5 * next(random)))
            units = open_
        elif turns and next(random) < 0.3:
            units = -2 * held
        else:
            units = -held if not parts or next(random) < 0.3 or abs(held) == 1 else -int(math.copysign(1 + int(next(random) * (abs(held) - 1)), held))
        orders.append((day, units))
        held += units
    if held != 0:
        orders.append((days - 2, -held))
    return prices, orders


class Orders(backtesting.Strategy):
    orders = ()

    def init(self):
        self.by_day = {}
        for day, units in self.orders:
            self.by_day.setdefault(day - 1, []).append(units)

    def next(self):
        for units in self.by_day.get(len(self.data) - 1, []):
            (self.buy if units > 0 else self.sell)(size=abs(units))


def from_backtesting(prices, orders):
    index = pd.date_range(START, periods=len(prices))
    frame = pd.DataFrame({name: prices for name in ("Open", "High", "Low", "Close")}, index=index)
    run = backtesting.Backtest(frame, Orders, cash=10_000_000, commission=0).run(orders=orders)
    assert len(run._trades) > 5
    figures = {
        "numTrades": run["# Trades"],
        "winRate": run["Win Rate [%]"] / 100,
        "bestReturn": run["Best Trade [%]"] / 100,
        "worstReturn": run["Worst Trade [%]"] / 100,
        "geometricReturn": run["Avg. Trade [%]"] / 100,
        "returnFactor": run["Profit Factor"],
        "expectancyReturn": run["Expectancy [%]"] / 100,
        "sqn": run["SQN"],
        "kelly": run["Kelly Criterion"],
        "longestBarsHeld": run["Max. Trade Duration"].days,
        "longestDaysHeld": run["Max. Trade Duration"] / pd.Timedelta(days=1),
        # That of the run is rounded to whole bars.
        "avgDaysHeld": run._trades["Duration"].mean() / pd.Timedelta(days=1),
    }
    returns = run._trades["ReturnPct"].reset_index(drop=True)
    ordered = run._trades.sort_values("ExitBar", kind="stable")["ReturnPct"].to_numpy()
    series = pd.Series(ordered, index=pd.date_range(START, periods=len(returns)))
    return figures, {
        "maxConsecutiveWins": quantstats.stats.consecutive_wins(series, prepare_returns=False),
        "maxConsecutiveLosses": quantstats.stats.consecutive_losses(series, prepare_returns=False),
        "returnFactor": quantstats.stats.profit_factor(series, prepare_returns=False),
    }


PYFOLIO = {
    "pnl": {
        "Total profit": "pnl",
        "Gross profit": "grossProfit",
        "Profit factor": "profitFactor",
        "Avg. trade net profit": "expectancy",
        "Avg. winning trade": "avgWin",
        "Avg. losing trade": "avgLoss",
        "Ratio Avg. Win:Avg. Loss": "payoff",
    },
    "summary": {
        "Total number of round_trips": "numTrades",
        "Percent profitable": "winRate",
        "Winning round_trips": "winningTrades",
        "Losing round_trips": "losingTrades",
    },
}


def from_pyfolio(prices, orders):
    index = pd.date_range(START, periods=len(prices), tz="UTC")
    fills = pd.DataFrame(
        {
            "amount": [units for _, units in orders],
            "price": [prices[day] for day, _ in orders],
            "symbol": "A",
        },
        index=[index[day] for day, _ in orders],
    )
    stats = gen_round_trip_stats(extract_round_trips(fills, pd.Series(1e6, index=index)))
    out = []
    for column, side in (("All trades", None), ("Long trades", "long"), ("Short trades", "short")):
        for kind, names in PYFOLIO.items():
            for theirs, ours in names.items():
                out.append(("pyfolio", ours, side, stats[kind][column][theirs]))
    durations = stats["duration"]["All trades"]
    day = pd.Timedelta(days=1)
    out.append(("pyfolio", "avgBarsHeld", None, durations["Avg duration"] / day))
    out.append(("pyfolio", "medianBarsHeld", None, durations["Median duration"] / day))
    out.append(("pyfolio", "longestBarsHeld", None, durations["Longest duration"] / day))
    out.append(("pyfolio", "shortestBarsHeld", None, durations["Shortest duration"] / day))
    return out


def number(value):
    value = float(value)
    return None if math.isnan(value) else value


cases = []
for name, days, seed, parts, turns in (
    ("whole positions", 400, 11, False, False),
    ("turned around", 400, 12, False, True),
    ("sold in parts", 500, 13, True, False),
    ("all of it", 600, 14, True, True),
    ("few", 60, 15, True, True),
):
    prices, orders = made(days, seed, parts, turns)
    theirs, of_returns = from_backtesting(prices, orders)
    figures = [("backtesting.py", ours, None, value) for ours, value in theirs.items()]
    figures += [("quantstats", ours, None, value) for ours, value in of_returns.items()]
    figures += from_pyfolio(prices, orders)
    cases.append(
        {
            "name": name,
            "start": int(START.timestamp() * 1000),
            "prices": prices,
            "orders": orders,
            "figures": [
                {"who": who, "name": ours, "side": side, "value": number(value)} for who, ours, side, value in figures
            ],
        }
    )

recording = {
    "versions": {
        "quantstats": quantstats.__version__,
        "pyfolio-reloaded": pyfolio.__version__,
        "backtesting": backtesting.__version__,
    },
    "cases": cases,
}
sys.stdout.buffer.write(gzip.compress(json.dumps(recording).encode(), mtime=0))
