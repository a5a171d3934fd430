/** Hidden Markov models by their definition, in logarithms: nothing is scaled, and a path is the best of those there are. */

export interface Plain {
  start: readonly number[]
  transitions: readonly (readonly number[])[]
  means: readonly (readonly number[])[]
  /** A matrix a state. */
  covariances: readonly (readonly (readonly number[])[])[]
}

/** log of a sum of exponentials. */
export function logSum(values: readonly number[]): number {
  const most = Math.max(...values)
  return most === -Infinity
    ? -Infinity
    : most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

/** log of the normal density, by Gauss's elimination of (covariance | away). */
export function logNormal(
  row: readonly number[],
  mean: readonly number[],
  covariance: readonly (readonly number[])[],
): number {
  const d = row.length
  const lines = covariance.map((line, i) => [...line, row[i] - mean[i]])
  let determinant = 0
  for (let i = 0; i < d; i++) {
    determinant += Math.log(lines[i][i])
    for (let j = i + 1; j < d; j++) {
      const factor = lines[j][i] / lines[i][i]
      for (let c = i; c <= d; c++) lines[j][c] -= factor * lines[i][c]
    }
  }
  const solved = new Array<number>(d).fill(0)
  for (let i = d - 1; i >= 0; i--) {
    let value = lines[i][d]
    for (let j = i + 1; j < d; j++) value -= lines[i][j] * solved[j]
    solved[i] = value / lines[i][i]
  }
  const square = row.reduce((sum, value, i) => sum + (value - mean[i]) * solved[i], 0)
  return -0.5 * (d * Math.log(2 * Math.PI) + determinant + square)
}

/** log densities of samples by state. */
const densities = (rows: readonly (readonly number[])[], model: Plain) =>
  rows.map((row) => model.means.map((mean, s) => logNormal(row, mean, model.covariances[s])))

/** log of the joint density of all samples up to each and the state at it. */
function forward(rows: readonly (readonly number[])[], model: Plain): number[][] {
  const b = densities(rows, model)
  const alpha: number[][] = []
  for (let i = 0; i < rows.length; i++)
    alpha.push(
      model.start.map((chance, s) =>
        i === 0
          ? Math.log(chance) + b[0][s]
          : logSum(alpha[i - 1].map((value, from) => value + Math.log(model.transitions[from][s]))) + b[i][s],
      ),
    )
  return alpha
}

const chances = (logs: readonly number[]) => {
  const all = logSum(logs)
  return logs.map((value) => Math.exp(value - all))
}

/** Chances of the states at each sample given it and those before, and the log likelihood. */
export function filtered(
  rows: readonly (readonly number[])[],
  model: Plain,
): { chances: number[][]; logLikelihood: number } {
  const alpha = forward(rows, model)
  return { chances: alpha.map(chances), logLikelihood: rows.length ? logSum(alpha[rows.length - 1]) : 0 }
}

/** Chances of the states and of their pairs given all samples. */
export function smoothed(
  rows: readonly (readonly number[])[],
  model: Plain,
): { states: number[][]; pairs: number[][][] } {
  const alpha = forward(rows, model)
  const b = densities(rows, model)
  const beta: number[][] = rows.map(() => model.start.map(() => 0))
  for (let i = rows.length - 2; i >= 0; i--)
    beta[i] = model.start.map((_, s) =>
      logSum(model.start.map((_, to) => Math.log(model.transitions[s][to]) + b[i + 1][to] + beta[i + 1][to])),
    )
  const all = logSum(alpha[rows.length - 1])
  const pairs = rows
    .slice(1)
    .map((_, i) =>
      model.start.map((_, s) =>
        model.start.map((_, to) =>
          Math.exp(alpha[i][s] + Math.log(model.transitions[s][to]) + b[i + 1][to] + beta[i + 1][to] - all),
        ),
      ),
    )
  return { states: alpha.map((line, i) => chances(line.map((value, s) => value + beta[i][s]))), pairs }
}

/** One step of Baum and Welch, moments about the new means; variances are divided by no less than hmmlearn's 1e-5. */
export function step(rows: readonly (readonly number[])[], model: Plain, diagonal: boolean): Plain {
  const { states, pairs } = smoothed(rows, model)
  const d = rows[0].length
  const weight = model.start.map((_, s) => states.reduce((sum, line) => sum + line[s], 0))
  const means = model.start.map((_, s) =>
    rows[0].map((_, f) => rows.reduce((sum, row, i) => sum + states[i][s] * row[f], 0) / weight[s]),
  )
  const covariances = means.map((mean, s) =>
    Array.from({ length: d }, (_, f) =>
      Array.from({ length: d }, (_, g) =>
        diagonal && f !== g
          ? 0
          : rows.reduce((sum, row, i) => sum + states[i][s] * (row[f] - mean[f]) * (row[g] - mean[g]), 0) /
            (diagonal ? Math.max(weight[s], 1e-5) : weight[s]),
      ),
    ),
  )
  const transitions = model.start.map((_, s) => {
    const sums = model.start.map((_, to) => pairs.reduce((sum, pair) => sum + pair[s][to], 0))
    const total = sums.reduce((a, b) => a + b, 0)
    return sums.map((value) => value / total)
  })
  return { start: states[0], transitions, means, covariances }
}

/** log density of samples along a path. */
export function along(rows: readonly (readonly number[])[], model: Plain, path: readonly number[]): number {
  const b = densities(rows, model)
  return path.reduce(
    (sum, s, i) => sum + b[i][s] + Math.log(i === 0 ? model.start[s] : model.transitions[path[i - 1]][s]),
    0,
  )
}

/** The largest log density of all paths, each tried. */
export function best(rows: readonly (readonly number[])[], model: Plain): number {
  const k = model.start.length
  let most = -Infinity
  for (let code = 0; code < k ** rows.length; code++)
    most = Math.max(
      most,
      along(
        rows,
        model,
        rows.map((_, i) => Math.floor(code / k ** i) % k),
      ),
    )
  return most
}
