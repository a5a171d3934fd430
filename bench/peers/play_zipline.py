"""Plays scenarios in zipline-reloaded: daily bars, orders of a close looked at on the next close, its default slippage model
with the basis points of the scenario and its tenth of the volume."""
import numpy as np
import pandas as pd
import sqlalchemy
from scenarios import COLUMNS, by_bar, check_money, days, main
from zipline.algorithm import TradingAlgorithm
from zipline.api import cancel_order, get_open_orders, order, order_target, set_commission, set_slippage
from zipline.assets import AssetDBWriter, AssetFinder
from zipline.data.data_portal import DataPortal
from zipline.data.in_memory_daily_bars import InMemoryDailyBarReader
from zipline.finance.commission import PerDollar
from zipline.finance.slippage import FixedBasisPointsSlippage
from zipline.finance.trading import SimulationParameters
from zipline.utils.calendar_utils import get_calendar


class Bars(InMemoryDailyBarReader):
    """The reader of 3.2.1 with two of its properties mended: it looks for them under names that it does not have."""

    @property
    def last_available_dt(self):
        return self._sessions[-1]

    def get_value(self, sid, dt, field):
        return self._frames[field].at[dt, int(sid)]


def finder_of(count, sessions):
    """Assets 0 to count - 1 in a database of their own."""
    engine = sqlalchemy.create_engine('sqlite://', poolclass=sqlalchemy.pool.StaticPool)
    equities = pd.DataFrame({
        'symbol': [f'A{k}' for k in range(count)], 'asset_name': [f'A{k}' for k in range(count)],
        'start_date': sessions[0], 'end_date': sessions[-1], 'exchange': 'NYSE'}, index=range(count))
    exchanges = pd.DataFrame({'exchange': ['NYSE'], 'canonical_name': ['NYSE'], 'country_code': ['US']})
    AssetDBWriter(engine).write(equities=equities, exchanges=exchanges)
    return AssetFinder(engine)


def decide(decision, context, data):
    asset, do = context.equities[decision['asset']], decision['do']
    held = context.portfolio.positions[asset].amount
    if do == 'order':
        order(asset, decision['quantity'], limit_price=decision.get('limit'), stop_price=decision.get('stop'))
    elif do == 'close':
        if held:
            order_target(asset, 0)
    elif do == 'cancel':
        for one in get_open_orders(asset):
            cancel_order(one)
    else:
        order_target(asset, decision['units'])


def play(scenario, _name):
    calendar = get_calendar('XNYS')
    sessions = pd.DatetimeIndex(days(scenario))
    frames = {name: pd.DataFrame({k: np.array(asset[name], dtype=float) for k, asset in enumerate(scenario['assets'])},
                                 index=sessions) for name in COLUMNS}
    finder = finder_of(len(scenario['assets']), sessions)
    reader = Bars(frames, calendar, pd.Series('USD', index=range(len(scenario['assets']))))
    portal = DataPortal(finder, calendar, sessions[0], equity_daily_reader=reader)
    due, bars = by_bar(scenario), iter(range(len(sessions)))

    def initialize(context):
        context.equities = finder.retrieve_all(range(len(scenario['assets'])))
        set_commission(us_equities=PerDollar(cost=scenario['commission']))
        set_slippage(us_equities=FixedBasisPointsSlippage(basis_points=scenario['slippage'] * 1e4, volume_limit=0.1))

    def handle_data(context, data):
        for decision in due[next(bars)]:
            decide(decision, context, data)

    algorithm = TradingAlgorithm(
        sim_params=SimulationParameters(sessions[0], sessions[-1], calendar, scenario['cash'], data_frequency='daily'),
        data_portal=portal, trading_calendar=calendar, benchmark_returns=pd.Series(0.0, index=sessions.tz_localize('UTC')),
        initialize=initialize, handle_data=handle_data)
    frame = algorithm.run()
    rate, fills = scenario['commission'], []
    for bar, transactions in enumerate(frame['transactions']):
        for t in transactions:
            fills.append((bar, int(t['sid'].sid), int(t['amount']), float(t['price']),
                          abs(t['amount']) * t['price'] * rate))
    cash, equity = frame['ending_cash'].tolist(), frame['portfolio_value'].tolist()
    check_money('cash', scenario['cash'] - sum(f[2] * f[3] + f[4] for f in fills), cash[-1])
    return fills, cash, equity


if __name__ == '__main__':
    main(play, 'zipline-reloaded')
