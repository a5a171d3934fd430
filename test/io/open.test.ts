import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { inspect, type MarketInput, type OpenOptions, openMarket } from '../../src/io/load.ts'
import { marketTable, writeTable } from '../../src/io/write.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-open-'))
const csv =
  'date,open,high,low,close,volume\n2024-01-02,10,12,9,11,100\n2024-01-03,11,13,10,12,200\n2024-01-04,12,14,11,13,300\n'
const utf8 = (text: string) => new TextEncoder().encode(text)
const path = join(folder, 'AAPL.csv')
let server: Server
let origin = ''

beforeAll(async () => {
  writeFileSync(path, csv)
  server = createServer((request, response) => {
    if (request.url?.startsWith('/AAPL.csv')) response.end(csv)
    else if (request.url === '/packed/MSFT.csv.gz') response.end(gzipSync(csv))
    else response.writeHead(404, 'Not Found').end('<title>Not here</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

async function load(input: MarketInput | MarketInput[], options?: OpenOptions) {
  const market = await openMarket(input, options)
  const out = { assets: market.assets, digest: market.digest(), provenance: market.provenance!, bars: market.bars }
  market.release()
  return out
}

async function refused(input: MarketInput | MarketInput[], options?: OpenOptions): Promise<FillgridError> {
  try {
    await load(input, options)
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('openMarket', () => {
  it('takes paths, URLs and bytes, and gives the same', async () => {
    const expected = await load(path)
    expect(expected.assets).toEqual(['AAPL'])
    expect(await load(pathToFileURL(path))).toEqual(expected)
    expect(await load(pathToFileURL(path).href)).toEqual(expected)
    expect(await load(new URL(`${origin}/AAPL.csv?key=secret`))).toEqual(expected)
    expect(await load(`${origin}/AAPL.csv`)).toEqual(expected)
    expect(await load({ bytes: utf8(csv), file: 'AAPL.csv' })).toEqual(expected)
    expect((await load(utf8(csv))).assets).toEqual(['data'])
    expect(await load({ bytes: utf8(csv), symbol: 'AAPL' })).toMatchObject({
      assets: ['AAPL'],
      digest: expected.digest,
    })
    expect((await load([path, `${origin}/packed/MSFT.csv.gz`, `X=${origin}/AAPL.csv`])).assets).toEqual([
      'AAPL',
      'MSFT',
      'X',
    ])
  })

  it('says why an address gives nothing', async () => {
    const error = await refused(`${origin}/none.csv`)
    expect([error.code, error.message]).toEqual([
      'file_access',
      `file: ${origin}/none.csv cannot be read, the answer was 404 Not Found. Check the address.`,
    ])
    expect((await refused(new URL('http://127.0.0.1:1/x.csv'))).code).toBe('file_access')
    expect((await refused(new URL('ftp://example.org/x.csv'))).message).toContain('must be http:, https: or file:')
    expect((await refused({ bytes: 'text' as unknown as Uint8Array })).code).toBe('invalid_value')
    expect((await refused([])).message).toContain('at least one file')
  })

  it('records where the data came from', async () => {
    const { provenance } = await load({ bytes: gzipSync(csv), file: 'deep/folder/AAPL.csv.gz' })
    expect(provenance.sources).toMatchObject([
      {
        file: 'AAPL.csv.gz',
        format: 'csv',
        containers: ['gzip'],
        dialect: 'generic',
        rows: 3,
        bytes: expect.any(Number),
      },
    ])
    expect(provenance.sources[0].sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(provenance)).not.toContain('deep')
  })

  it('keeps what it read, and reads it again where anything changed', async () => {
    const cache = join(folder, 'cache')
    const first = await load(path, { cache })
    expect(readdirSync(cache).length).toBe(1)
    expect(await load(path, { cache })).toEqual(first)
    expect(await load(path, { cache, checks: { flat: 'drop' } })).toMatchObject({ digest: first.digest })
    expect(readdirSync(cache).length).toBe(2)
    const other = join(folder, 'other')
    writeFileSync(`${other}.csv`, csv.replace('11,100', '11.5,100'))
    expect((await load(`AAPL=${other}.csv`, { cache })).digest).not.toBe(first.digest)
  })

  it('knows when assets have ended, from the cache too', async () => {
    const cache = join(folder, 'ended')
    const rows = ['time,symbol,close', '2024-01-01,A,1', '2024-01-01,B,1', '2024-01-02,A,2', '2024-01-03,A,3']
    const two = { bytes: new TextEncoder().encode(rows.join('\n')), file: 'two.csv' }
    const times = async (options: OpenOptions) => {
      const market = await openMarket(two, options)
      const found = { ...market.delisted, digest: market.digest() }
      market.release()
      return found
    }
    const plain = await times({})
    expect(plain).toEqual({ digest: plain.digest })
    const ended = await times({ delisted: 'infer' })
    expect(ended).toEqual({ B: Date.UTC(2024, 0, 2), digest: expect.not.stringMatching(plain.digest) })
    expect(await times({ delisted: { B: '2024-01-02' } })).toEqual(ended)
    expect(await times({ delisted: 'infer', cache })).toEqual(ended)
    expect(await times({ delisted: 'infer', cache })).toEqual(ended)
    expect(readdirSync(cache).length).toBe(1)
    await expect(times({ delisted: { A: '2024-01-03' } })).rejects.toMatchObject({
      code: 'invalid_market',
      place: { asset: 'A', file: 'two.csv', line: 5 },
    })
    // A symbol that was left out has no time.
    await expect(times({ symbols: ['A'], delisted: { B: '2024-01-02' } })).rejects.toMatchObject({
      code: 'unknown_name',
    })
  })

  it('reads what was written of it in every format', async () => {
    const market = await openMarket(path)
    for (const ending of ['csv', 'json', 'arrow', 'parquet']) {
      const copy = join(folder, `copy.${ending}`)
      await writeTable(copy, marketTable(market))
      expect([ending, (await load(copy)).digest]).toEqual([ending, market.digest()])
    }
    market.release()
  })
})

describe('inspect', () => {
  it('finds out what is there and what is wrong, and refuses nothing that can be read', async () => {
    const bytes = utf8(`${csv}2024-01-05,1,2,3,x,5\n2024-01-08,10,8,9,9,0\n2024-01-02,10,12,9,11,100\n`)
    const [found] = await inspect({ bytes, file: 'AAPL.csv' })
    expect(found).toMatchObject({
      file: 'AAPL.csv',
      record: { format: 'csv', dialect: 'generic', columns: { time: 'date', close: 'close' }, rows: 5 },
      fits: [{ name: 'generic' }],
      symbols: [
        {
          symbol: 'AAPL',
          bars: 3,
          first: '2024-01-02T00:00:00.000Z',
          last: '2024-01-04T00:00:00.000Z',
          step: 86400000,
          lowest: 9,
          highest: 14,
        },
      ],
      refusals: ['unparsable', 'highBelowLow'],
    })
    expect(found.checks.map(({ check, policy, count, first }) => [check, policy, count, first[0].line])).toEqual([
      ['unparsable', 'error', 1, 5],
      ['repeated', 'drop', 1, 7],
      ['highBelowLow', 'error', 1, 6],
      ['zeroVolume', 'keep', 1, 6],
    ])
    const [eased] = await inspect(
      { bytes, file: 'AAPL.csv' },
      { checks: { unparsable: 'drop', highBelowLow: 'repair' } },
    )
    expect(eased.refusals).toEqual([])
    expect(
      (await load({ bytes, file: 'AAPL.csv' }, { checks: { unparsable: 'drop', highBelowLow: 'repair' } })).bars,
    ).toBe(4)
    await expect(inspect({ bytes: utf8('{"Note": "no more calls"}'), file: 'x.csv' })).rejects.toThrow('no more calls')
  })
})
