"""What other packages make of equity curves, for test/stats/curves.test.ts.

    python3 -m venv venv && venv/bin/pip install quantstats==0.0.86 empyrical-reloaded==0.7.1 pyfolio-reloaded==0.10.1 ffn==1.4.1 \
        backtesting==0.6.6 mpmath
    venv/bin/python bench/peers/record_curves.py > test/stats/curves.json.gz

Curves and their benchmarks are made here from one seed and are part of the recording: stamps (ms UTC), the equity at each, how many
returns make a year. The first return is taken from the initial cash, that of the benchmark from its value at the stamp `before`. Each
figure stands with our name for it and the options that give the package's convention. Periods are the only clock that quantstats,
empyrical, pyfolio and backtesting.py have, so that they go with `cagr: 'periods'`.
"""

import gzip
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")

import backtesting  # noqa: E402
import empyrical  # noqa: E402
import ffn  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import pyfolio  # noqa: E402
import quantstats  # noqa: E402
from backtesting._stats import compute_stats  # noqa: E402
from mpmath import mp  # noqa: E402
from scipy.stats import norm  # noqa: E402

CASH = 1000.0
DAY = 86_400_000
HOUR = 3_600_000
MONDAY = 1_672_617_600_000  # 2023-01-02
FREE = 0.03
WINDOW = 20


def stream(seed):
    state = seed
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield state / 2**31


def walk(n, seed, size, drift=0.0, fat=0.0):
    random = stream(seed)
    equity, out = CASH, []
    for _ in range(n):
        step = size * (next(random) - 0.5)
        if fat and next(random) < 0.05:
            step -= fat * next(random)
        equity *= 1 + drift + step
        out.append(equity)
    return out


def follow(equity, seed, size):
    """A benchmark that goes half of the way of a curve, and some of its own."""
    random = stream(seed)
    value, before, out = 50.0, CASH, []
    for one in equity:
        value *= 1 + 0.5 * (one / before - 1) + size * (next(random) - 0.48)
        before = one
        out.append(value)
    return out


def weekdays(n):
    return [MONDAY + i * DAY for i in range(2 * n) if i % 7 < 5][:n]


def curves():
    """Name, stamps, equity, bars a period, periods a year, ms from the stamp before."""
    yield "daily", weekdays(520), walk(520, 1, 0.03, 0.0004), 1, 252, 3 * DAY
    yield "fat tails", weekdays(380), walk(380, 9, 0.02, 0.002, 0.06), 1, 252, 3 * DAY
    yield "weekly", [MONDAY + 7 * i * DAY for i in range(80)], walk(80, 2, 0.06, 0.001), 1, 52, 7 * DAY
    hours = [day + h * HOUR for day in weekdays(60) for h in range(14, 21)]
    yield "intraday", hours, walk(len(hours), 4, 0.01), 7, 252, 3 * DAY
    yield "round the clock", [MONDAY + i * DAY for i in range(400)], walk(400, 5, 0.08, 0.001), 1, 365, DAY
    yield "short", weekdays(5), walk(5, 6, 0.02), 1, 252, 3 * DAY
    yield "flat", weekdays(30), [CASH] * 30, 1, 252, 3 * DAY
    yield "ruin", weekdays(300), [CASH * math.exp(-0.03 * i) for i in range(300)], 1, 252, 3 * DAY


def finite(figure):
    """None for what is undefined, infinite, or a division by nothing."""
    try:
        value = float(figure())
    except (ZeroDivisionError, IndexError):
        return None
    return value if math.isfinite(value) else None


def of_quantstats(r, b, n, plain):
    s, year, free = quantstats.stats, math.sqrt(n), FREE
    yield "cagr", {}, lambda: s.cagr(r, periods=n)
    yield "volatility", {}, lambda: s.volatility(r, periods=n)
    yield "sharpe", {"riskFree": free}, lambda: s.sharpe(r, rf=free, periods=n)
    yield "sortino", {"riskFree": free}, lambda: s.sortino(r, rf=free, periods=n)
    yield "smartSharpe", {}, lambda: s.smart_sharpe(r, periods=n)
    yield "smartSortino", {"riskFree": free}, lambda: s.smart_sortino(r, rf=free, periods=n)
    yield "probabilisticSharpe", {}, lambda: s.probabilistic_sharpe_ratio(r)
    yield "omega", {"riskFree": free, "requiredReturn": 0.02}, lambda: s.omega(r, rf=free, required_return=0.02, periods=n)
    yield "gainToPain", {}, lambda: s.gain_to_pain_ratio(r)
    yield "returnsProfitFactor", {}, lambda: s.profit_factor(r) if (r < 0).any() else math.nan
    yield "tailRatio", {}, lambda: s.tail_ratio(r)
    yield "tailRatio", {"confidence": 0.9}, lambda: s.tail_ratio(r, cutoff=0.9)
    yield "commonSenseRatio", {}, lambda: s.common_sense_ratio(r)
    yield "skew", {}, lambda: s.skew(r) if r.nunique() > 1 else math.nan
    yield "kurtosis", {}, lambda: s.kurtosis(r) if r.nunique() > 1 else math.nan
    yield "varGaussian", {}, lambda: s.value_at_risk(r)
    yield "varGaussian", {"confidence": 0.99}, lambda: s.value_at_risk(r, confidence=0.99)
    yield "cvarGaussian", {}, lambda: s.conditional_value_at_risk(r)
    yield "cvarHistorical", {}, lambda: s.conditional_value_at_risk(r, method="historical")
    yield "avgUpReturn", {}, lambda: s.avg_win(r)
    yield "avgDownReturn", {}, lambda: s.avg_loss(r)
    yield "bestDay", {}, lambda: s.best(r)
    yield "worstDay", {}, lambda: s.worst(r)
    moves = (r != 0).any()  # of no return but 0 theirs are 0
    yield "geometricMean", {}, lambda: s.geometric_mean(r)
    yield "adjustedSortino", {"riskFree": free}, lambda: s.adjusted_sortino(r, rf=free, periods=n)
    if n == 252:
        # Theirs knows no other year, and rounds the time up to whole percents.
        yield "riskAdjustedReturn", {}, lambda: s.rar(r) * s.exposure(r) / (r != 0).mean()
    yield "returnsWinRate", {}, lambda: s.win_rate(r) if moves else math.nan
    yield "returnsPayoff", {}, lambda: s.payoff_ratio(r)
    yield "profitRatio", {}, lambda: s.profit_ratio(r) if (r >= 0).any() else math.nan
    yield "returnsKelly", {}, lambda: s.kelly_criterion(r)
    yield "cpcIndex", {}, lambda: s.cpc_index(r)
    yield "riskOfRuin", {}, lambda: s.risk_of_ruin(r) if moves else math.nan
    yield "outlierWinRatio", {}, lambda: s.outlier_win_ratio(r)
    yield "outlierLossRatio", {}, lambda: s.outlier_loss_ratio(r)
    yield "maxConsecutiveUps", {}, lambda: s.consecutive_wins(r)
    yield "maxConsecutiveDowns", {}, lambda: s.consecutive_losses(r)
    for span, name in {"ME": "Month", "YE": "Year"}.items():
        yield f"avgUp{name}", {}, lambda span=span: s.avg_win(r, aggregate=span)
        yield f"avgDown{name}", {}, lambda span=span: s.avg_loss(r, aggregate=span)
    if plain:
        # Theirs are of the periods' ends, ours of every bar.
        yield "serenityIndex", {"ulcer": "less-one", "riskFree": free}, lambda: s.serenity_index(r, rf=free)
        yield "calmar", {}, lambda: s.calmar(r, periods=n)
        yield "ulcerIndex", {"ulcer": "less-one"}, lambda: s.ulcer_index(r)
        # Theirs has no sign.
        yield "recoveryFactor", {"recovery": "summed"}, lambda: s.recovery_factor(r) * math.copysign(1, r.sum())
    yield "alpha", {"benchmark": True}, lambda: s.greeks(r, b, periods=n)["alpha"]
    yield "beta", {"benchmark": True}, lambda: s.greeks(r, b, periods=n)["beta"]
    yield "rSquared", {"benchmark": True}, lambda: s.r_squared(r, b) if r.nunique() > 1 else math.nan
    # Theirs is of a period.
    yield "informationRatio", {"benchmark": True}, lambda: s.information_ratio(r, b) * year


def of_empyrical(r, b, n, plain):
    kind, year = {"annualization": n}, math.sqrt(n)
    free = (1 + FREE) ** (1 / n) - 1  # of a period
    best = {"weekly": "Week", "monthly": "Month", "yearly": "Year"}
    yield "cagr", {}, lambda: empyrical.annual_return(r, **kind)
    yield "volatility", {}, lambda: empyrical.annual_volatility(r, **kind)
    yield "sharpe", {"riskFree": FREE}, lambda: empyrical.sharpe_ratio(r, risk_free=free, **kind)
    yield "sortino", {"riskFree": FREE}, lambda: empyrical.sortino_ratio(r, required_return=free, **kind)
    yield "downsideDeviation", {"riskFree": FREE}, lambda: empyrical.downside_risk(r, required_return=free, **kind)
    yield "omega", {"riskFree": FREE}, lambda: empyrical.omega_ratio(r, risk_free=free, **kind)
    yield "tailRatio", {}, lambda: empyrical.tail_ratio(r)
    yield "stability", {}, lambda: empyrical.stability_of_timeseries(r) if r.nunique() > 1 else math.nan
    yield "varHistorical", {}, lambda: empyrical.value_at_risk(r)
    yield "cvarHistorical", {}, lambda: empyrical.conditional_value_at_risk(r)
    yield "cvarHistorical", {"confidence": 0.8}, lambda: empyrical.conditional_value_at_risk(r, cutoff=1 - 0.8)
    if plain:
        yield "maxDrawdown", {}, lambda: -empyrical.max_drawdown(r)
        yield "calmar", {}, lambda: empyrical.calmar_ratio(r, **kind)
    for span, name in best.items():
        yield f"best{name}", {}, lambda span=span: empyrical.aggregate_returns(r, span).max()
        yield f"worst{name}", {}, lambda span=span: empyrical.aggregate_returns(r, span).min()
    against = {"benchmark": True, "riskFree": FREE}
    yield "alpha", {**against, "alpha": "geometric"}, lambda: empyrical.alpha(r, b, risk_free=free, **kind)
    yield "beta", against, lambda: empyrical.beta(r, b, risk_free=free)
    yield "informationRatio", {"benchmark": True}, lambda: empyrical.excess_sharpe(r, b) * year
    batting = empyrical.batting_average(r, b)
    yield "battingAverage", {"benchmark": True}, lambda: batting["batting average"]
    yield "upBattingAverage", {"benchmark": True}, lambda: batting["up market"]
    yield "downBattingAverage", {"benchmark": True}, lambda: batting["down market"]
    yield "betaFragility", {"benchmark": True}, lambda: empyrical.beta_fragility_heuristic(r, b)
    for way, of in {"up": empyrical.up_alpha_beta, "down": empyrical.down_alpha_beta}.items():
        yield f"{way}Alpha", {**against, "alpha": "geometric"}, lambda of=of: of(r, b, risk_free=free, **kind)[0]
        yield f"{way}Beta", against, lambda of=of: of(r, b, risk_free=free)[1]
    if n == 252:
        # Theirs knows no other year.
        yield "capture", {"benchmark": True}, lambda: empyrical.capture(r, b)
        yield "captureRatio", {"benchmark": True}, lambda: empyrical.up_down_capture(r, b)
        yield "upCapture", {"benchmark": True}, lambda: empyrical.up_capture(r, b)
        yield "downCapture", {"benchmark": True}, lambda: empyrical.down_capture(r, b)


def of_pyfolio(r, b, n, plain):
    stats = pyfolio.timeseries.perf_stats(r) if r.nunique() > 1 else None
    if stats is None:
        return
    yield "skew", {"moments": "population"}, lambda: stats["Skew"]
    yield "kurtosis", {"moments": "population"}, lambda: stats["Kurtosis"]
    yield "stability", {}, lambda: stats["Stability"]
    yield "omega", {}, lambda: stats["Omega ratio"]
    yield "tailRatio", {}, lambda: stats["Tail ratio"]
    # The mean less two standard deviations.
    yield "varGaussian", {"confidence": float(norm.cdf(2))}, lambda: stats["Daily value at risk"]
    if plain:
        yield "maxDrawdown", {}, lambda: -stats["Max drawdown"]


def of_ffn(r, b, n, plain):
    prices = (1 + r).cumprod() * CASH
    yield "sharpe", {"riskFree": FREE}, lambda: ffn.calc_sharpe(r, rf=FREE, nperiods=n)
    yield "sortino", {"riskFree": FREE}, lambda: ffn.calc_sortino_ratio(r, rf=FREE, nperiods=n)
    yield "informationRatio", {"benchmark": True}, lambda: ffn.calc_information_ratio(r, b) * math.sqrt(n)
    if plain:
        # Theirs begin with the first price, and go by the days.
        days = {"cagr": "days", "fromFirst": True}
        yield "cagr", days, lambda: ffn.calc_cagr(prices)
        yield "maxDrawdown", days, lambda: -ffn.calc_max_drawdown(prices)
        yield "calmar", days, lambda: ffn.calc_calmar_ratio(prices)
        yield "ulcerIndex", days, lambda: ffn.core.to_ulcer_index(prices) / 100
        yield "martinRatio", {**days, "riskFree": FREE}, lambda: ffn.core.to_ulcer_performance_index(prices, rf=FREE)
        stats = ffn.PerformanceStats(prices)
        yield "last3Months", days, lambda: stats.three_month
        yield "last6Months", days, lambda: stats.six_month
        yield "last12Months", days, lambda: stats.one_year
        if len(prices) > 60:
            yield "monthToDate", days, lambda: stats.mtd
        if prices.index[0].year < prices.index[-1].year:
            yield "yearToDate", days, lambda: stats.ytd
            yield "positive12Months", days, lambda: stats.twelve_month_win_perc
        if len(prices) > 60 and (r < 0).any() and (r > 0).any():
            # Their first month has no return: of a curve that begins where the first one ends ours has 0.
            whole = prices[prices.index[prices.index < prices.index[0] + pd.offsets.MonthBegin()][-1] :]
            ends = {**days, "from": int(whole.index[0].timestamp() * 1000)}
            of_months = ffn.PerformanceStats(whole)
            yield "avgUpMonth", ends, lambda: of_months.avg_up_month
            # Those of 0 are down months of theirs.
            yield "avgDownMonth", ends, lambda: of_months.avg_down_month


def of_backtesting(r, b, n, plain):
    if not plain or n == 52:
        return  # its day is one of the week's, and the equity before the first bar would be in the same week
    index = r.index.insert(0, r.index[0] - pd.Timedelta(days=1))
    equity = np.concatenate([[CASH], CASH * (1 + r).cumprod()])
    close = np.concatenate([[50.0], 50.0 * (1 + b).cumprod()])
    fields = "Size EntryBar ExitBar EntryPrice ExitPrice SL TP PnL Commission ReturnPct EntryTime ExitTime Duration Tag"
    stats = compute_stats(
        trades=pd.DataFrame({name: pd.Series(dtype=float) for name in fields.split()}),
        equity=equity,
        ohlc_data=pd.DataFrame({"Close": close}, index=index),
        strategy_instance=None,
        risk_free_rate=FREE,
    )
    own = {"ratios": "geometric", "riskFree": FREE}
    yield "cagr", {}, lambda: stats["Return (Ann.) [%]"] / 100
    yield "volatility", own, lambda: stats["Volatility (Ann.) [%]"] / 100
    yield "sharpe", own, lambda: stats["Sharpe Ratio"]
    if FREE == 0 or not (r < 0).any():
        return
    yield "peakEquity", {}, lambda: stats["Equity Peak [$]"]
    # Its downside is that of returns, not less the risk-free rate.
    yield "calmar", {}, lambda: stats["Calmar Ratio"]
    yield "maxDrawdown", {}, lambda: -stats["Max. Drawdown [%]"] / 100
    yield "avgDrawdown", {}, lambda: -stats["Avg. Drawdown [%]"] / 100
    yield "beta", {"benchmark": True, "returns": "log"}, lambda: stats["Beta"]


PACKAGES = {
    "quantstats": of_quantstats,
    "empyrical": of_empyrical,
    "pyfolio": of_pyfolio,
    "ffn": of_ffn,
    "backtesting": of_backtesting,
}


def rolling_of(r, b, n):
    s = quantstats.stats
    found = {
        "sharpe": s.rolling_sharpe(r, rolling_period=WINDOW, periods_per_year=n),
        "sortino": s.rolling_sortino(r, rolling_period=WINDOW, periods_per_year=n),
        "volatility": s.rolling_volatility(r, rolling_period=WINDOW, periods_per_year=n),
        "beta": s.rolling_greeks(r, b, periods=WINDOW)["beta"],
    }
    return {name: [one if math.isfinite(one) else None for one in column.tolist()] for name, column in found.items()}


def worst_of(r):
    table = pyfolio.timeseries.gen_drawdown_table(r, top=5)
    ms = lambda at: None if pd.isna(at) else int(pd.Timestamp(at).value // 1_000_000)  # noqa: E731
    return [
        {
            "depth": float(row["Net drawdown in %"]) / 100,
            "start": ms(row["Peak date"]),
            "valley": ms(row["Valley date"]),
            "recovery": ms(row["Recovery date"]),
        }
        for _, row in table.iterrows()
    ]


def main():
    found = []
    for seed, (name, time, equity, every, n, gap) in enumerate(curves()):
        benchmark = follow(equity, 100 + seed, 0.0 if name == "flat" else 0.01)
        ends = slice(every - 1, None, every)
        index = pd.to_datetime(time[ends], unit="ms").normalize()
        returns = pd.Series(equity[ends], index=index) / pd.Series([CASH, *equity[ends][:-1]], index=index) - 1
        theirs = pd.Series(benchmark[ends], index=index) / pd.Series([50.0, *benchmark[ends][:-1]], index=index) - 1
        figures = []
        for who, of in PACKAGES.items():
            for metric, options, figure in of(returns, theirs, n, every == 1):
                figures.append({"who": who, "metric": metric, "options": options, "value": finite(figure)})
        curve = {"name": name, "perYear": n, "every": every, "before": time[0] - gap, "time": time, "equity": equity}
        curve = {**curve, "benchmark": benchmark, "figures": figures}
        if name in ("daily", "fat tails"):
            curve |= {"rolling": rolling_of(returns, theirs, n), "worst": worst_of(returns)}
        found.append(curve)
    # That of scipy loses digits far out.
    mp.dps = 40
    normal = {
        "cdf": [[x, float(mp.ncdf(x))] for x in (-37, -20, -8.3, -3, -1.6, -1.5, -1.4, -0.3, -1e-9, 0, 0.7, 1.5, 2.2, 6)],
        "quantile": [
            [p, float(norm.ppf(p))]
            for p in (1e-300, 1e-50, 1e-16, 1e-5, 0.01, 0.05, 0.3, 0.4999, 0.5, 0.6, 0.975, 0.999999, 1 - 2**-53)
        ],
    }
    versions = {module.__name__: module.__version__ for module in (quantstats, empyrical, pyfolio, ffn, backtesting)}
    recording = {"script": "bench/peers/record_curves.py", "versions": versions, "cash": CASH, "window": WINDOW}
    recording |= {"normal": normal, "curves": found}
    sys.stdout.buffer.write(gzip.compress(json.dumps(recording).encode(), mtime=0))


main()
