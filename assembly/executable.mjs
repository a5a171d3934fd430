/** Makes the built command line executable: the compiler writes files that are not, and `npx fillgrid` starts it as it lies. */
import { chmodSync, readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
for (const file of Object.values(bin)) chmodSync(new URL(file, root), 0o755)
