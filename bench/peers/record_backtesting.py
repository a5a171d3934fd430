"""Records what backtesting.py does: `python record_backtesting.py PANELS SHARED OUT`.

Settings, and the rules of docs/semantics.md they stand for: orders of a close fill at the next open (3.1); stop and
target are prices worked out from that close (6.2, basis `signal`); a reversal closes, then opens (3.7).
"""
import sys
import warnings

import pandas as pd
from backtesting import Backtest, Strategy
from backtesting import __version__ as version
from panels import VARIANTS, cross_sets, crossings, provenance, write_recording

COLUMNS = {'asset': int, 'entryBar': int, 'exitBar': int, 'quantity': int, 'entryPrice': float, 'exitPrice': float, 'pnl': float}


class Cross(Strategy):
    """Buys where `Above` is set; at `Below` it sells out, or goes short."""

    both = False
    stop = target = None
    units = 100

    def init(self):
        pass

    def levels(self, side):
        """Stop and target of an entry decided at this close."""
        if self.stop is None:
            return {}
        close = self.data.Close[-1]
        return {'sl': close * (1 - side * self.stop), 'tp': close * (1 + side * self.target)}

    def next(self):
        if self.data.Above[-1] and self.position.size <= 0:
            self.position.close()
            self.buy(size=self.units, **self.levels(1))
        elif self.data.Below[-1] and self.position.size >= 0:
            self.position.close()
            if self.both:
                self.sell(size=self.units, **self.levels(-1))


def main(folder, shared, out):
    warnings.filterwarnings('ignore')
    for name, source, settings, panel in cross_sets(folder, shared):
        above, below = crossings(panel, settings['fast'], settings['slow'])
        runs = []
        for variant in VARIANTS:
            run = {**variant, **{column: [] for column in COLUMNS}, 'open': []}
            for k in range(len(panel.assets)):
                frame = pd.DataFrame({
                    'Open': panel.open[:, k], 'High': panel.high[:, k], 'Low': panel.low[:, k],
                    'Close': panel.close[:, k], 'Above': above[:, k], 'Below': below[:, k]})
                levels = {'stop': settings['stop'], 'target': settings['target']} if variant['stops'] else {}
                stats = Backtest(frame, Cross, cash=1e9, commission=settings['fee'], finalize_trades=False).run(
                    both=variant['direction'] == 'both', units=settings['units'], **levels)
                trades = stats._trades.sort_values('ExitBar', kind='stable')
                if len(stats._strategy.trades):
                    run['open'].append(k)
                names = {'entryBar': 'EntryBar', 'exitBar': 'ExitBar', 'quantity': 'Size', 'entryPrice': 'EntryPrice',
                         'exitPrice': 'ExitPrice', 'pnl': 'PnL'}
                run['asset'] += [k] * len(trades)
                for column, theirs in names.items():
                    run[column] += [COLUMNS[column](value) for value in trades[theirs]]
            runs.append(run)
        where = provenance('backtesting.py', version, 'record_backtesting.py', panel, source)
        write_recording(f'{out}/{name}.backtesting.json.gz', where,
                        {'assets': panel.assets, 'settings': settings, 'runs': runs})


if __name__ == '__main__':
    main(*sys.argv[1:4])
