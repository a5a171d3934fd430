"""Records what TA-Lib and pandas-ta-classic give for a series that this script makes: test/indicators/recorded.

    npm run peers:setup
    .venv-indicators/bin/python bench/peers/record_indicators.py [GROUP ...]

A case is a row of indicator_cases.CASES: the name and parameters of Fillgrid's indicator, and what a package gives for it. All positions
of NaN are kept, and of the values all of the first 250 bars and every fifth of the others.
"""
import gzip
import json
import os
import random
import sys

import numpy as np
import pandas as pd
import pandas_ta_classic
import talib

import indicator_patterns
from indicator_cases import CASES

BARS = 2520
SEED = 20260101
FOLDER = os.path.join(os.path.dirname(__file__), '../../test/indicators/recorded')


def make_series():
    """Daily bars in cents: flat stretches, gaps between days, days without volume."""
    rng = random.Random(SEED)
    price, rows, flat = 100.0, [], 0
    for _ in range(BARS):
        open_ = max(1.0, price * (1 + rng.gauss(0, 0.004)))
        if flat > 0:
            flat -= 1
            open_ = price
            close, high, low = open_, open_, open_
        else:
            if rng.random() < 0.01:
                flat = rng.randrange(2, 12)
            close = max(1.0, open_ * (1 + rng.gauss(0.0002, 0.012)))
            high = max(open_, close) * (1 + abs(rng.gauss(0, 0.006)))
            low = min(open_, close) * (1 - abs(rng.gauss(0, 0.006)))
        volume = 0 if rng.random() < 0.02 else rng.randrange(1_000, 500_000)
        rows.append([round(x, 2) for x in (open_, high, low, close)] + [float(volume)])
        price = rows[-1][3]
    columns = dict(zip(('open', 'high', 'low', 'close', 'volume'), np.array(rows).T.copy()))
    columns['periods'] = np.array([float(rng.randrange(1, 40)) for _ in range(BARS)])
    columns['noise'] = np.random.default_rng(SEED).random(BARS).round(6)
    return columns


def kept(bar):
    return bar < 250 or bar % 5 == 0


def column(values, whole=False):
    """Runs of NaN as [first, after the last], and the values that are kept."""
    values = np.asarray(values, dtype=float)
    assert len(values) == BARS
    missing = np.isnan(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], missing, [False])).astype(int)))
    return {
        'nan': edges.reshape(-1, 2).tolist(),
        'values': [float(f'{v:.13g}') for bar, v in enumerate(values) if (whole or kept(bar)) and not missing[bar]],
    }


def write(name, body):
    text = json.dumps(body, separators=(',', ':')) + '\n'
    data = gzip.compress(text.encode(), mtime=0)
    with open(os.path.join(FOLDER, f'{name}.json.gz'), 'wb') as file:
        file.write(data)
    print(f'{name}: {len(data)} bytes')


def patterns():
    """Over a series of their own, of which all values are kept."""
    own = indicator_patterns.make_series(SEED)
    cases = [
        {'name': name, 'parameters': {}, 'package': 'TA-Lib', 'outputs': {'value': column(values, whole=True)}}
        for name, values in indicator_patterns.find_all(own).items()
    ]
    return {'columns': {name: values.tolist() for name, values in own.items()}, 'cases': cases}


def main():
    series = make_series()
    index = pd.date_range('2015-01-01', periods=BARS, freq='D')
    frame = pd.DataFrame(series, index=index)
    provenance = {
        'script': 'bench/peers/record_indicators.py',
        'python': '.'.join(map(str, sys.version_info[:3])),
        'TA-Lib': talib.__version__,
        'pandas-ta-classic': pandas_ta_classic.version,
        'numpy': np.__version__,
        'pandas': pd.__version__,
    }
    os.makedirs(FOLDER, exist_ok=True)
    write('series', {'provenance': provenance, 'columns': {name: values.tolist() for name, values in series.items()}})
    for group in sys.argv[1:] or [*CASES, 'patterns']:
        if group == 'patterns':
            write(group, {'provenance': provenance, **patterns()})
            continue
        cases = []
        for case in CASES[group]:
            outputs = case['of'](series if case['package'] == 'TA-Lib' else frame)
            cases.append({
                'name': case['name'],
                'parameters': case['parameters'],
                'package': case['package'],
                'outputs': {name: column(values) for name, values in outputs.items()},
            })
        write(group, {'provenance': provenance, 'cases': cases})


if __name__ == '__main__':
    main()
