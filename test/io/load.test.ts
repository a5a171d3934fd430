import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { readFile, readInput, writeFile } from '../../src/io/files.ts'
import { type LoadOptions, loadMarket, loadMarketSync, type MarketInput, parseInput } from '../../src/io/load.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function refused(work: () => unknown): Promise<FillgridError> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('files', () => {
  it('are written whole, over old ones, in folders that are made', () => {
    const path = join(folder, 'out', 'deep', 'a.txt')
    writeFile(path, 'one')
    writeFile(path, new TextEncoder().encode('two'))
    expect(new TextDecoder().decode(readFile(path))).toBe('two')
    expect(readdirSync(join(folder, 'out', 'deep'))).toEqual(['a.txt'])
  })

  it('leave nothing behind when they cannot be written', async () => {
    const blocked = put('blocked', '')
    const error = await refused(() => writeFile(join(blocked, 'x.csv'), 'x'))
    expect(error.code).toBe('file_access')
    expect(error.message).toContain('x.csv cannot be written, a part of its path is a file. Choose another folder.')
    mkdirSync(join(folder, 'taken', 'x'), { recursive: true })
    expect((await refused(() => writeFile(join(folder, 'taken'), 'x'))).message).toContain(
      'cannot be written, it is a folder',
    )
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.skipIf(!existsSync('/proc/self'))(
    'say at once that a folder cannot be made, where the host says it is missing',
    async () => {
      for (const path of ['/proc/x/y/a.txt', '/proc/x/a.txt']) {
        const error = await refused(() => writeFile(path, 'x'))
        expect([error.code, error.message]).toEqual([
          'file_access',
          expect.stringContaining(`${path} cannot be written`),
        ])
      }
    },
  )

  it('say why they cannot be read', async () => {
    expect((await refused(() => readFile(join(folder, 'none.csv')))).message).toContain(
      'none.csv cannot be read, there is none. Check the path.',
    )
    expect((await refused(() => readFile(folder))).message).toContain('must be a file, found a folder')
    const large = await refused(() => readFile(put('large', 'x'.repeat(2000)), 1000))
    expect([large.code, large.message.includes('Split it by time or by symbol')]).toEqual(['memory_limit', true])
  })

  it('are decompressed by their content, with several members, to a limit', async () => {
    const path = put('a.csv', Buffer.concat([gzipSync('ab'), gzipSync('cd')]))
    expect(new TextDecoder().decode(readInput(path))).toBe('abcd')
    expect((await refused(() => readInput(put('cut.gz', gzipSync('abcdefgh').subarray(0, 20))))).message).toContain(
      'gzip must be whole',
    )
    const bomb = put('bomb.gz', gzipSync(new Uint8Array(1000000)))
    expect((await refused(() => readInput(bomb, 10000))).code).toBe('memory_limit')
  })
})

describe('loading', () => {
  const csv = 'time,close\n2024-01-01,1\n2024-01-02,2\n'

  async function load(inputs: MarketInput | MarketInput[], options?: LoadOptions) {
    const market = await loadMarket(inputs, options)
    const out = {
      assets: market.assets,
      close: [...market.close],
      context: [...market.context].map(([name, values]) => [name, ...values]),
      digest: market.digest(),
    }
    market.release()
    return out
  }

  it('names assets by the stem, by SYMBOL=path, or apart', async () => {
    const plain = put('AAPL.csv', csv)
    const packed = put('MSFT.csv.gz', gzipSync(csv))
    expect(await load([plain, packed, `GOOG=${plain}`, { path: packed, symbol: 'A=B' }])).toMatchObject({
      assets: ['A=B', 'AAPL', 'GOOG', 'MSFT'],
    })
    const odd = put('CL=F.csv', csv)
    expect((await load(odd)).assets).toEqual(['CL=F'])
    for (const bad of ['', '=x', 'X=', 5 as unknown as string])
      expect((await refused(() => load(bad))).code).toBe('invalid_value')
    expect((await refused(() => load([]))).message).toContain('at least one file')
    expect((await refused(() => load('X=nowhere.csv'))).code).toBe('file_access')
  })

  it('takes SYMBOL=path apart where there is a symbol, and nothing else that has a =', async () => {
    const there = put('es.csv', csv)
    const odd = put('CL=F.csv', csv)
    const query = "duckdb:SELECT * FROM 'bars.csv' WHERE symbol = 'A'"
    const url = 'https://example.org/bars.csv?symbol=A&key=b=c'
    for (const path of [query, url, odd, './a=b.csv', '/data/year=2024/x.csv', 'data/year=2024/x.csv', 'C:\\a=b.csv'])
      expect(parseInput(path)).toEqual({ path })
    for (const path of [query, 'DuckDB:a=b.duckdb#bars', url, './a=b.csv', odd, 'a=b.csv'])
      expect(parseInput(`X=${path}`)).toEqual({ symbol: 'X', path })
    // Symbols as exchanges write them, where the file behind them is there.
    for (const symbol of ['ES=F', 'BTC/USDT', 'BTC/USDT=F', 'NYSE:A'])
      expect(parseInput(`${symbol}=${there}`)).toEqual({ symbol, path: there })
    expect(parseInput(`BTC/USDT=${query}`)).toEqual({ symbol: 'BTC/USDT', path: query })
    // The whole is missing and not what stands behind the first =.
    expect((await refused(() => load('data/year=2024/x.csv'))).message).toContain('file: data/year=2024/x.csv cannot')
    expect((await refused(() => load('X=https://'))).message).toContain('a URL must have a host and a path')
    expect((await refused(() => load('X=s3://bucket/a.csv'))).message).toContain('must be http:, https: or file:')
  })

  it('reads what takes no waiting without waiting, and says what does', async () => {
    const url = pathToFileURL(put('now.csv', csv))
    for (const input of [url, url.href, `now=${url.href}`, { path: url.href, symbol: 'now' }]) {
      const market = loadMarketSync(input)
      expect(market.assets).toEqual(['now'])
      market.release()
    }
    for (const input of [
      'https://example.org/a.csv',
      new URL('https://example.org/a.csv'),
      'A=https://example.org/a.csv',
    ])
      expect((await refused(() => loadMarketSync(input))).message).toContain('a URL takes time to fetch')
    for (const input of ['duckdb:SELECT 1 = 1', 'A=duckdb:a.duckdb', { path: 'duckdb:a.duckdb' }])
      expect((await refused(() => loadMarketSync(input))).message).toContain('a query takes time')
  })

  it('mixes CSV and Arrow, and reads context of either kind', async () => {
    const { Table, tableToIPC, vectorFromArray, Float64 } = await import('apache-arrow')
    const stamps = vectorFromArray([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)], new Float64())
    const arrow = put(
      'B.csv',
      tableToIPC(new Table({ time: stamps, close: vectorFromArray([3, 4], new Float64()) }), 'file'),
    )
    const text = put('A.csv', csv)
    const both = await load([text, arrow], { context: arrow })
    expect(both).toMatchObject({ assets: ['A', 'B'], close: [1, 3, 2, 4], context: [['close', 3, 4]] })
    expect((await load([text], { context: text })).context).toEqual([['close', 1, 2]])
    expect((await refused(() => loadMarketSync(arrow))).message).toContain('Use openMarket')
    const market = loadMarketSync([text], { context: text })
    expect([...market.close]).toEqual([1, 2])
    market.release()
  })

  it('names formats that it does not read', async () => {
    const cases: [string, string][] = [
      ['FEA1', 'found Feather 1'],
      ['\xfd7zXZ', 'found xz'],
      ['BZh9', 'found bzip2'],
      ['\x89HDF', 'found HDF5'],
      ['SQLite format 3', 'found an SQLite database'],
      [`PK\x05\x06${'\0'.repeat(18)}`, 'an archive must hold a table, found no file'],
    ]
    for (const [magic, part] of cases) {
      const path = put(
        'x.bin',
        Uint8Array.from(`${magic}\0\0`.slice(0, Math.max(magic.length, 6)), (c) => c.charCodeAt(0)),
      )
      expect((await refused(() => load(path))).message).toContain(part)
    }
    expect((await refused(() => load(put('empty.csv', '')))).message).toContain('found nothing')
  })
})

/** Real files, present only beside some checkouts. */
const data = new URL('../../../shared/data/', import.meta.url)
const path = (name: string) => new URL(name, data).pathname
const withData = (name: string) => it.skipIf(!existsSync(path(name)))

describe('real files (skipped where the data folder is absent)', () => {
  const expected: [string, number, number, string, string][] = [
    [
      'daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz',
      160,
      2843,
      '2010-01-04T00:00:00.000Z',
      '2021-04-20T00:00:00.000Z',
    ],
    [
      'crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz',
      1,
      44640,
      '2023-05-01T00:00:00.000Z',
      '2023-05-31T23:59:00.000Z',
    ],
    [
      'crypto_1m_perp/btc-perp-20211231-20220201_1m.csv.gz',
      1,
      45031,
      '2021-12-31T23:01:00.000Z',
      '2022-02-01T05:31:00.000Z',
    ],
    ['crypto_1m_freqtrade/BTC_USDT-1m.feather', 1, 130708, '2025-05-20T00:00:00.000Z', '2025-08-18T18:27:00.000Z'],
    [
      'daily_native_alphavantage/DA-AAPL-T-2021-04-21.csv.gz',
      1,
      5402,
      '1999-11-01T00:00:00.000Z',
      '2021-04-21T00:00:00.000Z',
    ],
    [
      'futures_1m/6EH4.XCME_1min_bars_20240101_20240131.csv.gz',
      1,
      29996,
      '2024-01-01T23:01:00.000Z',
      '2024-01-31T23:59:00.000Z',
    ],
    ['fx_hourly/XAUUSDh1.csv.gz', 1, 57600, '2012-05-17T08:00:00.000Z', '2022-03-04T23:00:00.000Z'],
    ['dialects/mt5_tab_EURUSD_M1_2020.csv.gz', 1, 50000, '2020-04-27T04:40:00.000Z', '2020-06-14T23:59:00.000Z'],
    ['dialects/tradingview_SP_SPX_1D.csv.gz', 1, 18134, '1950-01-03T14:30:00.000Z', '2021-12-07T14:30:00.000Z'],
    ['dialects/finam_XAUUSD.csv.gz', 1, 5312, '1998-01-02T00:00:00.000Z', '2017-01-06T00:00:00.000Z'],
  ]
  for (const [name, assets, bars, first, last] of expected) {
    withData(name)(name, async () => {
      const market = await loadMarket(path(name))
      expect([market.assetCount, market.bars, market.barTime(0), market.barTime(bars - 1)]).toEqual([
        assets,
        bars,
        first,
        last,
      ])
      market.release()
    })
  }

  withData('daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz')(
    'every cell of the equities is the number of the text',
    () => {
      const bytes = readInput(path('daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz'))
      const market = loadMarketSync(path('daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz'))
      const { assetCount } = market
      const bar = new Map(Array.from(market.time, (ms, i) => [ms, i]))
      const { open, high, low, close, volume } = market
      let rows = 0
      let wrong = 0
      for (const line of new TextDecoder().decode(bytes).trim().split('\n').slice(1)) {
        const [time, symbol, ...numbers] = line.split(',')
        const cell = bar.get(Date.parse(time))! * assetCount + market.assetIndex(symbol)
        const found = [open[cell], high[cell], low[cell], close[cell], volume[cell]]
        if (!numbers.every((text, i) => found[i] === Number(text))) wrong++
        rows++
      }
      expect([rows, wrong]).toEqual([454879, 0])
      expect(close.filter((value) => !Number.isNaN(value)).length).toBe(454879)
      market.release()
    },
  )

  withData('crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz')(
    'months of one symbol are joined, and one of them twice is refused',
    async () => {
      const months = ['2023-06', '2023-05', '2023-09', '2023-08'].map(
        (month) => `FILUSDT=${path(`crypto_1m_binance_klines/FILUSDT-1m-${month}.csv.gz`)}`,
      )
      const market = await loadMarket(months, { signals: ['quote_volume'] })
      expect([market.assets, market.bars]).toEqual([['FILUSDT'], 44640 + 43200 + 44640 + 43200])
      expect([...market.signals.keys()]).toEqual(['quote_volume'])
      expect([market.step, market.annual.perYear, market.periods.count]).toEqual([60000, 365, 31 + 30 + 31 + 30])
      market.release()
      const error = await refused(() => loadMarket([...months, months[1]]))
      expect(error.message).toContain('parts of one asset must not overlap')
      expect(error.place.file).toContain('FILUSDT-1m-2023-05')
    },
  )

  withData('dialects/yahoo_pipe_CL=F.csv.gz')('crude oil below zero is read when that is allowed', async () => {
    const market = await loadMarket(path('dialects/yahoo_pipe_CL=F.csv.gz'), { allowNonPositive: true })
    expect(Math.min(...market.close)).toBe(-37.630001068115234)
    expect(market.remarks.map(({ code, count }) => [code, count])).toContainEqual([
      'close_outside_range',
      expect.any(Number),
    ])
    market.release()
    expect(readFileSync(path('dialects/yahoo_pipe_CL=F.csv.gz')).length).toBeGreaterThan(0)
  })
})
