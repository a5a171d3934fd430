"""Market data as the peers read it: panel files that Fillgrid's generators wrote, and real files in place."""
import csv
import gzip
import hashlib
import json
import os
import sys
from datetime import date

import numpy as np

COLUMNS = ('open', 'high', 'low', 'close', 'volume')


class Panel:
    """Time-major columns of shape (bars, assets)."""

    def __init__(self, columns, assets, target=None):
        self.open, self.high, self.low, self.close, self.volume = columns
        self.assets = assets
        self.target = target
        self.bars = self.close.shape[0]

    def digest(self):
        """SHA-256 of open, high, low and close, one after the other, little-endian doubles in [bar][asset] order."""
        sha = hashlib.sha256()
        for column in (self.open, self.high, self.low, self.close):
            sha.update(np.ascontiguousarray(column, dtype='<f8').tobytes())
        return sha.hexdigest()


def read_panel(path):
    """A panel file: bars and assets as doubles, then open, high, low, close, volume and perhaps target."""
    values = np.fromfile(path, dtype='<f8')
    bars, count = int(values[0]), int(values[1])
    columns = values[2:].reshape(-1, bars, count)
    target = columns[5] if len(columns) > 5 else None
    return Panel(columns[:5], [f'ASSET_{k}' for k in range(count)], target)


def read_equities(path, symbols):
    """Symbols of a long CSV (timestamp, symbol, open, ...) that trade on the same days."""
    rows = {symbol: [] for symbol in symbols}
    with gzip.open(path, 'rt', newline='') as file:
        for row in csv.DictReader(file):
            if row['symbol'] in rows:
                rows[row['symbol']].append(row)
    days = [row['timestamp'] for row in rows[symbols[0]]]
    for symbol in symbols:
        if [row['timestamp'] for row in rows[symbol]] != days:
            sys.exit(f'{symbol} trades on other days than {symbols[0]}')
    columns = [np.array([[float(row[name]) for row in rows[s]] for s in symbols]).T.copy() for name in COLUMNS]
    return Panel(columns, list(symbols))


def read_klines(path, name):
    """One month of exchange klines, one asset."""
    with gzip.open(path, 'rt', newline='') as file:
        rows = list(csv.DictReader(file))
    return Panel([np.array([[float(row[c])] for row in rows]) for c in COLUMNS], [name])


def exact_sma(values, length):
    """Mean of the last `length` values, rounded once: sums are whole numbers of 2**-80, so nothing is lost."""
    exact = [int(float(v) * 2.0**80) for v in values]
    out = np.full(len(values), np.nan)
    total = 0
    for i, v in enumerate(exact):
        total += v
        if i >= length:
            total -= exact[i - length]
        if i >= length - 1:
            out[i] = total / (length << 80)
    return out


def crossings(panel, fast, slow):
    """Booleans (bars, assets): the fast average crosses above the slow one, or below it, at this close."""
    above = np.zeros(panel.close.shape, dtype=bool)
    below = np.zeros(panel.close.shape, dtype=bool)
    for k in range(panel.close.shape[1]):
        f, s = exact_sma(panel.close[:, k], fast), exact_sma(panel.close[:, k], slow)
        above[1:, k] = (f[1:] > s[1:]) & (f[:-1] <= s[:-1])
        below[1:, k] = (f[1:] < s[1:]) & (f[:-1] >= s[:-1])
    return above, below


def sha(*arrays):
    """SHA-256 of arrays one after the other."""
    out = hashlib.sha256()
    for array in arrays:
        out.update(np.ascontiguousarray(array).tobytes())
    return out.hexdigest()


def write_recording(path, provenance, body):
    """A recording: provenance first, then what happened; gzip without a time stamp where the name ends in .gz."""
    text = json.dumps({'provenance': provenance, **body}, separators=(',', ':')) + '\n'
    data = gzip.compress(text.encode(), mtime=0) if path.endswith('.gz') else text.encode()
    with open(path, 'wb') as file:
        file.write(data)
    print(f'{os.path.basename(path)}: {len(data)} bytes')


def provenance(engine, version, script, panel, source):
    """Where a recording comes from."""
    return {
        'engine': engine,
        'version': version,
        'python': '.'.join(map(str, sys.version_info[:3])),
        'script': f'bench/peers/{script}',
        'date': date.today().isoformat(),
        'data': source,
        'dataSha256': panel.digest(),
    }


# What the recordings of the SMA cross hold, by data set. Distances are fractions, fees a fraction of order value.
CROSSES = {
    'equities': {'fast': 10, 'slow': 30, 'stop': 0.04, 'target': 0.08, 'fee': 0.001, 'units': 100},
    'minutes': {'fast': 20, 'slow': 60, 'stop': 0.005, 'target': 0.01, 'fee': 0.0004, 'units': 100},
}
VARIANTS = [
    {'direction': direction, 'stops': stops} for direction in ('long', 'both') for stops in (False, True)
]
EQUITIES = ('AAPL', 'AMAT', 'BKNG', 'C', 'DAL', 'GE', 'GILD', 'JPM', 'MO', 'MSFT')


def cross_sets(folder, shared):
    """Name, source, settings and panel of each data set of the SMA cross; real files only where they are."""
    yield 'generated-equities', 'makeEquities()', CROSSES['equities'], read_panel(f'{folder}/equities.bin')
    yield 'generated-minutes', 'makeMinutes({ bars: 20000 })', CROSSES['minutes'], read_panel(f'{folder}/minutes.bin')
    name = 'us_equities_160x2010-2021_adj.csv.gz'
    path = f'{shared}/daily_equities_merged/{name}'
    if os.path.exists(path):
        yield 'us-equities', f'{name}: {", ".join(EQUITIES)}', CROSSES['equities'], read_equities(path, EQUITIES)
    name = 'FILUSDT-1m-2023-05.csv.gz'
    path = f'{shared}/crypto_1m_binance_klines/{name}'
    if os.path.exists(path):
        yield 'filusdt-2023-05', name, CROSSES['minutes'], read_klines(path, 'FILUSDT')
