import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page and some modules on a port of this machine; `isolated` sends the headers without which memory cannot be shared. */
export async function servePage(
  modules: Readonly<Record<string, string>>,
  isolated: boolean,
): Promise<{ url: string; close: () => Promise<void> }> {
  const headers: Record<string, string> = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {}
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const module = modules[path]
    if (module !== undefined) response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(module)
    else if (path === '/') {
      response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end('<!doctype html><title>test</title>')
    } else response.writeHead(404, headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
