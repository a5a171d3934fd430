/**
 * Mends package-lock.json after `npm install` against a mirror of the registry: takes away the addresses, and adds the
 * optional packages of systems that the mirror lacks, without which `npm ci` refuses the file. Those have no checksum.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const { packages } = lock

/** System, processor and C library by the words of a package's name. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'win32'].find((one) => words.includes(one))
  const cpu = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'].find((one) => words.includes(one))
  if (!os || !cpu) throw new Error(`lock: ${name} does not say which system it is for. Add it by hand.`)
  const libc = os === 'linux' ? { libc: [words.includes('musl') ? 'musl' : 'glibc'] } : {}
  return { cpu: [cpu], ...libc, os: [os] }
}

// A link's is a folder of ours.
for (const entry of Object.values(packages)) if (!entry.link) delete entry.resolved
for (const { dev, license, engines, optionalDependencies = {} } of Object.values(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`))) continue
    packages[`node_modules/${name}`] = { version, dev, license, optional: true, engines, ...platformOf(name) }
  }
}
const order = new Intl.Collator('en')
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => order.compare(a, b)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
