import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Imports of the sources become imports of what was built from them. */
const builtLibrary: Plugin = {
  name: 'built-library',
  setup({ onResolve }) {
    onResolve({ filter: /\/src\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path)
      const built = file.replace(resolve(root, 'src'), resolve(root, 'build/src')).replace(/\.ts$/, '.js')
      if (!existsSync(built)) throw new Error(`browser tests: ${built} is missing. Run npm run build.`)
      return { path: built }
    })
  },
}

/** One module for browsers of a file and all it imports; fails on anything that only Node has. */
export async function bundleForBrowser(entry: string): Promise<{ text: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(root, entry)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    plugins: [builtLibrary],
    logLevel: 'silent',
  })
  return { text: outputFiles[0].text, metafile }
}
