// Installs the real clients that the tests in this folder run, into `.cache/clients` (not committed).
//
//   node test/clients/install.mjs            everything
//   node test/clients/install.mjs python     only those named: python, aider, fuzz, npm, ai-sdk
//
// Versions are pinned so that a failing test is ours and not last night's release. Install scripts stay off, but for the two
// that put a native program, which npm has just installed beside them, where its package looks for it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache', 'clients')

const NPM = {
  '@anthropic-ai/claude-code': '2.1.197',
  '@openai/codex': '0.169.0',
  '@github/copilot': '1.0.102',
  'opencode-ai': '1.18.33',
  '@google/gemini-cli': '0.61.0',
  '@qwen-code/qwen-code': '0.15.10',
  '@continuedev/cli': '1.5.47',
}
const NPM_SCRIPTS = ['opencode-ai/postinstall.mjs', '@anthropic-ai/claude-code/install.cjs']
/** The line that needs a newer Node than ours: beside the one that is a development dependency. */
const AI_SDK = { ai: '7.0.173', zod: '4.6.7' }
const PYTHON = { openai: '2.54.0', anthropic: '2.11.0', litellm: '1.106.2' }
/** Pins some hundred packages of its own, and so stands by itself. */
const AIDER = { 'aider-chat': '0.86.2' }
/** No client: it fuzzes the HTTP surface. */
const FUZZ = { schemathesis: '4.32.5', hypothesis: '6.170.15' }

const wanted = process.argv.slice(2)
if (wanted.length === 0 || wanted.includes('npm')) installNpm('node', NPM, NPM_SCRIPTS)
if (wanted.length === 0 || wanted.includes('ai-sdk')) installNpm('ai-sdk', AI_SDK, [])
if (wanted.length === 0 || wanted.includes('python')) installPython('python', PYTHON)
if (wanted.length === 0 || wanted.includes('aider')) installPython('aider', AIDER)
if (wanted.length === 0 || wanted.includes('fuzz')) installPython('fuzz', FUZZ)

function installNpm(name, pins, scripts) {
  const folder = join(cache, name)
  once(folder, pins, () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
    const packages = Object.entries(pins).map(([name, version]) => `${name}@${version}`)
    run(
      'npm',
      ['install', '--no-save', '--ignore-scripts', '--engine-strict=false', ...packages],
      folder,
    )
    for (const script of scripts) run('node', [join('node_modules', script)], folder)
  })
}

function installPython(name, pins) {
  const folder = join(cache, name)
  once(folder, pins, () => {
    run('python3', ['-m', 'venv', 'venv'], folder)
    const packages = Object.entries(pins).map(([name, version]) => `${name}==${version}`)
    run(join(folder, 'venv/bin/pip'), ['install', '--quiet', ...packages], folder)
  })
}

/** Leaves a list of what it installed, so that a second run is free and a changed pin is noticed. */
function once(folder, pins, install) {
  mkdirSync(folder, { recursive: true })
  const stamp = join(folder, 'installed.json')
  const text = JSON.stringify(pins, null, 2)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === text) {
    console.error(`${folder}: up to date`)
    return
  }
  console.error(`installing into ${folder} …`)
  install()
  writeFileSync(stamp, text)
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
}
