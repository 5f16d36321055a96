/**
 * What every row that makes calls needs: the request, and proof that the answers are answers.
 *
 * @import { CallKind, Pace, Route, Running, Wire } from '../types.ts'
 */

import { promptBody, requestText } from '../load/prompts.mjs'
import { streamedAnswer, wholeAnswer } from '../upstream/answers.mjs'

const TIMEOUT_MS = 30_000
const SHOWN_BYTES = 300

/** @param {CallKind} kind @param {Running} running */
export function requestFor(kind, running) {
  const route = running.route(kind)
  if (route === undefined) throw new Error(`${running.name} has no such call`)
  const content = promptBody(kind, route)
  return { route, request: requestText(route, running.port, running.headers, content) }
}

/**
 * Makes one call and compares its text to what the upstream sent: a gateway that is fast because it
 * answers wrongly is not measured at all.
 *
 * @param {CallKind} kind
 * @param {Pace} pace
 * @param {Running} running
 */
export async function proveAnswer(kind, pace, running) {
  const route = /** @type {Route} */ (running.route(kind))
  const response = await fetch(`http://127.0.0.1:${running.port}${route.path}`, {
    method: 'POST',
    headers: { ...running.headers, 'content-type': 'application/json' },
    body: promptBody(kind, route),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`status ${response.status}: ${body.slice(0, SHOWN_BYTES)}`)
  const sent = kind.stream
    ? streamedAnswer(kind.wire, pace.chunks, pace.flavour).text
    : wholeAnswer(kind.wire, pace.flavour).text
  const received = kind.stream ? streamedText(route.dialect, body) : wholeText(route.dialect, body)
  if (received !== sent) throw new Error(`wrong answer: ${body.slice(0, SHOWN_BYTES)}`)
}

/** @param {Wire} dialect @param {string} body */
export function wholeText(dialect, body) {
  const answer = JSON.parse(body)
  if (dialect === 'chat') return answer.choices?.[0]?.message?.content
  if (dialect === 'messages') return joined(answer.content)
  return joined(answer.output?.flatMap((/** @type {any} */ item) => item.content ?? []))
}

/** @param {{ text?: string }[] | undefined} parts */
function joined(parts) {
  return parts?.map(({ text }) => text ?? '').join('')
}

/** @param {Wire} dialect @param {string} body */
export function streamedText(dialect, body) {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line) => delta(dialect, JSON.parse(line.slice('data:'.length))))
    .join('')
}

/** @param {Wire} dialect @param {any} event @returns {string} */
function delta(dialect, event) {
  if (dialect === 'chat') return event.choices?.[0]?.delta?.content ?? ''
  if (dialect === 'messages') return event.delta?.text ?? ''
  return event.type === 'response.output_text.delta' ? event.delta : ''
}
