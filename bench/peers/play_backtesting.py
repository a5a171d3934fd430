"""Plays scenarios of one asset in backtesting.py: `trade_on_close` for same-close, slippage as `spread`."""
import pandas as pd
from backtesting import Backtest, Strategy
from scenarios import by_bar, check_money, days, main, money


class Decisions(Strategy):
    """Gives the decisions of a scenario."""

    scenario = None

    def init(self):
        self.due = by_bar(self.scenario)
        self.trails, self.cash, self.values = [], [], []

    def next(self):
        bar = len(self.data) - 1
        close = self.data.Close[-1]
        self.follow(bar, close)
        for decision in self.due[bar]:
            self.decide(decision, close)

    def give(self, order, **more):
        side = self.buy if order['quantity'] > 0 else self.sell
        side(size=abs(order['quantity']), limit=order.get('limit'), stop=order.get('stop'), **more)

    def decide(self, decision, close):
        do = decision['do']
        if do == 'order':
            self.give(decision)
        elif do == 'close':
            self.position.close()
        elif do == 'cancel':
            for order in self.orders:
                order.cancel()
        elif do == 'bracket':
            if not (decision['flat'] and self.position):
                self.give({'quantity': decision['quantity'], 'limit': decision.get('limit')},
                          sl=decision['stop'], tp=decision['target'])
        elif do == 'trail':
            self.trail(decision, close)
        else:
            self.signal(decision, close)

    def trail(self, decision, close):
        side = 1 if decision['quantity'] > 0 else -1
        tag = decision['bar']
        if decision['late']:
            self.give(decision, tag=tag)
            self.trails.append((tag + 1, tag, side, decision))
        else:
            self.give(decision, sl=level(decision, side, close), tag=tag)
            self.trails.append((tag + 1, tag, side, decision))

    def follow(self, bar, close):
        """Moves the stops of trades as TrailingStrategy of its library does, at each close."""
        for first, tag, side, decision in self.trails:
            for trade in self.trades:
                if trade.tag == tag and bar >= first:
                    stop = level(decision, side, close)
                    if trade.sl is None or (stop - trade.sl) * side > 0:
                        trade.sl = stop

    def signal(self, decision, close):
        side = decision['side']
        held = self.position.size
        if not held if side == 0 else held * side > 0:
            return
        for order in self.orders:
            if not order.is_contingent:
                order.cancel()
        self.position.close()
        if side != 0:
            stop, target = decision.get('stop'), decision.get('target')
            self.give({'quantity': side * decision['units']}, sl=stop and close * (1 - side * stop),
                      tp=target and close * (1 + side * target))


def level(decision, side, close):
    amount = decision.get('amount')
    return close - side * (close * decision['fraction'] if amount is None else amount)


def play(scenario, _name):
    bars = scenario['assets'][0]
    frame = pd.DataFrame({column.capitalize(): bars[column] for column in ('open', 'high', 'low', 'close', 'volume')},
                         index=pd.DatetimeIndex(days(scenario)))
    rate = scenario['commission']
    test = Backtest(frame, Decisions, cash=scenario['cash'], commission=rate, spread=scenario['slippage'],
                    trade_on_close=scenario['timing'] == 'same-close', finalize_trades=False)
    stats = test.run(scenario=scenario)
    broker = stats._strategy._broker
    fills = []
    for trade in [*broker.closed_trades, *broker.trades]:
        units, entry = trade.size, trade.entry_price
        fills.append((int(trade.entry_bar), 0, units, entry, abs(units) * entry * rate))
        if trade.exit_price is not None:
            last = trade.exit_price
            fills.append((int(trade.exit_bar), 0, -units, last, abs(units) * last * rate))
    fills.sort(key=lambda fill: fill[0])
    cash, equity = money(scenario, fills)
    check_money('equity', equity[-1], broker.equity)
    return fills, cash, equity


if __name__ == '__main__':
    main(play, 'backtesting')
