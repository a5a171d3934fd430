/** `npm run bench:peers`: as `npm run bench`, with vectorbt's two engines beside it (`npm run peers:setup` first). */
import { runSuite } from './suite.ts'

await runSuite(true)
