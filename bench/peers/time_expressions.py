"""Times vectorbt's Rust engine on sets of a strategy of three averages: `python time_expressions.py PANEL CHUNKS FAST SLOW TREND`.

PANEL is a panel file; lengths are comma-separated, and all combinations are the sets, the last length the quickest, in chunks of 100.
For each of the first CHUNKS chunks: indicators, signals and one portfolio with a shared account a set, fixed units, filled at the next
open. Prints JSON with milliseconds a set of each chunk, and of each set the number of closed trades and the final value.
"""
import itertools
import json
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt
from panels import read_panel

CHUNK = 100
CASH = 1e7


def averages(close, lengths):
    """Averages by length, each of all assets."""
    width = close.shape[1]
    values = vbt.MA.run(close, list(lengths), engine='rust').ma.values
    return {length: values[:, i * width:(i + 1) * width] for i, length in enumerate(lengths)}


def run(panel, sets):
    close = pd.DataFrame(panel.close)
    bars, assets = panel.close.shape
    fast, slow, trend = (averages(close, sorted(set(column))) for column in zip(*sets))
    entries = np.zeros((bars, assets * len(sets)), dtype=bool)
    exits = np.zeros_like(entries)
    for i, (a, b, c) in enumerate(sets):
        f, s = fast[a], slow[b]
        at = slice(i * assets, (i + 1) * assets)
        # Decided at a close, filled at the next open.
        entries[2:, at] = ((f[1:] > s[1:]) & (f[:-1] <= s[:-1]) & (panel.close[1:] > trend[c][1:]))[:-1]
        exits[2:, at] = ((f[1:] < s[1:]) & (f[:-1] >= s[:-1]))[:-1]
    tiled = pd.DataFrame(np.tile(panel.close, len(sets)))
    portfolio = vbt.Portfolio.from_signals(
        tiled, entries, exits, price=np.tile(panel.open, len(sets)), size=1, init_cash=CASH, cash_sharing=True,
        group_by=np.repeat(np.arange(len(sets)), assets), freq='1D', engine='rust')
    return portfolio.trades.closed.count().values, portfolio.final_value().values


if __name__ == '__main__':
    panel = read_panel(sys.argv[1])
    lengths = [[int(word) for word in text.split(',')] for text in sys.argv[3:6]]
    sets = list(itertools.product(*lengths))
    run(panel, sets[:CHUNK])
    times, trades, values = [], [], []
    for first in range(0, min(len(sets), CHUNK * int(sys.argv[2])), CHUNK):
        start = time.perf_counter()
        count, value = run(panel, sets[first:first + CHUNK])
        times.append((time.perf_counter() - start) * 1e3 / CHUNK)
        trades += count.tolist()
        values += value.tolist()
    print(json.dumps({'version': vbt.__version__, 'times': times, 'trades': trades, 'values': values}))
