import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { makeMinutes } from '../../data/minutes.ts'
import { timeMajor } from '../../bench/panels.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import { compareTrades, type ClosedTrade } from './compare.ts'

const dv=new DataView(new ArrayBuffer(8))
function quot(hi: number, lo: number, n: number){ const sum=hi+lo; const part=sum-hi; const rest=(hi-(sum-part))+(lo-part); const guess=sum*(1/n); dv.setFloat64(0,guess); dv.setBigInt64(0, dv.getBigInt64(0) & -0x8000000n); const top=dv.getFloat64(0); const rem=((sum-top*n)-(guess-top)*n)+rest; return guess+rem/n }
function sma(v: number[], n: number) { const out=v.map(()=>NaN); const e=v.map(x=>BigInt(Math.round(x*2**20))*1n); void e; 
  for (let i=n-1;i<v.length;i++){ let hi=0,lo=0; for(let k=i-n+1;k<=i;k++){const s=hi+v[k]; const p=s-hi; lo+=(hi-(s-p))+(v[k]-p); hi=s} out[i]=quot(hi,lo,n) } return out }

const e = makeEquities()
const m = makeMinutes({ bars: 20000 })
const sets: [string, number, number, (n: any)=>Float64Array][] = [['generated-equities', e.bars, 10, (n) => timeMajor(e, n)], ['generated-minutes', m.bars, 1, (n) => (m as any)[n]]]
for (const [name, bars, assets, get] of sets) for (const engine of ['vectorbt','backtesting']) it(`${name} ${engine}`, () => {
  const rec = JSON.parse(gunzipSync(readFileSync(`/tmp/rec/${name}.${engine}.json.gz`)).toString())
  const s = rec.settings
  const rows = (c: Float64Array) => Array.from({length: bars}, (_, b) => Array.from(c.subarray(b*assets, (b+1)*assets)))
  const close = get('close')
  const above = new Uint8Array(bars*assets), below = new Uint8Array(bars*assets)
  for (let a=0;a<assets;a++){ const v = Array.from({length:bars},(_, b)=>close[b*assets+a]); const f=sma(v,s.fast), sl=sma(v,s.slow)
   for(let b=1;b<bars;b++){ if(f[b]>sl[b]&&f[b-1]<=sl[b-1]) above[b*assets+a]=1; if(f[b]<sl[b]&&f[b-1]>=sl[b-1]) below[b*assets+a]=1 } }
  const bool = (c: Uint8Array) => Array.from({length: bars}, (_, b) => Array.from(c.subarray(b*assets, (b+1)*assets), (x)=>x!==0))
  const data = { assets, open: get('open'), high: get('high'), low: get('low'), close, above, below }
  const market = { assets, bars, open: rows(data.open), high: rows(data.high), low: rows(data.low), close: rows(close), volume: rows(get('volume')) }
  for (const run of rec.runs) {
    const both = run.direction==='both'
    const full = (x: number) => Array.from({length: bars}, () => new Array(assets).fill(x))
    const out = runSignalsOracle({ market, settings: { account: 'unlimited', cash: 1e9, commission: s.fee, stopBasis: engine==='vectorbt'?'fill':'signal' }, entries: bool(above), ...(both ? { shortEntries: bool(below) } : { exits: bool(below) }), sizeType: 'units', defaultSize: s.units, ...(run.stops ? { stop: full(s.stop), target: full(s.target) } : {}) })
    const theirs: ClosedTrade[] = run.asset.map((asset: number, i: number) => ({ asset, entryBar: run.entryBar[i], exitBar: run.exitBar[i], quantity: run.quantity[i], entryPrice: run.entryPrice[i], exitPrice: run.exitPrice[i], pnl: run.pnl[i] }))
    const ours = out.trades.map((t) => ({ ...t }))
    const r = compareTrades(ours as any, theirs, data, run.stops ? { stop: s.stop, target: s.target, basis: engine==='vectorbt'?'fill':'signal' } : undefined)
    const n: any = {}; for (const x of r.explained) n[x.rule]=(n[x.rule]??0)+1
    console.log(name, engine, run.direction, run.stops, 'ours', ours.length, 'theirs', theirs.length, 'same', r.same, n, r.unexplained)
  }
})
