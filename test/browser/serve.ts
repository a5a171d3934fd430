import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.csv': 'text/csv' }

/**
 * Some files by their path on a port of this machine; at `/` lies `/index.html`, an empty page where there is none.
 * `isolated` sends the headers without which memory cannot be shared, `policy` a Content-Security-Policy.
 */
export async function servePage(
  files: Readonly<Record<string, string>>,
  isolated: boolean,
  policy?: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const headers: Record<string, string> = {
    ...(isolated && { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }),
    ...(policy !== undefined && { 'Content-Security-Policy': policy }),
  }
  const all: Record<string, string> = { '/index.html': '<!doctype html><title>test</title>', ...files }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname === '/' ? '/index.html' : pathname
    const type = TYPES[extname(path)]
    if (Object.hasOwn(all, path) && type) response.writeHead(200, { ...headers, 'Content-Type': type }).end(all[path])
    else response.writeHead(404, headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
