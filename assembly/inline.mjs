// Inlines more than the compiler does by itself: the broker is many small functions that are called in a few places, and
// engines do not inline WebAssembly on their own. Worth about a tenth of a run.
import binaryen from 'assemblyscript/binaryen'

/** Functions of up to so many instructions are inlined everywhere, where they make no code larger than it pays, in one place. */
const EVERYWHERE = 20
const SEVERAL = 40
const ONE = 300

/** What the compiler may use, which are its own defaults, and what asconfig.json enables. */
const FEATURES = [
  'MutableGlobals',
  'SignExt',
  'NontrappingFPToInt',
  'BulkMemory',
  'BulkMemoryOpt',
  'SIMD128',
  'Atomics',
]

/**
 * @param {Uint8Array} bytes a module as the compiler made it
 * @returns {Uint8Array} the same module
 */
export function inlineMore(bytes) {
  const module = binaryen.readBinary(bytes)
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0))
  binaryen.setOptimizeLevel(3)
  binaryen.setShrinkLevel(0)
  binaryen.setAlwaysInlineMaxSize(EVERYWHERE)
  binaryen.setFlexibleInlineMaxSize(SEVERAL)
  binaryen.setOneCallerInlineMaxSize(ONE)
  binaryen.setAllowInliningFunctionsWithLoops(true)
  module.runPasses(['inlining-optimizing'])
  module.optimize()
  const made = module.emitBinary()
  module.dispose()
  return made
}
