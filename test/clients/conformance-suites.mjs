// Runs public conformance suites against the built gateway, with the emulator as Copilot. docs/conformance.md explains.
//
//   node test/clients/conformance-suites.mjs [--model NAME]… [--out FOLDER]
//     [--open-responses COMMAND]   e.g. "bun run --cwd ../openresponses bin/compliance-test.ts"
//     [--tester COMMAND --tester-configs FOLDER]   e.g. "openai-compatible-tester" and its checkout's configs/
//
// CompatCanary comes from npm, pinned. The other two are not on npm: install them as their own pages say, and name the command.
// Exit code 0 when every suite that was run passed whole.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { understood } from './conformance-mind.mjs'

const COMPATCANARY = '0.2.2'
const KEY = 'sk-conformance'
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: ['gpt-4o', 'gpt-5.4', 'claude-sonnet-4.6'] },
    out: { type: 'string', default: join(root, '.cache', 'conformance') },
    'open-responses': { type: 'string' },
    tester: { type: 'string' },
    'tester-configs': { type: 'string' },
  },
})

mkdirSync(options.out, { recursive: true })
const house = await openHouse()
let failures = 0
try {
  for (const model of options.model) failures += await compatCanary(model)
  for (const model of options.model) failures += await openResponses(model)
  for (const model of options.model) failures += await compatibleTester(model)
} finally {
  await house.close()
}
process.exitCode = failures === 0 ? 0 : 1

/** Seven probes of the OpenAI surface (https://github.com/CognizenOrg/compatcanary). */
async function compatCanary(model) {
  const folder = join(root, '.cache', 'clients', 'compatcanary')
  const program = join(folder, 'node_modules', '.bin', 'compatcanary')
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
    const wanted = `compatcanary@${COMPATCANARY}`
    const args = ['install', '--no-save', '--ignore-scripts', wanted]
    execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] })
  }
  const where = ['--base-url', `${house.url}/v1`, '--model', model]
  const args = ['scan', ...where, '--profile', 'modern', '--format', 'json']
  const { stdout } = await run(program, args, { OPENAI_API_KEY: KEY })
  const { results = [], summary } = JSON.parse(stdout)
  const failed = results.filter(({ status }) => status !== 'pass')
  tell('compatcanary', model, summary.passes, failed.length)
  for (const { id, status, summary: why } of failed) console.log(`  ${status} ${id}: ${why}`)
  return failed.length
}

/** Schemas of requests, answers and events (https://github.com/openresponses/openresponses). */
async function openResponses(model) {
  const command = options['open-responses']
  if (command === undefined) return 0
  const where = ['--base-url', `${house.url}/v1`, '--api-key', KEY, '--model', model]
  const [program, ...first] = command.split(' ')
  const { stdout, stderr } = await run(program, [...first, ...where])
  const plain = stripVTControlCharacters(stdout)
  const counts = /Results: (\d+) passed, (\d+) failed/.exec(plain)
  if (!counts) throw new Error(`${command} gave no result:\n${stderr}`)
  tell('open-responses', model, Number(counts[1]), Number(counts[2]))
  for (const line of plain.slice(0, counts.index).split('\n')) {
    if (line.trim().startsWith('✗')) console.log(`  ${line.slice(0, 160)}`)
  }
  return Number(counts[2])
}

/** Chat, Responses and its WebSocket, in strict mode (https://github.com/avelrl/openai-compatible-tester). */
async function compatibleTester(model) {
  const { tester, 'tester-configs': configs } = options
  if (tester === undefined) return 0
  if (configs === undefined) throw new Error('--tester needs --tester-configs, its configs folder')
  const models = join(options.out, 'models.yaml')
  const profile = {
    name: model,
    chat_model: model,
    responses_model: model,
    chat_max_tokens_param: 'max_completion_tokens',
  }
  // JSON is YAML.
  writeFileSync(models, JSON.stringify({ profiles: [profile] }))
  const config = (name) => join(resolve(configs), name)
  const suites = [
    ['suite.yaml'],
    ['suite_responses_extended.yaml', 'capabilities_responses_extended.yaml'],
  ]
  let failed = 0
  for (const [suite, capabilities] of suites) {
    const folder = mkdtempSync(join(options.out, 'tester-'))
    const [program, ...first] = tester.split(' ')
    const files = [
      '--models',
      models,
      '--suite',
      config(suite),
      '--clients',
      config('clients.yaml'),
    ]
    const more = capabilities ? ['--capabilities', config(capabilities)] : []
    const endpoints = ['--endpoints', config('endpoints.yaml'), '--base-url', house.url]
    const how = ['--no-tui', '--json', '--mode', 'strict', '--out-dir', folder]
    const args = [...first, ...files, ...more, ...endpoints, ...how]
    const { stderr } = await run(program, args, { OPENAI_API_KEY: KEY })
    const written = /Writing reports to (\S+)/.exec(stderr)?.[1]
    if (written === undefined) throw new Error(`${tester} gave no result:\n${stderr}`)
    const log = readFileSync(join(written, 'full_log.jsonl'), 'utf8').trim().split('\n')
    const tests = log.map((line) => JSON.parse(line))
    const broken = tests.filter(
      (one) => one.spec_status !== 'pass' && one.spec_status !== 'unsupported',
    )
    const passed = tests.filter((one) => one.spec_status === 'pass').length
    tell(`openai-compatible-tester, ${suite}`, model, passed, broken.length)
    for (const one of tests) {
      if (one.spec_status === 'pass') continue
      console.log(`  ${one.spec_status} ${one.test_id}: ${one.error_message}`)
    }
    failed += broken.length
  }
  return failed
}

function tell(suite, model, passed, failed) {
  console.log(`${suite}, ${model}: ${passed} passed, ${failed} failed`)
}

/** The emulator, what makes it understand the suites' prompts, and the gateway before both. */
async function openHouse() {
  const { createEmulator } = await import(join(root, 'dist', 'emulator.js'))
  const emulator = await createEmulator()
  const mind = await openMind(emulator.url)
  const home = mkdtempSync(join(tmpdir(), 'jetway-conformance-'))
  const gateway = spawn(
    process.execPath,
    [join(root, 'dist', 'jetway.js'), 'start', '--port', '0'],
    {
      cwd: home,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        JETWAY_DATA_DIR: join(home, 'data'),
        JETWAY_DISCOVERY: 'off',
        JETWAY_MASTER_KEY: KEY,
        COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
        GITHUB_COPILOT_TOKEN_DIR: join(home, 'tokens'),
        GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
        GITHUB_COPILOT_API_BASE: mind.url,
      },
    },
  )
  const url = await new Promise((found, failed) => {
    gateway.once('exit', (code) => failed(new Error(`the gateway ended with ${code}`)))
    gateway.stdout.setEncoding('utf8').on('data', (text) => {
      const match = /listening on (http:\S+)/.exec(text)
      if (match) found(match[1])
    })
  })
  return {
    url,
    async close() {
      gateway.removeAllListeners('exit')
      gateway.kill('SIGTERM')
      await new Promise((done) => gateway.once('exit', done))
      mind.close()
      await emulator.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Hands every call on to the emulator, the prompts of the suites put into the emulator's own words. */
async function openMind(target) {
  const server = createServer((incoming, outgoing) => {
    const chunks = []
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = understood(Buffer.concat(chunks))
      const headers = { ...incoming.headers, 'content-length': String(body.length) }
      const onward = request(
        target + incoming.url,
        { method: incoming.method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode, answer.headers)
          answer.pipe(outgoing)
        },
      )
      onward.on('error', () => outgoing.destroy())
      outgoing.on('close', () => onward.destroy())
      onward.end(body)
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

function run(program, args, environment = {}) {
  return new Promise((done, failed) => {
    const env = { ...process.env, ...environment }
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.once('error', failed)
    child.once('close', (code) => done({ code, stdout, stderr }))
  })
}
