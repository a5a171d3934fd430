/** `npm run bench`: Fillgrid beside the C reference. See suite.ts for the options. */
import { runSuite } from './suite.ts'

await runSuite(false)
