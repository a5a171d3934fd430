/**
 * Random tests draw the same in every run, so that a run that failed fails again; FUZZ_SEED draws others. The long runs
 * (`npm run fuzz`, `npm run mutate`) have seeds of their own.
 */
import fc from 'fast-check'

const { FUZZ_SEED } = process.env

fc.configureGlobal({ seed: FUZZ_SEED === undefined ? 20261130 : Number(FUZZ_SEED) })
