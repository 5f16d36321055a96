/**
 * What it takes to translate a conversation of 1 MB from one API's form into another's, against what `JSON.parse` and
 * `JSON.stringify` of it take: the least that any gateway which looks into a body has to do.
 *
 *   node bench/conversation.mjs            a table
 *   node bench/conversation.mjs --check    fails when a translation takes more than its budget
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const BYTES = 1_000_000
/** Times the parse and the stringify, these included. */
const BUDGET = 3
const MARGIN = 0.25
const ROUNDS = 9
const WIRES = /** @type {const} */ (['chat', 'messages', 'responses'])

const MODEL = {
  id: 'bench',
  name: 'Bench',
  vendor: 'none',
  kind: 'chat',
  wires: WIRES,
  webSocket: false,
  limits: {},
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'high'],
    adaptiveThinking: false,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}

/** The codecs as the gateway has them: they are inside the package and have no entry of their own. */
async function loadCodecs() {
  const source = `
    export { dialects, wires } from './src/dialects/index.ts'
    export { heal } from './src/dialects/healing/index.ts'
  `
  const folder = mkdtempSync(path.join(tmpdir(), 'jetway-bench-'))
  const outfile = path.join(folder, 'codecs.mjs')
  try {
    buildSync({
      stdin: { contents: source, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An agent's session: questions, thoughts, tool calls with their arguments, and what the tools read. */
function conversationBody() {
  const messages = [{ role: 'system', content: 'You are a careful engineer. '.repeat(80) }]
  const line =
    'export function sum(numbers) { return numbers.reduce((a, b) => a + b, 0) } // "ä" \\n\n'
  let size = 0
  for (let turn = 0; size < BYTES; turn += 1) {
    const id = `call_${turn}`
    const file = `src/part-${turn}.ts`
    const args = JSON.stringify({ path: file, limit: 200 })
    const turns = [
      { role: 'user', content: `Please look at ${file} and say what is wrong with it.` },
      {
        role: 'assistant',
        content: 'I read it first.',
        tool_calls: [{ id, type: 'function', function: { name: 'read_file', arguments: args } }],
      },
      { role: 'tool', tool_call_id: id, content: line.repeat(30) },
      { role: 'assistant', content: 'Nothing is wrong with it. '.repeat(20) },
    ]
    size += JSON.stringify(turns).length
    messages.push(...turns)
  }
  const parameters = {
    type: 'object',
    properties: { path: { type: 'string' }, limit: { type: 'integer' } },
    required: ['path'],
  }
  const tool = {
    type: 'function',
    function: { name: 'read_file', description: 'Reads', parameters },
  }
  return { model: 'bench', messages, tools: [tool], max_tokens: 1000 }
}

/** The best of some rounds: what others on the machine add is no part of it. @param {() => unknown} work */
function bestMs(work) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now()
    work()
    best = Math.min(best, performance.now() - startedAt)
  }
  return best
}

const { dialects, wires, heal } = await loadCodecs()
const NO_PATH = { params: {}, query: new Map() }
const first = dialects.get('chat').decodeRequest(conversationBody(), NO_PATH)

/** @param {(typeof WIRES)[number]} from @param {(typeof WIRES)[number]} to */
function measure(from, to) {
  const text = JSON.stringify(wires.get(from).encodeRequest(first, MODEL).body)
  const plainMs = bestMs(() => JSON.stringify(JSON.parse(text)))
  const translatedMs = bestMs(() => {
    const conversation = dialects.get(from).decodeRequest(JSON.parse(text), NO_PATH)
    const healed = heal(conversation, to, MODEL)
    return JSON.stringify(wires.get(to).encodeRequest(healed.conversation, MODEL).body)
  })
  return {
    from,
    to,
    bytes: text.length,
    'parse + stringify, ms': Number(plainMs.toFixed(1)),
    'translated, ms': Number(translatedMs.toFixed(1)),
    ratio: Number((translatedMs / plainMs).toFixed(2)),
  }
}

const pairs = WIRES.flatMap((from) => WIRES.filter((to) => to !== from).map((to) => ({ from, to })))
// Once for the compiler, which has seen none of it yet.
for (const { from, to } of pairs) measure(from, to)
const rows = pairs.map(({ from, to }) => measure(from, to))
console.table(rows)
const worst = Math.max(...rows.map(({ ratio }) => ratio))
console.log(`at most ${worst} times; the budget is ${BUDGET}`)
if (process.argv.includes('--check') && worst > BUDGET * (1 + MARGIN)) process.exitCode = 1
