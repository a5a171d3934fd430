"""Reads market data files with pandas, pyarrow and Python's json, independently of the library, and prints what is in them.

    python readings.py FOLDER > readings.json

FOLDER has the data of the project's README of test data; the tests compare the digests with what the library reads.
Written with Python 3.11, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6.
"""
import gzip
import hashlib
import io
import json
import sys
import zipfile

import numpy as np
import pandas as pd
import pyarrow.feather

folder = sys.argv[1]


def digest(columns):
    total = hashlib.sha256()
    for values in columns:
        total.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return total.hexdigest()


def summary(time, columns):
    return {"rows": len(time), "first": float(time[0]), "last": float(time[-1]), "sha256": digest([time, *columns])}


def bars(frame, every):
    """Bars of ticks: one a span of `every` ms, those without a tick left out."""
    group = frame.groupby(np.floor(frame.time / every) * every, sort=True)
    price = group.price
    time = price.first().index.to_numpy(float)
    volume = np.zeros(len(time))
    if "size" in frame:
        # One after the other: pandas sums with compensation.
        np.add.at(volume, group.ngroup().to_numpy(), frame["size"].to_numpy(float))
    return summary(time, [price.first(), price.max(), price.min(), price.last(), volume])


def counted(frame, ticks):
    """Bars of so many ticks (more where the first stamp has not passed), unfinished ones left out."""
    time, price, size = frame.time.to_numpy(), frame.price.to_numpy(), frame["size"].to_numpy()
    out, start = [], 0
    for i in range(1, len(time) + 1):
        full = i - start >= ticks
        if full and (i == len(time) or time[i] > time[start]):
            part = price[start:i]
            total = 0.0
            for value in size[start:i]:
                total += value
            out.append([time[start], part[0], part.max(), part.min(), part[-1], total])
            start = i
    rows = np.array(out)
    return summary(rows[:, 0], rows[:, 1:].T)


def opened(path):
    return gzip.open(f"{folder}/{path}") if path.endswith(".gz") else open(f"{folder}/{path}", "rb")


out = {"bars": {}, "ticks": {}}
feather = "crypto_1m_freqtrade/BTC_USDT-1m.feather"
frame = pyarrow.feather.read_feather(f"{folder}/{feather}")
stamps = pd.to_datetime(frame.date, utc=True).astype("datetime64[ms, UTC]").astype("int64").to_numpy(float)
out["bars"][feather] = summary(stamps, [frame[name] for name in ("open", "high", "low", "close", "volume")])
for path in ("crypto_1m_freqtrade/LTO_BTC-1m.json.gz", "crypto_1m_freqtrade/UNITTEST_BTC-1m.json.gz"):
    rows = np.array(json.load(opened(path)), dtype=float)
    # A stamp that stands twice with equal numbers is one bar.
    rows = rows[[i for i in range(len(rows)) if i == 0 or not np.array_equal(rows[i], rows[i - 1])]]
    out["bars"][path] = summary(rows[:, 0], rows[:, 1:6].T)

trades = {}
for path in ("ticks/XRP_ETH-trades.json.gz",):
    rows = json.load(opened(path))
    trades[path] = pd.DataFrame({"time": [float(r[0]) for r in rows], "price": [r[4] for r in rows], "size": [r[5] for r in rows]})
for path in ("ticks/XRP_OLD-trades.json.gz",):
    rows = json.load(opened(path))
    trades[path] = pd.DataFrame({"time": [float(r["timestamp"]) for r in rows], "price": [r["price"] for r in rows], "size": [r["amount"] for r in rows]})
path = "ticks/bitstampUSD.csv.gz"
frame = pd.read_csv(opened(path), names=["time", "price", "size"])
trades[path] = frame.assign(time=frame.time * 1000.0)
path = "ticks/lean_spy_tick_20131007_trade.zip"
with zipfile.ZipFile(f"{folder}/{path}") as archive:
    text = archive.read(archive.namelist()[0])
frame = pd.read_csv(io.BytesIO(text), names=["time", "price", "size", "exchange", "condition", "suspicious"])
midnight = pd.Timestamp("2013-10-07", tz="America/New_York").timestamp() * 1000
trades[path] = pd.DataFrame({"time": frame.time + midnight, "price": frame.price / 10000, "size": frame["size"].astype(float)})
for path, frame in trades.items():
    out["ticks"][path] = {"time 60000": bars(frame, 60_000), "tick 100": counted(frame, 100)}

quotes = {}
path = "ticks/usdjpy-ticks.csv.gz"
frame = pd.read_csv(opened(path), parse_dates=["timestamp"])
stamps = frame.timestamp.astype("datetime64[us, UTC]").astype("int64") / 1000
quotes[path] = pd.DataFrame({"time": stamps, "price": (frame.bid + frame.ask) / 2})
path = "ticks/lean_oanda_eurusd_tick_20140507_quote.zip"
with zipfile.ZipFile(f"{folder}/{path}") as archive:
    text = archive.read(archive.namelist()[0])
frame = pd.read_csv(io.BytesIO(text), names=["time", "bid", "ask"])
midnight = pd.Timestamp("2014-05-07", tz="UTC").timestamp() * 1000
quotes[path] = pd.DataFrame({"time": frame.time + midnight, "price": (frame.bid + frame.ask) / 2})
for path, frame in quotes.items():
    out["ticks"][path] = {"time 60000": bars(frame, 60_000)}
json.dump(out, sys.stdout, indent=2)
print()
