/**
 * PyPI's LiteLLM proxy, one worker, with its master key. Its `openai/` provider is used, which does
 * less per call than its `github_copilot/` one.
 *
 * @import { Gateway, Place } from '../types.ts'
 */

import { execFile } from 'node:child_process'
import { access, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { WIRES } from './wires.mjs'

const run = promisify(execFile)
const VERSION = '1.102.4'
const MASTER_KEY = 'sk-bench'
const CHAT_FOR_ANTHROPIC = 'chat-for-anthropic'

/** @param {string} environmentFolder @param {Place} place */
async function command(environmentFolder, { port, upstreamPort, folder }) {
  const config = path.join(folder, 'litellm.yaml')
  await writeFile(config, configuration(upstreamPort))
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--num_workers', '1']
  return {
    file: path.join(environmentFolder, 'bin', 'litellm'),
    args: ['--config', config, ...listen, '--telemetry', 'False'],
    env: { HOME: folder, LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  }
}

/** @type {Gateway} */
export const litellm = {
  name: 'litellm',
  title: `LiteLLM ${VERSION}`,
  readyPath: '/health/liveliness',
  startTimeoutMs: 120_000,

  async prepare({ cacheFolder, install, say }) {
    const environmentFolder = path.join(cacheFolder, `litellm-${VERSION}`)
    const program = path.join(environmentFolder, 'bin', 'litellm')
    const isThere = await access(program).then(
      () => true,
      () => false,
    )
    if (!isThere) {
      if (!install) throw new Error('LiteLLM is not installed, and --no-install was given')
      say(`installing LiteLLM ${VERSION} into ${environmentFolder}`)
      await run('python3', ['-m', 'venv', environmentFolder])
      const pip = path.join(environmentFolder, 'bin', 'pip')
      // Wheels only: nothing is built, no install script runs.
      const flags = ['--quiet', '--only-binary', ':all:']
      await run(pip, ['install', ...flags, `litellm[proxy]==${VERSION}`])
    }
    return { version: VERSION, command: (place) => command(environmentFolder, place) }
  },

  route({ dialect, wire }) {
    if (dialect === 'responses' || wire === 'messages') return undefined
    const isTranslated = dialect === 'messages' && wire === 'chat'
    const model = isTranslated ? CHAT_FOR_ANTHROPIC : WIRES[wire].model
    return { dialect, path: WIRES[dialect].path, model }
  },

  async greet() {
    return { headers: { authorization: `Bearer ${MASTER_KEY}` }, notes: [] }
  },
}

/**
 * Anthropic clients of its `openai/` models are sent to the responses API, so that those that are to
 * reach chat completions come by another of its OpenAI-compatible providers.
 *
 * @param {number} upstreamPort
 */
function configuration(upstreamPort) {
  const providers = {
    [WIRES.chat.model]: `openai/${WIRES.chat.model}`,
    [WIRES.responses.model]: `openai/${WIRES.responses.model}`,
    [CHAT_FOR_ANTHROPIC]: `hosted_vllm/${WIRES.chat.model}`,
  }
  const upstream = { api_base: `http://127.0.0.1:${upstreamPort}/v1`, api_key: 'sk-bench' }
  const models = Object.entries(providers).map(([name, model]) => ({
    model_name: name,
    litellm_params: { model, ...upstream },
  }))
  // JSON is YAML.
  return JSON.stringify({ model_list: models, general_settings: { master_key: MASTER_KEY } })
}
