/**
 * The public face: every export of the three entries with its declared signature. `node test/policy/api.mjs` writes it to
 * docs/api.md, so that a change of it is seen where it is reviewed; api.test.ts compares.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** What users import, and the file behind it. */
export const ENTRIES = [
  ['fillgrid', 'src/index'],
  ['fillgrid/node', 'src/node'],
  ['fillgrid/arrow', 'src/io/arrow'],
]

/** Where the report is. */
export const REPORT = 'docs/api.md'

/** A program over the declarations that the build would write, held in memory. */
function declared() {
  const config = ts.getParsedCommandLineOfConfigFile(
    resolve(root, 'tsconfig.json'),
    { noEmit: false, emitDeclarationOnly: true, incremental: false, tsBuildInfoFile: undefined, outDir: undefined },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (one) => fail(one.messageText) },
  )
  const { options } = config
  const sources = ts.createProgram(
    ENTRIES.map(([, file]) => resolve(root, `${file}.ts`)),
    options,
  )
  /** @type {Map<string, string>} */
  const texts = new Map()
  sources.emit(undefined, (name, text) => texts.set(resolve(name), text), undefined, true)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  // The declarations alone: where a source lies beside one, it is not looked at.
  const hidden = (name) => name.startsWith(`${root}/src/`) || name.startsWith(`${root}/assembly/`)
  host.fileExists = (name) => texts.has(resolve(name)) || (!hidden(resolve(name)) && fileExists(name))
  host.readFile = (name) => texts.get(resolve(name)) ?? readFile(name)
  const getSourceFile = host.getSourceFile
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(resolve(name))
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
  }
  const program = ts.createProgram(
    ENTRIES.map(([, file]) => resolve(root, `${file}.d.ts`)),
    { ...options, noEmit: true },
    host,
  )
  return { program, texts }
}

function fail(message) {
  throw new Error(typeof message === 'string' ? message : JSON.stringify(message))
}

/**
 * The exports of each entry by name, and what is wrong with them.
 *
 * @returns {{ entries: { name: string, exports: Map<string, string> }[], unexported: string[] }} declarations as text; types
 * in them that no entry exports, each with the export that names it
 */
export function publicFace() {
  const { program, texts } = declared()
  const checker = program.getTypeChecker()
  const original = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const known = new Set()
  const entries = ENTRIES.map(([name, file]) => {
    const source = program.getSourceFile(resolve(root, `${file}.d.ts`)) ?? fail(`${file}.d.ts is not there`)
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source) ?? fail(`${file} exports nothing`))
    for (const symbol of symbols) known.add(original(symbol))
    return { name, symbols }
  })
  /** What each thing is called by whoever imports it. */
  const names = new Map()
  for (const { symbols } of entries)
    for (const symbol of symbols) if (!names.has(original(symbol))) names.set(original(symbol), symbol.name)
  const nameOf = (node) => {
    const symbol = checker.getSymbolAtLocation(node)
    return symbol && names.get(original(symbol))
  }
  const unexported = new Set()
  const first = new Set(entries[0].symbols.map((symbol) => `${symbol.name} ${idOf(original(symbol))}`))
  const out = entries.map(({ name, symbols }, i) => {
    /** @type {Map<string, string>} */
    const exports = new Map()
    for (const symbol of [...symbols].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const target = original(symbol)
      // What another entry hands on is said once.
      if (i > 0 && first.has(`${symbol.name} ${idOf(target)}`)) continue
      const declarations = (target.declarations ?? []).filter((one) => texts.has(resolve(one.getSourceFile().fileName)))
      const called = names.get(target)
      exports.set(
        symbol.name,
        called === symbol.name
          ? declarations.map((one) => signature(one, checker, nameOf)).join('\n')
          : `${target.flags & ts.SymbolFlags.Type ? 'type' : 'const'} ${symbol.name} = ${target.flags & ts.SymbolFlags.Type ? '' : 'typeof '}${called};`,
      )
      for (const one of declarations) for (const type of strangers(one)) unexported.add(`${type}, in ${symbol.name}`)
    }
    return { name, exports }
  })

  /** Types of this project that a declaration names and no entry exports. */
  function strangers(declaration) {
    const found = new Set()
    const visit = (node) => {
      if (hiddenMember(node)) return
      if (idle(node)) return
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : ts.isImportTypeNode(node)
            ? node.qualifier
            : undefined
      const symbol = name && checker.getSymbolAtLocation(name)
      const target = symbol && original(symbol)
      const at = target?.declarations?.[0]
      if (
        at &&
        !ts.isTypeParameterDeclaration(at) &&
        texts.has(resolve(at.getSourceFile().fileName)) &&
        !known.has(target)
      )
        found.add(`${target.name} (${relative(root, at.getSourceFile().fileName).replace('.d.ts', '.ts')})`)
      ts.forEachChild(node, visit)
    }
    ts.forEachChild(declaration, visit)
    return found
  }
  return { entries: out, unexported: [...unexported].sort() }
}

const ids = new Map()
function idOf(symbol) {
  if (!ids.has(symbol)) ids.set(symbol, ids.size)
  return ids.get(symbol)
}

/** What classes keep to themselves is no part of their face. */
function hiddenMember(node) {
  if (!ts.isClassElement(node)) return false
  if (node.name && ts.isPrivateIdentifier(node.name)) return true
  const flags = ts.getCombinedModifierFlags(node)
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0
}

/** The type parameter of a class that no visible member of it names, and what a class gives to such a one of its base. */
function idle(node) {
  const { parent } = node
  if (ts.isTypeParameterDeclaration(node)) return ts.isClassDeclaration(parent) && !namesParameter(parent)
  if (!ts.isTypeNode(node) || !ts.isExpressionWithTypeArguments(parent) || !ts.isHeritageClause(parent.parent))
    return false
  return /(^|\.)(OpenRun|RecordedRun)$/.test(parent.expression.getText())
}

function namesParameter(made) {
  const names = new Set(made.typeParameters?.map((one) => one.name.text))
  const uses = (node) =>
    !hiddenMember(node) &&
    ((ts.isTypeReferenceNode(node) && names.has(node.typeName.getText())) ||
      Boolean(ts.forEachChild(node, (one) => uses(one) || undefined)))
  return made.members.some(uses)
}

const printer = ts.createPrinter({ removeComments: true })

function signature(declaration, checker, nameOf) {
  // Names taken from a list of values are said one by one: each is a word that users write.
  if (ts.isTypeAliasDeclaration(declaration) && /\btypeof\b/.test(declaration.type.getText())) {
    const type = checker.getTypeAtLocation(declaration)
    const words = type.isUnion() ? type.types : [type]
    if (words.every((one) => one.isStringLiteral()))
      return `type ${nameOf(declaration.name) ?? declaration.name.text} = ${words.map((one) => `'${one.value}'`).join(' | ')};`
  }
  const whole = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  const { transformed } = ts.transform(whole, [
    (context) => (node) => {
      const visit = (one) => {
        if (hiddenMember(one) || idle(one)) return undefined
        if (ts.isIdentifier(one)) {
          const name = nameOf(one)
          return name && name !== one.text && !ts.isTypeParameterDeclaration(one.parent)
            ? ts.factory.createIdentifier(name)
            : one
        }
        return ts.visitEachChild(one, visit, context)
      }
      return visit(node)
    },
  ])
  return printer
    .printNode(ts.EmitHint.Unspecified, transformed[0], declaration.getSourceFile())
    .replace(/^export /, '')
    .replace(/^declare /, '')
    .replace(/^(?: {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2))
}

/** The report as text. */
export function reportOf({ entries }) {
  const lines = [
    '# The public face',
    '',
    'Every export with its declared signature; what each means is said where it is declared. Written by',
    '`node test/policy/api.mjs`, and compared with the sources by a test: a change of it is a change for users.',
  ]
  for (const { name, exports } of entries) {
    lines.push('', `## ${name}`, '')
    if (name === 'fillgrid/node') lines.push('All of `fillgrid`, and:', '')
    lines.push('```ts', ...exports.values(), '```')
  }
  return `${lines.join('\n')}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const face = publicFace()
  for (const one of face.unexported) console.error(`not exported: ${one}`)
  const path = resolve(root, REPORT)
  const text = reportOf(face)
  let before = ''
  try {
    before = readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  writeFileSync(path, text)
  console.log(`${REPORT}: ${text === before ? 'nothing changed' : 'written'}`)
}
