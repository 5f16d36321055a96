/** @import { WireForm } from './wires.mjs' */

/**
 * Reads a stream as strictly as a client may: every event is JSON, exactly one event ends it, and nothing follows.
 *
 * @param {WireForm} form
 */
export function createStreamReader(form) {
  const separator = form.lines ? '\n' : '\n\n'
  let rest = ''
  let text = ''
  let events = 0
  let ended = false
  /** @type {any} */
  let error
  /** @type {string | undefined} */
  let problem
  let damaged = false

  /** @param {string} data */
  const take = (data) => {
    /** @type {any} */
    let value = data
    if (data !== '[DONE]') {
      try {
        value = JSON.parse(data)
      } catch {
        damaged = true
        return
      }
    }
    events++
    const reading = form.event(value)
    if (ended && !(reading.echo && error !== undefined)) {
      problem ??= reading.end ? 'a second terminal event' : 'an event after the end'
    }
    if (!ended) text += reading.text ?? ''
    if (reading.end) ended = true
    error ??= reading.error
  }

  return {
    /** @param {string} piece */
    push(piece) {
      rest += piece
      for (let at = rest.indexOf(separator); at !== -1; at = rest.indexOf(separator)) {
        const block = rest.slice(0, at)
        rest = rest.slice(at + separator.length)
        const data = form.lines ? block : dataOf(block)
        if (data !== '') take(data)
      }
    },
    get events() {
      return events
    },
    /** What the stream was, once its connection ended in good order. */
    finish() {
      if (rest.trim() !== '') damaged = true
      return { text, ended, error, problem, damaged, events }
    },
  }
}

/** @param {string} block */
function dataOf(block) {
  return block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n')
}
