"""Writes the files of this folder: one table in the formats and encodings of other libraries, and what is in it.

Run in an environment with pyarrow, polars, duckdb and zstandard; the versions that wrote the files are in README.md.
The random numbers have a fixed seed, but other versions of the libraries may write other bytes.
"""
import base64
import decimal
import json
import random

import duckdb
import lz4.frame
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import zstandard

N = 60
BASE = 1_700_000_000_000
random.seed(3)
rng = np.random.default_rng(3)


def some(values, share=0.15):
    return [None if random.random() < share else value for value in values]


columns = {
    "time": pa.array([BASE + 60_000 * i for i in range(N)], pa.timestamp("ms", "UTC")),
    "us": pa.array(some([(BASE + 60_000 * i) * 1000 + 125 for i in range(N)]), pa.timestamp("us")),
    "ns": pa.array([(BASE + 60_000 * i) * 1_000_000 + 125_000 for i in range(N)], pa.timestamp("ns")),
    "s": pa.array([BASE // 1000 + 60 * i for i in range(N)], pa.timestamp("s")),
    "day": pa.array(some(list(range(N))), pa.date32()),
    "f64": pa.array(list(rng.normal(size=N)), pa.float64()),
    "f64n": pa.array(some([float(x) for x in rng.normal(size=N)]), pa.float64()),
    "f32": pa.array(some([float(np.float32(x)) for x in rng.normal(size=N)]), pa.float32()),
    "f16": pa.array(rng.normal(size=N).astype(np.float16)),
    "i64": pa.array(some([random.randint(-(2**52), 2**52) for _ in range(N)]), pa.int64()),
    "big": pa.array([random.randint(-(2**63), 2**63 - 1) for _ in range(N)], pa.int64()),
    "u64": pa.array([random.randint(0, 2**64 - 1) for _ in range(N)], pa.uint64()),
    "i32": pa.array(some([random.randint(-(2**31), 2**31 - 1) for _ in range(N)]), pa.int32()),
    "u32": pa.array(some([random.randint(0, 2**32 - 1) for _ in range(N)]), pa.uint32()),
    "i16": pa.array(some([random.randint(-(2**15), 2**15 - 1) for _ in range(N)]), pa.int16()),
    "u8": pa.array(some([random.randint(0, 255) for _ in range(N)]), pa.uint8()),
    "flag": pa.array(some([random.random() < 0.5 for _ in range(N)]), pa.bool_()),
    "few": pa.array(some([random.choice(["A", "BB", "CCC", "", "ÄÖ"]) for _ in range(N)]), pa.string()),
    "many": pa.array([f"a word of some length, number {i}" if i % 3 else f"x{i}" for i in range(N)], pa.large_string()),
    "dict": pa.array(some([random.choice(["A", "BB", "CCC"]) for _ in range(N)])).dictionary_encode(),
    "dec": pa.array(some([decimal.Decimal(random.randint(-(10**12), 10**12)).scaleb(-4) for _ in range(N)]), pa.decimal128(18, 4)),
    "wide": pa.array([decimal.Decimal(random.randint(-(10**30), 10**30)).scaleb(-8) for _ in range(N)], pa.decimal128(38, 8)),
    "same": pa.array([7.5] * N, pa.float64()),
    "step": pa.array([5 * i for i in range(N)], pa.int64()),
}
nested = {
    "list": pa.array([[1, 2], [3]] * (N // 2)),
    "struct": pa.array([{"a": 1, "b": "x"}] * N),
    "clock": pa.array([5] * N, pa.time32("ms")),
    "pair": pa.array([[1, 2]] * N, pa.list_(pa.int32(), 2)),
}


def plain(value, kind):
    if not value.is_valid:
        return None
    if pa.types.is_timestamp(kind):
        return value.value / {"s": 1e-3, "ms": 1, "us": 1000, "ns": 1e6}[kind.unit]
    if pa.types.is_date(kind):
        return value.value * 86_400_000
    out = value.as_py()
    return out if isinstance(out, str) else float(out)


table = pa.table(columns)
full = pa.table({**nested, **columns})
with open("expected.json", "w") as file:
    json.dump({name: [plain(v, a.type) for v in a] for name, a in columns.items()}, file, ensure_ascii=False)

for codec in (None, "lz4", "zstd"):
    options = ipc.IpcWriteOptions(compression=codec, emit_dictionary_deltas=True)
    with ipc.new_stream(f"pyarrow-{codec or 'plain'}.arrows", full.schema, options=options) as writer:
        for i in range(0, N, 25):
            writer.write_table(full.slice(i, 25))
with ipc.new_file("pyarrow.arrow", full.schema) as writer:
    writer.write_table(full)
polars = pl.from_arrow(table.drop_columns(["f16"]))
polars.write_ipc("polars.arrow")
polars.write_parquet("polars.parquet")

some_rows = dict(row_group_size=37, data_page_size=200, write_page_checksum=True)
pq.write_table(full, "pyarrow-v1-snappy.parquet", compression="snappy", data_page_version="1.0", **some_rows)
pq.write_table(table, "pyarrow-v2-zstd.parquet", compression="zstd", data_page_version="2.0", **some_rows)
pq.write_table(table, "pyarrow-v1-lz4.parquet", compression="lz4", use_dictionary=False, **some_rows)
pq.write_table(table, "pyarrow-v2-gzip.parquet", compression="gzip", data_page_version="2.0", use_dictionary=False)
pq.write_table(table, "pyarrow-v1-brotli.parquet", compression="brotli")
delta = {name: "DELTA_BINARY_PACKED" for name in ("i64", "i32", "big", "u64", "step", "time", "ns", "day")}
split = {name: "BYTE_STREAM_SPLIT" for name in ("f64", "f32", "f16", "same")}
words = {"many": "DELTA_BYTE_ARRAY", "few": "DELTA_LENGTH_BYTE_ARRAY", "flag": "RLE"}
encodings = {**delta, **split, **words}
pq.write_table(table, "pyarrow-encodings.parquet", use_dictionary=False, column_encoding=encodings, compression="none")
pq.write_table(table, "pyarrow-int96.parquet", use_deprecated_int96_timestamps=True, compression="zstd")

connection = duckdb.connect()
connection.register("t", table.drop_columns(["f16"]))
connection.execute("COPY t TO 'duckdb-v1.parquet' (FORMAT parquet, COMPRESSION snappy)")
connection.execute("COPY t TO 'duckdb-v2.parquet' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)")

text = "".join(f"2024-01-{i % 28 + 1:02},{rng.normal(100, 5)!r},{i}\n" for i in range(200)).encode()
inputs = {"text": text, "zeros": bytes(3000), "noise": rng.bytes(300), "word": b"hello hello hello", "nothing": b""}
packed = {}
for name, raw in inputs.items():
    packed[f"{name}.raw"] = raw
    for level in (1, 19):
        packed[f"{name}.{level}.zst"] = zstandard.ZstdCompressor(level=level, write_checksum=True).compress(raw)
    writer = zstandard.ZstdCompressor(level=3).compressobj()
    packed[f"{name}.stream.zst"] = writer.compress(raw) + writer.flush()
    packed[f"{name}.lz4"] = lz4.frame.compress(raw, content_checksum=True, block_checksum=True)
with open("packed.json", "w") as file:
    json.dump({name: base64.b64encode(raw).decode() for name, raw in packed.items()}, file, indent=0)
