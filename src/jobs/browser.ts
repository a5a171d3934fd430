import { serveJobs } from './comlink.ts'

/** The entry of web workers. */
serveJobs()
