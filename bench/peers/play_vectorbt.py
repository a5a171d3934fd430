"""Plays scenarios in vectorbt: from_signals for signals, from_orders for everything else; `vectorbt-lock` locks cash."""
import numpy as np
import pandas as pd
import vectorbt as vbt
from scenarios import days, main
from vectorbt.portfolio.enums import OrderSide, SizeType


class Arrays:
    """Columns of shape (bars, assets), a bar later for the next open."""

    def __init__(self, scenario):
        self.bars, self.assets = len(scenario['time']), len(scenario['assets'])
        self.late = 1 if scenario['timing'] == 'next-open' else 0
        self.prices = {name: np.array([asset[name] for asset in scenario['assets']], dtype=float).T.copy()
                       for name in ('open', 'high', 'low', 'close')}

    def full(self, value, dtype=float):
        return np.full((self.bars, self.assets), value, dtype=dtype)

    def put(self, column, decision, value):
        at = decision['bar'] + self.late
        if at < self.bars:
            column[at, decision['asset']] = value


def orders(scenario, a, settings):
    size, kind = a.full(np.nan), a.full(SizeType.Amount, int)
    for decision in scenario['decisions']:
        if decision['do'] == 'order':
            a.put(size, decision, decision['quantity'])
        else:
            a.put(kind, decision, SizeType.TargetAmount)
            a.put(size, decision, decision.get('units', 0))
    return vbt.Portfolio.from_orders(size=size, size_type=kind, **settings)


def signals(scenario, a, settings):
    enter = {1: a.full(False, bool), -1: a.full(False, bool)}
    leave = a.full(False, bool)
    size, stop, target = a.full(np.nan), a.full(np.nan), a.full(np.nan)
    for decision in scenario['decisions']:
        side = decision['side']
        if side == 0:
            a.put(leave, decision, True)
            continue
        a.put(enter[side], decision, True)
        a.put(size, decision, decision['units'])
        a.put(stop, decision, decision.get('stop', np.nan))
        a.put(target, decision, decision.get('target', np.nan))
    p = a.prices
    return vbt.Portfolio.from_signals(
        entries=enter[1], exits=leave, short_entries=enter[-1], short_exits=leave, size=size, size_type='amount',
        sl_stop=stop, tp_stop=target, open=p['open'], high=p['high'], low=p['low'], stop_entry_price='fillprice',
        stop_exit_price='stoplimit', upon_opposite_entry='reverse', **settings)


def play(scenario, name):
    a = Arrays(scenario)
    close = pd.DataFrame(a.prices['close'], index=pd.DatetimeIndex(days(scenario)))
    settings = {
        'close': close, 'price': a.prices['open' if a.late else 'close'], 'fees': scenario['commission'],
        'slippage': scenario['slippage'], 'init_cash': scenario['cash'], 'cash_sharing': True, 'group_by': True,
        'call_seq': 'auto', 'lock_cash': name == 'vectorbt-lock', 'freq': '1D', 'engine': 'rust'}
    kind = signals if scenario['family'].startswith('signals-') else orders
    portfolio = kind(scenario, a, settings)
    fills = [(int(o['idx']), int(o['col']), float(o['size'] if o['side'] == OrderSide.Buy else -o['size']),
              float(o['price']), float(o['fees'])) for o in portfolio.orders.values]
    return fills, np.ravel(portfolio.cash()).tolist(), np.ravel(portfolio.value()).tolist()


if __name__ == '__main__':
    main(play, 'vectorbt')
