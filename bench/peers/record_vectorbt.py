"""Records what vectorbt does: `python record_vectorbt.py PANELS SHARED OUT`. Both engines must agree on every row.

Settings, and the rules of docs/semantics.md they stand for: signals of a close are shifted by one bar and filled at
the open (3.1 next-open); levels from the fill price (6.2); no accumulation, reversal by an opposite entry (8.2).
"""
import sys

import numpy as np
import pandas as pd
import vectorbt as vbt
from panels import VARIANTS, cross_sets, crossings, provenance, read_panel, sha, write_recording

ENGINES = ('rust', 'numba')


def same(records):
    """The records of all engines, which must be one."""
    for other in records[1:]:
        for name in records[0].dtype.names:
            if not np.array_equal(records[0][name], other[name], equal_nan=records[0][name].dtype.kind == 'f'):
                sys.exit(f'vectorbt: the engines differ in {name}')
    return records[0]


def shifted(values, fill):
    """One bar later."""
    out = np.full_like(values, fill)
    out[1:] = values[:-1]
    return out


def fill_prices(portfolio, trade):
    """Entry and exit price of each trade as its orders filled; trades hold value / units, off by a last place."""
    order = portfolio.orders.values
    prices = np.full(portfolio.wrapper.shape_2d, np.nan)
    prices[order['idx'], order['col']] = order['price']  # there is one order a bar and column
    entry = prices[trade['entry_idx'], trade['col']]
    last = prices[trade['exit_idx'], trade['col']]
    for found, theirs in ((entry, trade['entry_price']), (last, trade['exit_price'])):
        if not np.allclose(found, theirs, rtol=1e-14, atol=0):
            sys.exit('vectorbt: a trade is not at the price of its orders')
    return entry, last


def record_workload(folder, out):
    """Targets of the 500 x 2,520 workload: every order as hashed columns, sorted by bar and asset."""
    panel = read_panel(f'{folder}/workload.bin')
    body = {'runs': []}
    for timing in ('same-close', 'next-open'):
        late = timing == 'next-open'
        size = shifted(panel.target, 0.0) if late else panel.target
        orders, trades = [], []
        for engine in ENGINES:
            pf = vbt.Portfolio.from_orders(
                pd.DataFrame(panel.close), size=size, size_type='targetamount', price=panel.open if late else panel.close,
                init_cash=1e15, cash_sharing=True, group_by=True, freq='1D', engine=engine)
            orders.append(pf.orders.values)
            trades.append(pf.trades.values)
        order, trade = same(orders), same(trades)
        at = np.lexsort((order['col'], order['idx']))
        order = order[at]
        signed = np.where(order['side'] == 0, order['size'], -order['size'])
        closed = trade[trade['status'] == 1]
        closed = closed[np.lexsort((closed['col'], closed['exit_idx']))]
        entry, last = fill_prices(pf, closed)
        sample = [[int(o['idx']), int(o['col']), float(s), float(o['price'])] for o, s in zip(order, signed)]
        body['runs'].append({
            'timing': timing,
            'orders': len(order),
            # SHA-256 of: bar and asset as int32, signed size and price as doubles, column after column
            'ordersSha256': sha(order['idx'].astype('<i4'), order['col'].astype('<i4'), signed.astype('<f8'),
                                order['price'].astype('<f8')),
            'closedTrades': len(closed),
            'openTrades': int((trade['status'] == 0).sum()),
            # SHA-256 of: asset, entry bar, exit bar as int32, signed size, entry price, exit price as doubles
            'tradesSha256': sha(closed['col'].astype('<i4'), closed['entry_idx'].astype('<i4'),
                                closed['exit_idx'].astype('<i4'),
                                np.where(closed['direction'] == 0, closed['size'], -closed['size']).astype('<f8'),
                                entry.astype('<f8'), last.astype('<f8')),
            'pnl': float(trade['pnl'].sum()),
            'firstOrders': sample[:10],
            'lastOrders': sample[-10:],
        })
    source = 'makeWorkload()'
    write_recording(f'{out}/workload.vectorbt.json',
                    provenance('vectorbt', vbt.__version__, 'record_vectorbt.py', panel, source), body)


def record_crosses(folder, shared, out):
    """SMA crosses: closed trades, asset by asset in the order of their exits."""
    for name, source, settings, panel in cross_sets(folder, shared):
        above, below = crossings(panel, settings['fast'], settings['slow'])
        runs = []
        for variant in VARIANTS:
            signals = {'entries': shifted(above, False)}
            if variant['direction'] == 'long':
                signals['exits'] = shifted(below, False)
            else:
                signals['short_entries'] = shifted(below, False)
            if variant['stops']:
                signals |= {'sl_stop': settings['stop'], 'tp_stop': settings['target']}
            records = []
            for engine in ENGINES:
                pf = vbt.Portfolio.from_signals(
                    pd.DataFrame(panel.close), **signals, price=panel.open, open=panel.open, high=panel.high, low=panel.low,
                    stop_entry_price='fillprice', stop_exit_price='stoplimit', upon_opposite_entry='reverse',
                    size=settings['units'], size_type='amount', fees=settings['fee'], init_cash=1e9, freq='1D',
                    engine=engine)
                records.append(pf.trades.values)
            trade = same(records)
            closed = trade[trade['status'] == 1]
            entry, last = fill_prices(pf, closed)
            runs.append({
                **variant,
                'asset': closed['col'].tolist(),
                'entryBar': closed['entry_idx'].tolist(),
                'exitBar': closed['exit_idx'].tolist(),
                'quantity': np.where(closed['direction'] == 0, closed['size'], -closed['size']).astype(int).tolist(),
                'entryPrice': entry.tolist(),
                'exitPrice': last.tolist(),
                'pnl': closed['pnl'].tolist(),
                'open': trade[trade['status'] == 0]['col'].tolist(),
            })
        where = provenance('vectorbt', vbt.__version__, 'record_vectorbt.py', panel, source)
        write_recording(f'{out}/{name}.vectorbt.json.gz', where, {'assets': panel.assets, 'settings': settings, 'runs': runs})


if __name__ == '__main__':
    record_workload(sys.argv[1], sys.argv[3])
    record_crosses(*sys.argv[1:4])
