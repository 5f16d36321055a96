// Installs the programs that check `deploy/` into `.cache/tools` (not committed): Helm and a validator of Kubernetes manifests
// that carries the API's schemas within itself, both from the Go module proxy; promtool from Debian's package, without
// installing the server that comes with it.
//
//   node test/deploy/install.mjs
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const tools = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache', 'tools')
const GO = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.22.0',
  'kubectl-validate': 'sigs.k8s.io/kubectl-validate@v0.0.4',
}

mkdirSync(tools, { recursive: true })
for (const [name, source] of Object.entries(GO)) {
  once(name, () => {
    // A pin decides which version is built, so the toolchain may be a newer one than the module asks for.
    run('go', ['install', source], { env: { ...process.env, GOBIN: tools } })
  })
}
once('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jetway-promtool-'))
  try {
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder })
    const [archive] = readdirSync(folder)
    run('dpkg-deb', ['--extract', archive, 'content'], { cwd: folder })
    run('cp', [join('content', 'usr', 'bin', 'promtool'), tools], { cwd: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function once(name, install) {
  if (existsSync(join(tools, name))) {
    console.error(`${join(tools, name)}: there`)
    return
  }
  install()
}

function run(command, args, options) {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
}
