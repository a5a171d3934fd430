/*
 * A small C reference of the broker, for timing only: what the same bars, orders, fills, trades and equity cost in
 * native code. Two programs in one:
 *
 *   reference workload FILE same-close|next-open RUNS own|reused
 *   reference cross FILE RUNS FAST SLOW STOP TARGET FEE [FAST SLOW STOP TARGET FEE ...]
 *
 * FILE holds doubles: bars, assets, then time-major columns open, high, low, close, volume, target. Prints JSON with
 * the milliseconds of every run and check values, which the caller compares with Fillgrid's own before any time.
 * Rule numbers are those of docs/semantics.md. Account `unlimited`; a fraction of value as commission.
 * `own`: every run gives its caller tables of its own, as Fillgrid's and vectorbt's do; `reused`: each run writes over
 * those of the run before, which saves the cost of fresh memory.
 * Compiled with -O3 -march=native -ffp-contract=off: fused operations would change the last bits (rule 1.1).
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- input, result tables ------------------------------------------------------------------------------------- */

typedef struct {
  int32_t bars, assets;
  const double *open, *high, *low, *close, *target;
} Market;

enum { REASON_ORDER = 0, REASON_STOP = 1, REASON_TARGET = 2 };
enum { PHASE_OPEN = 0, PHASE_RANGE = 1, PHASE_CLOSE = 2 };
enum { STATUS_PENDING = 0, STATUS_FILLED = 2, STATUS_CANCELLED = 4 };

/* Columns, one array each, as in Fillgrid's own tables. */
static struct {
  int64_t n, room;
  int32_t *bar, *asset, *order;
  double *quantity, *price, *base, *commission, *slippage;
  uint8_t *reason, *phase;
} fills;

static struct {
  int64_t n, room;
  int32_t *asset, *entryBar, *exitBar, *barsHeld, *entryOrder, *exitOrder;
  double *quantity, *entryPrice, *exitPrice, *pnl, *entryCommission, *exitCommission, *mfe, *mae;
  uint8_t *reason;
} trades;

static struct {
  int64_t n, room;
  int32_t *asset, *createdBar, *endedBar;
  double *units, *filled;
  uint8_t *status;
} orders;

static double *equity;

#define GROW(table, column) table.column = realloc(table.column, table.room * sizeof *table.column)

static void growFills(void) {
  fills.room = fills.room ? fills.room * 2 : 1 << 16;
  GROW(fills, bar), GROW(fills, asset), GROW(fills, order), GROW(fills, quantity), GROW(fills, price);
  GROW(fills, base), GROW(fills, commission), GROW(fills, slippage), GROW(fills, reason), GROW(fills, phase);
}

static void growTrades(void) {
  trades.room = trades.room ? trades.room * 2 : 1 << 16;
  GROW(trades, asset), GROW(trades, entryBar), GROW(trades, exitBar), GROW(trades, barsHeld);
  GROW(trades, entryOrder), GROW(trades, exitOrder), GROW(trades, quantity), GROW(trades, entryPrice);
  GROW(trades, exitPrice), GROW(trades, pnl), GROW(trades, entryCommission), GROW(trades, exitCommission);
  GROW(trades, mfe), GROW(trades, mae), GROW(trades, reason);
}

static void growOrders(void) {
  orders.room = orders.room ? orders.room * 2 : 1 << 16;
  GROW(orders, asset), GROW(orders, createdBar), GROW(orders, endedBar), GROW(orders, units);
  GROW(orders, filled), GROW(orders, status);
}

/* ---- positions ------------------------------------------------------------------------------------------------ */

typedef struct {
  double average, commission; /* average entry price, entry commissions still held */
  double best, worst;         /* highest and lowest price since the entry (7.4) */
  int32_t entryBar, entryOrder;
} Position;

static Position *positions;
static double *quantities; /* signed units by asset */
static double *marks;
static int32_t *held; /* assets with a position, in asset order */
static double cash, fee;

/* Collects the assets with a position without a branch. */
static int32_t listHeld(int32_t assets) {
  int32_t n = 0;
  for (int32_t a = 0; a < assets; a++) {
    held[n] = a;
    n += quantities[a] != 0;
  }
  return n;
}

/* One fill that opens, closes or reduces; the caller splits reversals (3.7). k > 0, s = +1 buy or -1 sell. */
static void fill(int32_t bar, int32_t asset, int32_t order, double s, double k, double price, int reason, int phase) {
  Position *p = &positions[asset];
  const double commission = fee * (k * price);
  if (fills.n == fills.room) growFills();
  const int64_t f = fills.n++;
  fills.bar[f] = bar, fills.asset[f] = asset, fills.order[f] = order;
  fills.quantity[f] = s * k, fills.price[f] = price, fills.base[f] = price;
  fills.commission[f] = commission, fills.slippage[f] = 0;
  fills.reason[f] = (uint8_t)reason, fills.phase[f] = (uint8_t)phase;
  cash = cash + ((-s * k * price) - commission);
  marks[asset] = price;
  if (order) orders.filled[order - 1] += k;
  const double q = quantities[asset];
  if (q == 0) {
    quantities[asset] = s * k, p->average = price, p->commission = commission;
    p->best = price, p->worst = price, p->entryBar = bar, p->entryOrder = order;
    return;
  }
  const double side = q > 0 ? 1 : -1, size = fabs(q);
  if (q * s > 0) {
    p->average = (p->average * size + price * k) / (size + k);
    quantities[asset] = q + s * k, p->commission += commission;
    return;
  }
  const double share = p->commission * k / size;
  if (trades.n == trades.room) growTrades();
  const int64_t t = trades.n++;
  const double high = price > p->best ? price : p->best, low = price < p->worst ? price : p->worst;
  trades.asset[t] = asset, trades.entryBar[t] = p->entryBar, trades.exitBar[t] = bar;
  trades.barsHeld[t] = bar - p->entryBar;
  trades.entryOrder[t] = p->entryOrder, trades.exitOrder[t] = order;
  trades.quantity[t] = side * k, trades.entryPrice[t] = p->average, trades.exitPrice[t] = price;
  trades.pnl[t] = (price - p->average) * k * side - commission - share;
  trades.entryCommission[t] = share, trades.exitCommission[t] = commission;
  trades.mfe[t] = ((side > 0 ? high : low) - p->average) * side / p->average;
  trades.mae[t] = ((side > 0 ? low : high) - p->average) * side / p->average;
  trades.reason[t] = (uint8_t)reason;
  p->commission -= share;
  quantities[asset] = k == size ? 0 : q + s * k;
}

static int32_t place(int32_t bar, int32_t asset, double units) {
  if (orders.n == orders.room) growOrders();
  const int64_t o = orders.n++;
  orders.asset[o] = asset, orders.createdBar[o] = bar, orders.endedBar[o] = -1;
  orders.units[o] = units, orders.filled[o] = 0, orders.status[o] = STATUS_PENDING;
  return (int32_t)o + 1;
}

static void finish(int32_t order, int32_t bar, int status) {
  orders.endedBar[order - 1] = bar, orders.status[order - 1] = (uint8_t)status;
}

/* Exits of all pending market orders, then their entries (4.1, 4.3), at the prices of one row. */
static void fillMarket(int32_t bar, const int32_t *pending, int32_t n, const double *row, int phase) {
  for (int32_t i = 0; i < n; i++) {
    const int32_t order = pending[i], asset = orders.asset[order - 1];
    const double units = orders.units[order - 1], q = quantities[asset];
    if (units * q >= 0) continue;
    const double k = fabs(units) < fabs(q) ? fabs(units) : fabs(q);
    fill(bar, asset, order, units > 0 ? 1 : -1, k, row[asset], REASON_ORDER, phase);
  }
  for (int32_t i = 0; i < n; i++) {
    const int32_t order = pending[i], asset = orders.asset[order - 1];
    const double units = orders.units[order - 1], k = fabs(units) - orders.filled[order - 1];
    if (k > 0) fill(bar, asset, order, units > 0 ? 1 : -1, k, row[asset], REASON_ORDER, phase);
    finish(order, bar, STATUS_FILLED);
  }
}

/* Marks and water marks at the close (2.3), equity (1.7). */
static void closeBar(int32_t assets, const double *high, const double *low, const double *close) {
  memcpy(marks, close, assets * sizeof *marks);
  const int32_t n = listHeld(assets);
  for (int32_t i = 0; i < n; i++) {
    const int32_t a = held[i];
    Position *p = &positions[a];
    p->best = high[a] > p->best ? high[a] : p->best;
    p->worst = low[a] < p->worst ? low[a] : p->worst;
  }
}

static double equityNow(int32_t assets) {
  const int32_t n = listHeld(assets);
  double sum = 0;
  for (int32_t i = 0; i < n; i++) sum += quantities[held[i]] * marks[held[i]];
  return cash + sum;
}

#define DROP(table, column) free(table.column), table.column = NULL

/* The caller is done with the tables of the run before. */
static void dropTables(void) {
  DROP(fills, bar), DROP(fills, asset), DROP(fills, order), DROP(fills, quantity), DROP(fills, price);
  DROP(fills, base), DROP(fills, commission), DROP(fills, slippage), DROP(fills, reason), DROP(fills, phase);
  DROP(trades, asset), DROP(trades, entryBar), DROP(trades, exitBar), DROP(trades, barsHeld);
  DROP(trades, entryOrder), DROP(trades, exitOrder), DROP(trades, quantity), DROP(trades, entryPrice);
  DROP(trades, exitPrice), DROP(trades, pnl), DROP(trades, entryCommission), DROP(trades, exitCommission);
  DROP(trades, mfe), DROP(trades, mae), DROP(trades, reason);
  DROP(orders, asset), DROP(orders, createdBar), DROP(orders, endedBar), DROP(orders, units);
  DROP(orders, filled), DROP(orders, status);
  fills.room = trades.room = orders.room = 0;
}

static void reset(int32_t assets, double initialCash, double rate) {
  fills.n = trades.n = orders.n = 0;
  memset(quantities, 0, assets * sizeof *quantities);
  cash = initialCash, fee = rate;
}

/* ---- workload: a target per asset and bar, one delta order each ------------------------------------------------- */

/* The range of a bar as triggers see it: open and close widen it (1.3). */
static double *rangeHigh, *rangeLow;

static void workload(const Market *m, int sameClose, int32_t *pending) {
  const int32_t n = m->assets;
  int32_t waiting = 0;
  reset(n, 0, 0);
  for (int32_t bar = 0; bar < m->bars; bar++) {
    const int64_t at = (int64_t)bar * n;
    fillMarket(bar, pending, waiting, m->open + at, PHASE_OPEN);
    closeBar(n, rangeHigh + at, rangeLow + at, m->close + at);
    waiting = 0;
    const double *target = m->target + at;
    for (int32_t a = 0; a < n; a++) {
      pending[waiting] = a;
      waiting += target[a] != quantities[a];
    }
    for (int32_t i = 0; i < waiting; i++) {
      const int32_t a = pending[i];
      pending[i] = place(bar, a, target[a] - quantities[a]);
    }
    if (sameClose) {
      fillMarket(bar, pending, waiting, m->close + at, PHASE_CLOSE);
      waiting = 0;
    }
    equity[bar] = equityNow(n);
  }
  for (int32_t i = 0; i < waiting; i++) finish(pending[i], m->bars - 1, STATUS_CANCELLED);
}

/* ---- cross: long while the fast average is above the slow one, with stop and target ------------------------------ */

static double sumError(double a, double b, double sum) {
  const double part = sum - a;
  return (a - (sum - part)) + (b - part);
}

/* The double nearest to (hi + lo) / n, so that equal averages compare equal. */
static double quotient(double hi, double lo, double n, double inverse) {
  const double sum = hi + lo, rest = sumError(hi, lo, sum), guess = sum * inverse;
  uint64_t bits;
  memcpy(&bits, &guess, 8);
  bits &= ~(uint64_t)0x7ffffff;
  double top;
  memcpy(&top, &bits, 8);
  return guess + (((sum - top * n) - (guess - top) * n) + rest) / n;
}

/* Mean of the last `length` values, kept by an exact running sum. */
static void sma(const double *src, double *dst, int32_t n, int32_t length) {
  const double count = length, inverse = 1 / count;
  double hi = 0, lo = 0;
  for (int32_t i = 0; i < n; i++) {
    double change = src[i];
    if (i >= length) {
      const double old = src[i - length];
      change = src[i] - old;
      const double part = src[i] - change;
      lo += (src[i] - (change + part)) + (part - old);
    }
    const double sum = hi + change;
    lo += sumError(hi, change, sum);
    hi = sum;
    dst[i] = i >= length - 1 ? quotient(hi, lo, count, inverse) : NAN;
  }
}

typedef struct {
  int32_t fast, slow;
  double stop, target, fee;
} Cross;

/* One unit; entries and exits fill at the next open, stop and target inside the bar, the stop first (5.2, adverse). */
static int32_t cross(const Market *m, const Cross *c, double *fast, double *slow) {
  int32_t pending = 0, ambiguous = 0;
  reset(1, 0, c->fee);
  sma(m->close, fast, m->bars, c->fast);
  sma(m->close, slow, m->bars, c->slow);
  Position *p = &positions[0];
  const double *q = &quantities[0];
  for (int32_t bar = 0; bar < m->bars; bar++) {
    const double open = m->open[bar], high = rangeHigh[bar], low = rangeLow[bar], close = m->close[bar];
    if (*q != 0) {
      const int stopped = open <= p->average * (1 - c->stop), won = open >= p->average * (1 + c->target);
      if (stopped || won) fill(bar, 0, 0, -1, *q, open, stopped ? REASON_STOP : REASON_TARGET, PHASE_OPEN);
    }
    if (pending) {
      const double units = orders.units[pending - 1];
      if (units > 0 || *q != 0) {
        fill(bar, 0, pending, units > 0 ? 1 : -1, 1, open, REASON_ORDER, PHASE_OPEN);
        finish(pending, bar, STATUS_FILLED);
      } else {
        finish(pending, bar, STATUS_CANCELLED);
      }
      pending = 0;
    }
    if (*q != 0) {
      const double stop = p->average * (1 - c->stop), target = p->average * (1 + c->target);
      const int highFirst = high - open < open - low, both = low <= stop && high >= target;
      /* The nearer extreme comes first, unless both levels lie inside: then the way to the stop (5.2). */
      if (low <= stop) {
        const double seen = highFirst && !both ? high : open;
        if (seen > p->best) p->best = seen;
        fill(bar, 0, 0, -1, *q, stop, REASON_STOP, PHASE_RANGE);
        ambiguous += both;
      } else if (high >= target) {
        const double seen = highFirst ? open : low;
        if (seen < p->worst) p->worst = seen;
        fill(bar, 0, 0, -1, *q, target, REASON_TARGET, PHASE_RANGE);
      }
    }
    closeBar(1, &high, &low, &close);
    if (bar > 0) {
      const int above = fast[bar] > slow[bar], below = fast[bar] < slow[bar];
      const int wasAbove = fast[bar - 1] > slow[bar - 1], wasBelow = fast[bar - 1] < slow[bar - 1];
      if (above && !wasAbove && slow[bar - 1] == slow[bar - 1] && *q == 0) pending = place(bar, 0, 1);
      if (below && !wasBelow && slow[bar - 1] == slow[bar - 1] && *q != 0) pending = place(bar, 0, -1);
    }
    equity[bar] = equityNow(1);
  }
  if (pending) finish(pending, m->bars - 1, STATUS_CANCELLED);
  return ambiguous;
}

/* ---- running and reporting -------------------------------------------------------------------------------------- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

/* FNV-1a, 32 bits, over the bytes of a column. */
static uint32_t hash(uint32_t h, const void *data, size_t bytes) {
  const uint8_t *b = data;
  for (size_t i = 0; i < bytes; i++) h = (h ^ b[i]) * 16777619u;
  return h;
}

static void report(const Market *m, const double *times, int32_t runs, int32_t ambiguous, const char *end) {
  uint32_t h = 2166136261u;
  h = hash(h, fills.bar, fills.n * sizeof *fills.bar);
  h = hash(h, fills.asset, fills.n * sizeof *fills.asset);
  h = hash(h, fills.quantity, fills.n * sizeof *fills.quantity);
  h = hash(h, fills.price, fills.n * sizeof *fills.price);
  const uint32_t e = hash(2166136261u, equity, m->bars * sizeof *equity);
  double pnl = 0, mfe = 0, mae = 0;
  for (int64_t i = 0; i < trades.n; i++) pnl += trades.pnl[i], mfe += trades.mfe[i], mae += trades.mae[i];
  int32_t open = 0;
  for (int32_t a = 0; a < m->assets; a++) open += quantities[a] != 0;
  printf("{\"times\":[");
  for (int32_t i = 0; i < runs; i++) printf(i ? ",%.6f" : "%.6f", times[i]);
  printf("],\"orders\":%lld,\"fills\":%lld,\"trades\":%lld,\"open\":%d,\"ambiguous\":%d,", (long long)orders.n,
         (long long)fills.n, (long long)trades.n, open, ambiguous);
  printf("\"finalEquity\":%.17g,\"tradePnl\":%.17g,\"mfeSum\":%.17g,\"maeSum\":%.17g,", equity[m->bars - 1], pnl, mfe,
         mae);
  printf("\"fillHash\":%u,\"equityHash\":%u}%s", h, e, end);
}

static double *column(FILE *file, int64_t n) {
  double *values = malloc(n * sizeof *values);
  if (!values || fread(values, sizeof *values, n, file) != (size_t)n) {
    fprintf(stderr, "reference: the file is too short\n");
    exit(1);
  }
  return values;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: reference workload FILE same-close|next-open RUNS own|reused\n");
    fprintf(stderr, "       reference cross FILE RUNS FAST SLOW STOP TARGET FEE ...\n");
    return 2;
  }
  const int isCross = strcmp(argv[1], "cross") == 0;
  FILE *file = fopen(argv[2], "rb");
  if (!file) {
    fprintf(stderr, "reference: cannot open %s\n", argv[2]);
    return 1;
  }
  double *size = column(file, 2);
  Market m = {.bars = (int32_t)size[0], .assets = (int32_t)size[1]};
  const int64_t n = (int64_t)m.bars * m.assets;
  m.open = column(file, n), m.high = column(file, n), m.low = column(file, n), m.close = column(file, n);
  double *volume = column(file, n); /* read as Fillgrid reads it; no rule here needs it */
  if (!isCross) m.target = column(file, n);
  fclose(file);
  rangeHigh = malloc(n * sizeof *rangeHigh), rangeLow = malloc(n * sizeof *rangeLow);
  for (int64_t i = 0; i < n; i++) {
    rangeHigh[i] = fmax(fmax(m.open[i], m.high[i]), m.close[i]);
    rangeLow[i] = fmin(fmin(m.open[i], m.low[i]), m.close[i]);
  }
  positions = calloc(m.assets, sizeof *positions), marks = calloc(m.assets, sizeof *marks);
  quantities = calloc(m.assets, sizeof *quantities), held = calloc(m.assets + 1, sizeof *held);
  equity = malloc(m.bars * sizeof *equity);
  const int32_t runs = atoi(isCross ? argv[3] : argv[4]);
  double *times = malloc(runs * sizeof *times);
  if (!isCross) {
    int32_t *pending = malloc((m.assets + 1) * sizeof *pending);
    const int sameClose = strcmp(argv[3], "same-close") == 0;
    const int own = argc > 5 && strcmp(argv[5], "own") == 0;
    for (int32_t run = 0; run < runs; run++) {
      const double start = now();
      if (own) dropTables();
      workload(&m, sameClose, pending);
      times[run] = now() - start;
    }
    report(&m, times, runs, 0, "\n");
  } else {
    double *fast = malloc(n * sizeof *fast), *slow = malloc(n * sizeof *slow);
    printf("[");
    for (int at = 4; at + 4 < argc; at += 5) {
      const Cross c = {atoi(argv[at]), atoi(argv[at + 1]), atof(argv[at + 2]), atof(argv[at + 3]), atof(argv[at + 4])};
      int32_t ambiguous = 0;
      for (int32_t run = 0; run < runs; run++) {
        const double start = now();
        ambiguous = cross(&m, &c, fast, slow);
        times[run] = now() - start;
      }
      report(&m, times, runs, ambiguous, at + 9 < argc ? ",\n" : "]\n");
    }
  }
  free(volume);
  return 0;
}
