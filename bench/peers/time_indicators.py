"""Times the functions of TA-Lib that test/indicators/recorded compares, one for each line of the standard input.

Called by bench/indicators.ts with a panel file of one asset. A line is a number of cases(); the answer is the least processor time of
some calls in ms, allocation of the outputs included.
"""
import json
import os
import sys
import time

import numpy as np
import talib

from indicator_cases import CASES

ROUNDS = 5


def cases():
    return [case for group in CASES.values() for case in group if case['package'] == 'TA-Lib']


def read(path):
    values = np.fromfile(path, dtype='<f8')
    bars = int(values[0])
    columns = dict(zip(('open', 'high', 'low', 'close', 'volume'), values[2:].reshape(-1, bars).copy()))
    columns['periods'] = 2 + np.arange(bars) % 29 * 1.0
    columns['noise'] = np.arange(bars) * 2654435761 % 4294967296 / 4294967296
    return columns


def main():
    series = read(sys.argv[1])
    known = cases()
    names = [{'name': case['name'], 'parameters': case['parameters']} for case in known]
    print(json.dumps({'version': talib.__version__, 'cases': names}), flush=True)
    for line in sys.stdin:
        of = known[int(line)]['of']
        best = float('inf')
        for _ in range(ROUNDS):
            start = time.process_time_ns()
            of(series)
            best = min(best, time.process_time_ns() - start)
        print(best / 1e6, flush=True)


if __name__ == '__main__':
    main()
