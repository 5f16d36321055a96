// Builds the page of `/ui`: one script and one style sheet, named by their content so that browsers keep them for ever, and the
// page that names them. `node scripts/build-dashboard.mjs [FOLDER]`, by default into dist/dashboard.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Resolves with what went into it, as esbuild's metafile says. */
export async function buildDashboard(folder) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { app: 'dashboard/src/main.tsx', style: 'dashboard/src/styles.css' },
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfigRaw: '{}',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
  })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of result.outputFiles) writeFileSync(file.path, file.contents)
  const named = (ending) =>
    basename(result.outputFiles.find((file) => file.path.endsWith(ending)).path)
  const icon = readFileSync(join(root, 'dashboard', 'icon.svg'))
  writeFileSync(join(folder, 'icon.svg'), icon)
  const page = readFileSync(join(root, 'dashboard', 'index.html'), 'utf8')
    .replace('{script}', named('.js'))
    .replace('{style}', named('.css'))
  writeFileSync(join(folder, 'index.html'), page)
  return result.metafile
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildDashboard(process.argv[2] ?? join(root, 'dist', 'dashboard'))
}
