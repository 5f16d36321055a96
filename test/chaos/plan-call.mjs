/**
 * @import { CallPlan } from './types.mjs'
 * @import { Phase } from './faults/phase.mjs'
 */
import { createRandom, seedOf } from './random.mjs'

/** What is asked, and how often: every dialect, relayed and translated, by SDK and by hand. */
const KINDS = /** @type {const} */ ([
  [16, ['raw', 'chat', 'gpt-4o']],
  [10, ['raw', 'messages', 'claude-sonnet-4.5']],
  [10, ['raw', 'responses', 'gpt-5.4']],
  [6, ['raw', 'chat', 'claude-sonnet-4.5']],
  [6, ['raw', 'messages', 'gpt-4o']],
  [6, ['raw', 'responses', 'gpt-4o']],
  [6, ['raw', 'chat', 'gpt-5.4']],
  [6, ['raw', 'gemini', 'gpt-4o']],
  [4, ['raw', 'gemini', 'claude-sonnet-4.5']],
  [6, ['raw', 'ollama', 'gpt-4o']],
  [8, ['sdk', 'chat', 'gpt-4o']],
  [6, ['sdk', 'responses', 'gpt-5.4']],
  [6, ['sdk', 'messages', 'claude-sonnet-4.5']],
])
const WORDS = ['alder', 'birch', 'cedar', 'elm', 'fir', 'hazel', 'juniper', 'larch', 'maple', 'oak']

/** The n-th call of a phase: the same for the same seed, whatever happened before. @param {number} seed @param {string} run @param {number} number @param {Phase} phase @param {readonly { readonly key: string, readonly owner: string }[]} keys @returns {CallPlan} */
export function planCall(seed, run, number, phase, keys) {
  const random = createRandom(seedOf(seed, `${run} ${number}`))
  const [client, wire, model] = random.weigh(KINDS)
  const id = `n${run}x${number}q`
  const { key, owner } = random.pick(keys)
  const words = random.weigh([
    [90, random.between(3, 12)],
    [9, random.between(40, 120)],
    [1, random.between(600, 1_500)],
  ])
  const filler = Array.from({ length: words }, () => random.pick(WORDS)).join(' ')
  const expected = `${id} ${filler} ${id}`
  const stream = random.chance(0.6)
  const away = phase.aborts !== undefined && random.chance(phase.aborts)
  /** @type {{ abortAfterMs?: number, abortAfterEvents?: number }} */
  const end = {}
  if (phase.abortAfterMs !== undefined) end.abortAfterMs = phase.abortAfterMs
  if (away && stream && client === 'raw' && random.chance(0.5))
    end.abortAfterEvents = random.between(0, 8)
  else if (away) end.abortAfterMs = random.between(0, 25)
  return {
    id,
    client,
    wire: phase.models ? 'chat' : wire,
    model: phase.models ? random.pick(phase.models) : model,
    stream,
    key,
    owner,
    prompt: `say: ${expected}`,
    expected,
    ...end,
    abort() {},
  }
}
