#!/usr/bin/env node
import { processConsole } from './console.ts'
import { runCommandLine } from './program.ts'

// Strategies are bundled; with this their stack traces name their own lines.
process.setSourceMapsEnabled(true)
process.exitCode = await runCommandLine(process.argv.slice(2), processConsole())
