"""Times vectorbt beside Fillgrid: `python time_vectorbt.py FOLDER RUNS FAST SLOW STOP TARGET FEE`, prints JSON.

FOLDER holds workload.bin and minutes.bin. Each engine: the workload (orders and trades), and one set of the SMA cross
with averages, crossings and trades. Times are milliseconds of every run after a first one, which is apart.
"""
import json
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt
from panels import read_panel, sha


def timed(run, runs):
    """Milliseconds of the first run and of the others, and what the last one returned."""
    times, value = [], None
    for _ in range(runs + 1):
        start = time.perf_counter()
        value = run()
        times.append((time.perf_counter() - start) * 1e3)
    return {'first': times[0], 'times': times[1:]}, value


def shifted(signals):
    """One bar later: decided at a close, filled at the next open."""
    out = np.zeros_like(signals)
    out[1:] = signals[:-1]
    return out


def checks(portfolio, trades):
    """What must be equal before times are compared."""
    order = portfolio.orders.values
    order = order[np.lexsort((order['col'], order['idx']))]
    signed = np.where(order['side'] == 0, order['size'], -order['size'])
    return {
        'orders': len(order),
        'ordersSha256': sha(order['idx'].astype('<i4'), order['col'].astype('<i4'), signed, order['price']),
        'closed': int((trades['status'] == 1).sum()),
        'open': int((trades['status'] == 0).sum()),
        'closedPnl': float(trades['pnl'][trades['status'] == 1].sum()),
        'pnl': float(trades['pnl'].sum()),
    }


def workload(panel, timing, engine, runs):
    late = timing == 'next-open'
    target = panel.target
    if late:
        target = np.zeros_like(panel.target)
        target[1:] = panel.target[:-1]
    close, price = pd.DataFrame(panel.close), panel.open if late else panel.close

    def run():
        portfolio = vbt.Portfolio.from_orders(
            close, size=target, size_type='targetamount', price=price, init_cash=1e15, cash_sharing=True,
            group_by=True, freq='1D', engine=engine)
        return portfolio, portfolio.trades.values

    measured, (portfolio, trades) = timed(run, runs)
    return {'name': 'workload', 'timing': timing, 'engine': engine, **measured, **checks(portfolio, trades)}


def cross(panel, engine, runs, fast, slow, stop, target, fee):
    close = pd.Series(panel.close[:, 0])
    opens, high, low = (pd.Series(column[:, 0]) for column in (panel.open, panel.high, panel.low))

    def run():
        quick = vbt.MA.run(close, fast, engine=engine)
        calm = vbt.MA.run(close, slow, engine=engine)
        entries = shifted(quick.ma_crossed_above(calm).values)
        exits = shifted(quick.ma_crossed_below(calm).values)
        portfolio = vbt.Portfolio.from_signals(
            close, entries, exits, price=opens, open=opens, high=high, low=low, sl_stop=stop, tp_stop=target,
            stop_entry_price='fillprice', stop_exit_price='stoplimit', size=1, fees=fee, init_cash=1e9, freq='1min',
            engine=engine)
        return portfolio, portfolio.trades.values

    measured, (portfolio, trades) = timed(run, runs)
    closed = trades[trades['status'] == 1]
    names = {'entryBar': 'entry_idx', 'exitBar': 'exit_idx', 'entryPrice': 'entry_price', 'exitPrice': 'exit_price'}
    rows = {ours: closed[theirs].tolist() for ours, theirs in names.items()}
    return {'name': 'cross', 'engine': engine, **measured, **checks(portfolio, trades), 'trades': rows}


if __name__ == '__main__':
    folder, runs = sys.argv[1], int(sys.argv[2])
    fast, slow, stop, target, fee = int(sys.argv[3]), int(sys.argv[4]), *map(float, sys.argv[5:8])
    rows = []
    panel = read_panel(f'{folder}/workload.bin')
    for engine in ('rust', 'numba'):
        for timing in ('same-close', 'next-open'):
            rows.append(workload(panel, timing, engine, runs))
    panel = read_panel(f'{folder}/minutes.bin')
    for engine in ('rust', 'numba'):
        rows.append(cross(panel, engine, runs, fast, slow, stop, target, fee))
    print(json.dumps({'version': vbt.__version__, 'runs': rows}))
