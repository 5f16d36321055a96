/**
 * The bytes the bench upstream answers with. All are made once, before the first call: the upstream
 * shares a core with the load, and what it spends is not there for the gateway to be loaded with.
 *
 * @import { Flavour, Wire } from '../types.ts'
 */

/** The length of one whole server-sent event of a `clean` stream. */
export const EVENT_BYTES = 216
/** The length of the body of a `clean` whole answer. */
export const ANSWER_BYTES = 700

const ID = 'chatcmpl-Bench0000000000000000'
const CREATED = 1_763_700_000
const CHAT_MODEL = 'gpt-4o-2024-11-20'
const WORDS = 'the quick relay hands every byte over while it arrives and keeps none of them '

/** @param {number} length */
function filler(length) {
  return WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length)
}

/**
 * Fills the text in so that the result has exactly the wanted length.
 *
 * @param {number} length
 * @param {(text: string) => string} render
 * @param {string} start
 */
function fitted(length, render, start) {
  const room = length - Buffer.byteLength(render(start))
  if (room < 0) throw new RangeError(`no room for text: ${-room} bytes too long`)
  const text = start + filler(room)
  return { text, rendered: render(text) }
}

/** @param {string} type @param {object} data */
function named(type, data) {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

/** @param {object} data */
function bare(data) {
  return `data: ${JSON.stringify(data)}\n\n`
}

const filtered = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
}
const chatUsage = {
  prompt_tokens: 150,
  completion_tokens: 120,
  total_tokens: 270,
  prompt_tokens_details: { cached_tokens: 0 },
}
const responsesUsage = {
  input_tokens: 150,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 120,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 270,
}

/** @typedef {{ body: string, text: string }} Whole */

/** @type {Record<Wire, (flavour: Flavour) => Whole>} */
const wholes = {
  chat(flavour) {
    const { text, rendered } = fitted(
      ANSWER_BYTES,
      (content) =>
        JSON.stringify({
          id: ID,
          object: 'chat.completion',
          created: CREATED,
          model: CHAT_MODEL,
          system_fingerprint: 'fp_bench00000',
          choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
          usage: chatUsage,
        }),
      'Hello. ',
    )
    if (flavour === 'clean') return { body: rendered, text }
    // Copilot's own: no `object`, no `created`, padding inside the message, filter results around it.
    const message = { role: 'assistant', content: text, padding: 'abcdefghijklm' }
    const body = JSON.stringify({
      choices: [{ finish_reason: 'stop', index: 0, content_filter_results: filtered, message }],
      id: ID,
      model: CHAT_MODEL,
      system_fingerprint: 'fp_bench00000',
      usage: chatUsage,
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: filtered }],
    })
    return { body, text }
  },

  responses() {
    const text = `Hello. ${filler(300)}`
    const content = [{ type: 'output_text', text, annotations: [] }]
    const output = [
      { type: 'message', id: 'msg_bench', role: 'assistant', status: 'completed', content },
    ]
    return { body: JSON.stringify(responseObject('completed', output)), text }
  },

  messages() {
    const text = `Hello. ${filler(300)}`
    const body = JSON.stringify({
      ...messageObject(),
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 150, output_tokens: 120 },
    })
    return { body, text }
  },
}

/** @param {'in_progress' | 'completed'} status @param {object[]} output */
function responseObject(status, output) {
  return {
    id: 'resp_bench0000000000000000',
    object: 'response',
    created_at: CREATED,
    status,
    model: 'gpt-5.4',
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    ...(status === 'completed' ? { usage: responsesUsage } : {}),
  }
}

function messageObject() {
  return {
    id: 'msg_bdrk_bench0000000000',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 150, output_tokens: 1 },
  }
}

/** @typedef {{ opening: string, chunks: string[], closing: string, text: string }} Stream */

/** @type {Record<Wire, (chunks: number, flavour: Flavour) => Stream>} */
const streams = {
  chat(count, flavour) {
    const quirky = flavour === 'quirky'
    const shared = {
      created: CREATED,
      id: ID,
      ...(quirky ? {} : { object: 'chat.completion.chunk' }),
      model: CHAT_MODEL,
    }
    /** @param {object} delta @param {object} more */
    const chunk = (delta, more = {}) => bare({ choices: [{ index: 0, delta, ...more }], ...shared })
    /** @param {string} content */
    const content = (content) =>
      chunk({ content }, quirky ? { content_filter_results: {} } : { finish_reason: null })
    const filterOnly = bare({
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: filtered }],
    })
    const role = chunk({ role: 'assistant', content: '' }, { finish_reason: null })
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ...shared }
    return {
      opening: quirky ? filterOnly + role : role,
      ...many(count, content),
      closing: `${bare({ ...last, usage: chatUsage })}data: [DONE]\n\n`,
    }
  },

  responses(count) {
    const place = { item_id: 'msg_bench', output_index: 0, content_index: 0 }
    const item = { type: 'message', id: 'msg_bench', role: 'assistant' }
    const opened = { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }
    /** @param {string} delta */
    const delta = (delta) => named('response.output_text.delta', { ...place, delta })
    const { chunks, text } = many(count, delta)
    const part = { type: 'output_text', text, annotations: [] }
    const done = { ...item, status: 'completed', content: [part] }
    return {
      opening:
        named('response.created', { response: responseObject('in_progress', []) }) +
        named('response.output_item.added', opened) +
        named('response.content_part.added', { ...place, part: { ...part, text: '' } }),
      chunks,
      closing:
        named('response.output_text.done', { ...place, text }) +
        named('response.content_part.done', { ...place, part }) +
        named('response.output_item.done', { output_index: 0, item: done }) +
        named('response.completed', { response: responseObject('completed', [done]) }),
      text,
    }
  },

  messages(count) {
    /** @param {string} text */
    const delta = (text) =>
      named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
    const block = { index: 0, content_block: { type: 'text', text: '' } }
    return {
      opening:
        named('message_start', { message: messageObject() }) + named('content_block_start', block),
      ...many(count, delta),
      closing:
        named('content_block_stop', { index: 0 }) +
        named('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 120 },
        }) +
        named('message_stop', {}),
    }
  },
}

/**
 * The same number of chunks, each told from the next by its number, all of one length.
 *
 * @param {number} count
 * @param {(text: string) => string} render
 */
function many(count, render) {
  const made = Array.from({ length: count }, (_, at) => fitted(EVENT_BYTES, render, `${at} `))
  return {
    chunks: made.map(({ rendered }) => rendered),
    text: made.map(({ text }) => text).join(''),
  }
}

/** @param {Wire} wire @param {Flavour} flavour */
export function wholeAnswer(wire, flavour) {
  return wholes[wire](flavour)
}

/** @param {Wire} wire @param {number} chunks @param {Flavour} flavour */
export function streamedAnswer(wire, chunks, flavour) {
  return streams[wire](chunks, flavour)
}
