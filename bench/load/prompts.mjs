/**
 * The requests a client sends, head and body, made once for each job.
 *
 * @import { CallKind, Route, Wire } from '../types.ts'
 */

const SMALL_PROMPT_BYTES = 600
const LARGE_PROMPT_BYTES = 300_000
const LARGE_TURNS = 60

/** Code and prose as an agent sends them: quotes, newlines and backslashes, so that JSON has work. */
const LINE = 'const line = read("src\\\\relay.ts")\n\t// keeps "none" of the bytes it hands over\n'

/** @param {number} length */
function prose(length) {
  return LINE.repeat(Math.ceil(length / LINE.length)).slice(0, length)
}

/** @param {CallKind['prompt']} prompt */
function turns(prompt) {
  if (prompt === 'small') return [{ role: 'user', content: 'Say hello, and say it at length. ' }]
  const each = Math.floor(LARGE_PROMPT_BYTES / LARGE_TURNS)
  // JSON escapes make the text longer; the last turn is then fitted to the whole.
  const content = prose(Math.floor(each * 0.85))
  return Array.from({ length: LARGE_TURNS - 1 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content,
  })).concat({ role: 'user', content: 'And now? ' })
}

/**
 * @param {Wire} dialect
 * @param {{ model: string, stream: boolean, messages: { role: string, content: string }[] }} call
 */
function body(dialect, { model, stream, messages }) {
  const system = 'You are a helpful assistant.'
  const streaming = stream ? { stream: true } : {}
  if (dialect === 'messages') return { model, max_tokens: 1024, system, messages, ...streaming }
  if (dialect === 'responses') return { model, instructions: system, input: messages, ...streaming }
  const all = [{ role: 'system', content: system }, ...messages]
  return { model, messages: all, max_tokens: 1024, ...streaming }
}

/**
 * A body of exactly the wanted length: what is missing goes to the last turn.
 *
 * @param {CallKind} kind
 * @param {Route} route
 */
export function promptBody(kind, route) {
  const wanted = kind.prompt === 'small' ? SMALL_PROMPT_BYTES : LARGE_PROMPT_BYTES
  const messages = turns(kind.prompt)
  const call = { model: route.model, stream: kind.stream, messages }
  const missing = wanted - Buffer.byteLength(JSON.stringify(body(route.dialect, call)))
  const last = messages.at(-1)
  if (missing < 0 || last === undefined) throw new RangeError(`${-missing} bytes too many`)
  last.content += 'x'.repeat(missing)
  return JSON.stringify(body(route.dialect, call))
}

/**
 * @param {Route} route
 * @param {number} port
 * @param {Readonly<Record<string, string>>} headers
 * @param {string} content
 */
export function requestText(route, port, headers, content) {
  const all = {
    host: `127.0.0.1:${port}`,
    'user-agent': 'jetway-bench',
    accept: '*/*',
    'content-type': 'application/json',
    ...(route.dialect === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
    ...headers,
    'content-length': String(Buffer.byteLength(content)),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `POST ${route.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${content}`
}
