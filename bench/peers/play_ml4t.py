"""Plays scenarios in ml4t-backtest: its default configuration with shorts, at the next open or at the close."""
import polars as pl
from ml4t.backtest import BacktestConfig, DataFeed, Engine, Strategy
from ml4t.backtest.config import CommissionType, ExecutionPrice, SlippageType
from ml4t.backtest.risk import RuleChain, StopLoss, TakeProfit
from ml4t.backtest.types import ExecutionMode, OrderSide, OrderType
from scenarios import COLUMNS, by_bar, check_money, days, main, money

TYPES = {'market': OrderType.MARKET, 'limit': OrderType.LIMIT, 'stop': OrderType.STOP, 'stop-limit': OrderType.STOP_LIMIT}


class Decisions(Strategy):
    """Gives the decisions of a scenario."""

    def __init__(self, scenario):
        self.due = by_bar(scenario)
        self.same_bar = scenario['timing'] == 'same-close'
        self.bar, self.late = -1, []

    def on_data(self, timestamp, data, context, broker):
        self.bar += 1
        late, self.late = self.late, []
        for give in late:
            give()
        for decision in self.due[self.bar]:
            self.decide(decision, data, broker)

    def give(self, broker, asset, order):
        broker.submit_order(asset, order['quantity'], order_type=TYPES[order['type']], limit_price=order.get('limit'),
                            stop_price=order.get('stop'))

    def decide(self, decision, data, broker):
        asset, do = f'A{decision["asset"]}', decision['do']
        position = broker.get_position(asset)
        held = position.quantity if position else 0
        if do == 'order':
            self.give(broker, asset, decision)
        elif do == 'close':
            broker.close_position(asset)
        elif do == 'cancel':
            for order in list(broker.get_pending_orders(asset)):
                broker.cancel_order(order.order_id)
        elif do == 'bracket':
            if not (decision['flat'] and held):
                limit = decision.get('limit')
                kind = OrderType.MARKET if limit is None else OrderType.LIMIT
                broker.submit_bracket(asset, decision['quantity'], decision['target'], decision['stop'], kind, limit)
        elif do == 'trail':
            self.give(broker, asset, {'type': 'market', 'quantity': decision['quantity']})
            trail = lambda: broker.submit_order(  # noqa: E731
                asset, -decision['quantity'], order_type=OrderType.TRAILING_STOP, trail_amount=decision['amount'])
            self.late.append(trail) if decision['late'] else trail()
        elif do == 'target':
            if decision['units'] != held:
                broker.submit_order(asset, decision['units'] - held)
        else:
            self.signal(asset, decision, held, broker)

    def signal(self, asset, decision, held, broker):
        side = decision['side']
        if side == 0:
            broker.close_position(asset)
            return
        if held * side > 0:
            return
        broker.submit_order(asset, side * decision['units'] - held)
        rules = [rule(decision[name]) for name, rule in (('stop', StopLoss), ('target', TakeProfit)) if name in decision]

        def protect():
            position = broker.get_position(asset)
            if self.same_bar or position and position.quantity * side > 0:
                broker.set_position_rules(RuleChain(rules) if rules else None, asset)

        # At the next open the old position has its rules until then; rules are looked at from the bar after the fill on.
        protect() if self.same_bar else self.late.append(protect)


def play(scenario, _name):
    times = days(scenario)
    at = {time: bar for bar, time in enumerate(times)}
    frame = pl.concat([
        pl.DataFrame({'timestamp': times, 'asset': f'A{k}', **{name: [float(v) for v in series[name]] for name in COLUMNS}})
        for k, series in enumerate(scenario['assets'])]).sort('timestamp', 'asset')
    same = scenario['timing'] == 'same-close'
    config = BacktestConfig(
        allow_short_selling=True, initial_cash=scenario['cash'],
        execution_mode=ExecutionMode.SAME_BAR if same else ExecutionMode.NEXT_BAR,
        execution_price=ExecutionPrice.CLOSE if same else ExecutionPrice.OPEN,
        commission_type=CommissionType.PERCENTAGE, commission_rate=scenario['commission'],
        slippage_type=SlippageType.PERCENTAGE, slippage_rate=scenario['slippage'])
    engine = Engine(DataFeed(prices_df=frame), Decisions(scenario), config)
    engine.run()
    broker = engine.broker
    fills = [(at[fill.timestamp.replace(tzinfo=None)], int(fill.asset[1:]),
              fill.quantity if fill.side == OrderSide.BUY else -fill.quantity, fill.price, fill.commission)
             for fill in broker.fills]
    cash, equity = money(scenario, fills)
    check_money('cash', cash[-1], broker.cash)
    check_money('equity', equity[-1], broker.get_account_value())
    return fills, cash, equity


if __name__ == '__main__':
    main(play, 'ml4t-backtest')
