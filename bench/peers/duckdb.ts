import { DuckDBInstance } from '@duckdb/node-api'

/** The columns of a long table as both engines give them. */
export interface Columns {
  time: Float64Array
  asset: Int32Array
  names: string[]
  /** open, high, low, close, volume. */
  prices: Float64Array[]
}

/** A DuckDB of its own. */
export interface Duck {
  run(sql: string): Promise<void>
  /**
   * Reads a table function or file into arrays: time in ms, symbols numbered by their first row, five columns of doubles.
   * The rows are fetched in chunks by the package's public interface, in the order of the file.
   */
  read(from: string, rows: number): Promise<Columns>
  close(): void
}

/** Opens DuckDB in memory. */
export async function duck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  return {
    async run(sql) {
      await connection.run(sql)
    },
    async read(from, rows) {
      const names = ['open', 'high', 'low', 'close', 'volume']
      const doubles = names.map((name) => `${name}::DOUBLE`).join(', ')
      const sql = `SELECT epoch_ms(timestamp::TIMESTAMP)::DOUBLE, symbol, ${doubles} FROM ${from}`
      const result = await connection.stream(sql)
      const time = new Float64Array(rows)
      const asset = new Int32Array(rows)
      const prices = names.map(() => new Float64Array(rows))
      const codes = new Map<string, number>()
      let at = 0
      for (;;) {
        const chunk = await result.fetchChunk()
        if (!chunk || chunk.rowCount === 0) break
        const n = chunk.rowCount
        const times = chunk.getColumnVector(0)
        const symbols = chunk.getColumnVector(1)
        for (let i = 0; i < n; i++) {
          time[at + i] = times.getItem(i) as number
          const symbol = symbols.getItem(i) as string
          let code = codes.get(symbol)
          if (code === undefined) {
            code = codes.size
            codes.set(symbol, code)
          }
          asset[at + i] = code
        }
        prices.forEach((column, k) => {
          const vector = chunk.getColumnVector(2 + k)
          for (let i = 0; i < n; i++) column[at + i] = vector.getItem(i) as number
        })
        at += n
      }
      return { time, asset, names: [...codes.keys()], prices }
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
