"""Plays scenarios in backtrader: broker defaults, and cheat-on-close for `backtrader-coc`."""
import backtrader as bt
from scenarios import by_bar, check_money, days, main, money

TYPES = {'market': bt.Order.Market, 'limit': bt.Order.Limit, 'stop': bt.Order.Stop, 'stop-limit': bt.Order.StopLimit}


class Bars(bt.feed.DataBase):
    """Bars out of lists."""

    params = (('bars', None), ('days', None))

    def start(self):
        super().start()
        self.at = 0

    def _load(self):
        if self.at >= len(self.p.days):
            return False
        for name in ('open', 'high', 'low', 'close', 'volume'):
            getattr(self.lines, name)[0] = self.p.bars[name][self.at]
        self.lines.openinterest[0] = 0
        self.lines.datetime[0] = bt.date2num(self.p.days[self.at])
        self.at += 1
        return True


class Decisions(bt.Strategy):
    """Gives the decisions of a scenario."""

    params = (('scenario', None), ('coc', False))

    def __init__(self):
        self.due = by_bar(self.p.scenario)
        self.fills, self.cash, self.equity, self.late = [], [], [], []
        self.pending = [[] for _ in self.datas]
        # By identity: == of data compares their closes.
        self.assets = {id(data): asset for asset, data in enumerate(self.datas)}

    def notify_order(self, order):
        bar = len(self) - 1
        if self.p.coc and order.exectype == bt.Order.Market:
            bar -= 1  # filled at the close before
        asset = self.assets[id(order.data)]
        for bit in order.executed.iterpending():
            self.fills.append((bar, asset, bit.size, bit.price, bit.closedcomm + bit.openedcomm))
        order.executed.markpending()
        if not order.alive() and order in self.pending[asset]:
            self.pending[asset].remove(order)

    def next(self):
        bar = len(self) - 1
        late, self.late = self.late, []
        for give in late:
            give()
        for decision in self.due[bar]:
            self.decide(decision)
        self.cash.append(self.broker.getcash())
        self.equity.append(self.broker.getvalue())

    def give(self, data, order, **more):
        side = self.buy if order['quantity'] > 0 else self.sell
        stop, limit = order.get('stop'), order.get('limit')
        prices = {'price': stop, 'plimit': limit} if order['type'] == 'stop-limit' else {'price': stop or limit}
        given = side(data=data, size=abs(order['quantity']), exectype=TYPES[order['type']], **prices, **more)
        self.pending[self.assets[id(data)]].append(given)
        return given

    def cancel_all(self, asset):
        for order in list(self.pending[asset]):
            self.cancel(order)

    def decide(self, decision):
        asset, do = decision['asset'], decision['do']
        data = self.datas[asset]
        held = self.getposition(data).size
        if do == 'order':
            self.give(data, decision)
        elif do == 'oco':
            first = self.give(data, decision['orders'][0])
            self.give(data, decision['orders'][1], oco=first)
        elif do == 'close':
            if held:
                self.close(data=data)
        elif do == 'cancel':
            self.cancel_all(asset)
        elif do == 'bracket':
            if not (decision['flat'] and held):
                self.bracket(data, decision['quantity'], decision['stop'], decision['target'], decision.get('limit'))
        elif do == 'trail':
            self.give(data, {'type': 'market', 'quantity': decision['quantity']})
            if decision['late']:
                self.late.append(lambda: self.trail(data, decision))
            else:
                self.trail(data, decision)
        elif do == 'target':
            self.order_target_size(data=data, target=decision['units'])
        else:
            self.signal(data, decision, held)

    def trail(self, data, decision):
        side = self.sell if decision['quantity'] > 0 else self.buy
        amount = decision.get('amount')
        how = {'trailpercent': decision['fraction']} if amount is None else {'trailamount': amount}
        side(data=data, size=abs(decision['quantity']), exectype=bt.Order.StopTrail, **how)

    def bracket(self, data, quantity, stop, target, limit=None):
        side = self.buy_bracket if quantity > 0 else self.sell_bracket
        orders = side(
            data=data, size=abs(quantity), exectype=bt.Order.Market if limit is None else bt.Order.Limit, price=limit,
            stopprice=stop, limitprice=target,
            stopexec=None if stop is None else bt.Order.Stop, limitexec=None if target is None else bt.Order.Limit)
        self.pending[self.assets[id(data)]] += [order for order in orders if order is not None]

    def signal(self, data, decision, held):
        side = decision['side']
        if not held if side == 0 else held * side > 0:
            return
        self.cancel_all(decision['asset'])
        if held:
            self.close(data=data)
        if side == 0:
            return
        stop, target = decision.get('stop'), decision.get('target')
        quantity, close = side * decision['units'], data.close[0]
        if stop is None and target is None:
            self.give(data, {'type': 'market', 'quantity': quantity})
        else:
            self.bracket(data, quantity, stop and close * (1 - side * stop), target and close * (1 + side * target))


def play(scenario, name):
    coc = name == 'backtrader-coc'
    cerebro = bt.Cerebro(stdstats=False)
    for asset in scenario['assets']:
        cerebro.adddata(Bars(bars=asset, days=days(scenario)))
    cerebro.addstrategy(Decisions, scenario=scenario, coc=coc)
    cerebro.broker.setcash(scenario['cash'])
    cerebro.broker.setcommission(commission=scenario['commission'])
    if scenario['slippage']:
        cerebro.broker.set_slippage_perc(scenario['slippage'])
    if coc:
        cerebro.broker.set_coc(True)
    strategy = cerebro.run()[0]
    cash, equity = money(scenario, strategy.fills)
    check_money('cash', cash[-1], cerebro.broker.getcash())
    check_money('equity', equity[-1], cerebro.broker.getvalue())
    # With cheat-on-close the broker fills after the strategy has looked.
    return (strategy.fills, cash, equity) if coc else (strategy.fills, strategy.cash, strategy.equity)


if __name__ == '__main__':
    main(play, 'backtrader')
