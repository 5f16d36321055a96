// Builds `dist/`: one esbuild run with code splitting for every entry point, then the type declarations.
//
// Development dependencies are compiled in (fewer packages at an install, faster start: reading one file is
// cheaper than resolving hundreds), runtime dependencies stay imports. A shared chunk is loaded by the entry
// points that need it only, so importing the SDK reads nothing of the gateway. White space is left out: what V8
// does not read, it need not keep either. Names stay, for stacks.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildDashboard } from './build-dashboard.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const entryPoints = {
  jetway: 'src/cli/main.ts',
  index: 'src/index.ts',
  gateway: 'src/gateway/index.ts',
  emulator: 'src/emulator/index.ts',
  'ai-sdk': 'src/ai-sdk/index.ts',
}
/** Of undici the agent is compiled in; the whole of it, which only proxies need, is required when there is one. */
const external = [
  ...Object.keys(manifest.dependencies ?? {}).filter((name) => name !== 'undici'),
  ...Object.keys(manifest.optionalDependencies ?? {}),
  ...Object.keys(manifest.peerDependencies ?? {}),
]

// Made beside the old one and put in its place when it is whole: a command that starts meanwhile finds one or the other.
// Under a name of its own, since two builds may run at once.
const fresh = join(root, `dist.new-${process.pid}`)
// Gone by then when all went well: it has become `dist`.
process.once('exit', () => rmSync(fresh, { recursive: true, force: true }))
const result = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  external,
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  // Node shows the line of an error that nobody caught.
  lineLimit: 200,
  plugins: [withoutLocales(), withoutHttp2()],
  chunkNames: 'chunks/[name]-[hash]',
  // Bundled CommonJS packages call require() for Node's own modules, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  define: { 'process.env.JETWAY_VERSION': JSON.stringify(manifest.version) },
  logLevel: 'warning',
})
chmodSync(join(fresh, 'jetway.js'), 0o755)

const page = await buildDashboard(join(fresh, 'dashboard'))
writeLicences({ inputs: { ...result.metafile.inputs, ...page.inputs } })
execFileSync(
  process.execPath,
  [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    'tsconfig.build.json',
    '--outDir',
    join(fresh, 'types'),
  ],
  { cwd: root, stdio: 'inherit' },
)
rmSync(join(root, 'dist'), { recursive: true, force: true })
renameSync(fresh, join(root, 'dist'))

/**
 * Zod speaks English unless told otherwise, and nobody tells it: its fifty other languages were a tenth of what a start reads. Our code
 * imports it as `* as z`: of the object `z` esbuild would keep everything, which is as much again as what we call.
 */
function withoutLocales() {
  return {
    name: 'without-locales',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js'",
      }))
    },
  }
}

/** `src/transport` never offers HTTP/2. undici would load its half of it, and Node's, at every start: a twentieth of one. */
function withoutHttp2() {
  return {
    name: 'without-http2',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]undici[/\\]lib[/\\]dispatcher[/\\]client-h2\.js$/ }, () => ({
        contents: "module.exports = () => { throw new Error('HTTP/2 is not offered') }",
      }))
    },
  }
}

/** Whoever ships compiled-in code ships its licence: collects the text of every bundled package. */
function writeLicences(metafile) {
  const names = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)
    if (match) names.add(match[1])
  }
  const sections = [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const folder = join(root, 'node_modules', name)
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE'].find(
        (candidate) => existsSync(join(folder, candidate)),
      )
      const text = file
        ? readFileSync(join(folder, file), 'utf8').trim()
        : '(no licence file in the package)'
      return `## ${name} ${version} (${license})\n\n\`\`\`text\n${text}\n\`\`\`\n`
    })
  writeFileSync(
    join(fresh, 'THIRD-PARTY.md'),
    `# Code of others compiled into this package\n\n${sections.join('\n')}`,
  )
}
