/**
 * Every finished call is written down once: what the clients saw, what came in at the emulator and what the gateway
 * wrote are held against each other.
 *
 * @import { House } from '../house.mjs'
 * @import { CallResult } from '../types.mjs'
 */
import { request } from 'undici'
import { KEY } from '../processes/start-gateway.mjs'

/** @typedef {{ times: number, outcome: string, status: number, owner: string | undefined }} Row */
/** @typedef {{ readonly source: string, readonly rows: Map<string, Row> }} Book */

/** A single process that is killed may not have written what it finished this shortly before. */
const UNWRITTEN_MS = 1_500
/**
 * One of several workers has a call in its journal before the end of its answer leaves, but in the same turn as a stream's last
 * event, by which many clients go: what one had in that very moment may be missing. No two of a kill's calls can share it but by chance.
 */
const UNWRITTEN_PER_KILL = 0.05

/** The calls of the log: one line for each. @param {House} house @returns {Book} */
export function readLog(house) {
  const rows = new Map()
  for (const { msg, id, outcome, status } of house.lines) {
    if (msg === 'call' && id !== undefined)
      note(rows, id, String(outcome), Number(status), undefined)
  }
  return { source: 'log', rows }
}

/** The ledger as `/spend/logs` shows it; `undefined` where this gateway has none. @param {House} house @returns {Promise<Book | undefined>} */
export async function readLedger(house) {
  const rows = new Map()
  // To be asked makes a gateway write what it has kept while the database was away, instead of a few seconds later.
  for (const { direct } of house.gateways) {
    const { body } = await request(`${direct}/spend/logs?limit=1`, {
      headers: { authorization: `Bearer ${KEY}`, connection: 'close' },
      reset: true,
    })
    await body.dump()
  }
  // Replicas share one ledger; a gateway without Postgres has its own.
  const gateways = house.sharedLedger ? house.gateways.slice(0, 1) : house.gateways
  for (const { direct } of gateways) {
    let cursor = ''
    do {
      const query = `limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
      const { statusCode, body } = await request(`${direct}/spend/logs?${query}`, {
        headers: { authorization: `Bearer ${KEY}`, connection: 'close' },
        reset: true,
      })
      if (statusCode === 404) {
        await body.dump()
        return undefined
      }
      const page = /** @type {any} */ (await body.json())
      if (statusCode !== 200) throw new Error(`/spend/logs: ${statusCode} ${JSON.stringify(page)}`)
      for (const { request_id: id, outcome, status_code: status, key_alias: owner } of page.logs) {
        note(rows, id, outcome, status, owner ?? 'master')
      }
      cursor = page.next ?? ''
    } while (cursor !== '')
  }
  return { source: '/spend/logs', rows }
}

/** @param {Map<string, Row>} rows @param {string} id @param {string} outcome @param {number} status @param {string | undefined} owner */
function note(rows, id, outcome, status, owner) {
  const row = rows.get(id)
  if (row === undefined) rows.set(id, { times: 1, outcome, status, owner })
  else row.times++
}

/**
 * @param {object} input
 * @param {House} input.house
 * @param {Book} input.book
 * @param {ReadonlyMap<string, CallResult>} input.results
 */
export function checkBook({ house, book, results }) {
  const { rows, source } = book
  const refused = new Set(house.lines.filter(({ msg }) => msg === 'refused').map(({ id }) => id))
  const kills = house.gateways.flatMap(({ killedAt }) => killedAt)
  const findings = createFindings()
  let unwritten = 0
  const nearKill = (/** @type {number} */ endedAt, /** @type {number} */ ms) =>
    kills.some((at) => Math.abs(endedAt - at) < ms)
  for (const [id, { outcome, endedAt, plan }] of results) {
    const row = rows.get(id)
    if (row !== undefined && row.times > 1) {
      findings.add(`written ${row.times} times`, id)
      continue
    }
    // An error without our id is one of a request that could not be read.
    const reached =
      outcome.kind === 'answer' || (outcome.kind === 'error' && outcome.requestId === id)
    if (row === undefined) {
      if (!reached || refused.has(id)) continue
      if (nearKill(endedAt, UNWRITTEN_MS)) unwritten++
      else findings.add(`not written: ${outcome.kind} ${outcome.status ?? ''} ${plan.wire}`, id)
      continue
    }
    if (row.owner !== undefined && row.owner !== plan.owner) {
      findings.add(`written as ${row.owner}’s, and ${plan.owner} called`, id)
    }
    if (outcome.kind === 'answer' && row.outcome !== 'ok') {
      findings.add(`written as ${row.outcome}, and the client had its answer`, id)
    }
    if (outcome.kind === 'error' && row.outcome === 'ok') {
      findings.add('written as ok, and the client had an error', id)
    }
    if (outcome.kind === 'error' && outcome.status !== 200 && row.status !== outcome.status) {
      findings.add(`written with ${row.status}, and the client saw ${outcome.status}`, id)
    }
  }
  for (const [nonce, outcome, status] of house.seen) {
    if (outcome !== 'complete' || status !== 200 || rows.has(nonce)) continue
    const { endedAt = 0, outcome: seen } = results.get(nonce) ?? {}
    // Counted above, where the client had its answer; else its process died in the midst of it.
    if (nearKill(endedAt, UNWRITTEN_MS * 2) || seen?.kind === 'answer') continue
    findings.add('answered by the upstream and not written', nonce)
  }
  if (house.keepsMoments && unwritten > kills.length * UNWRITTEN_PER_KILL) {
    findings.add(`${unwritten} answered and lost with ${kills.length} killed workers`, '')
  }
  for (const id of rows.keys()) {
    if (/^n[0-9a-z]+x\d+q$/.test(id) && !results.has(id))
      findings.add('written, and nobody called', id)
  }
  return { source, rows: rows.size, unwritten, findings: findings.read() }
}

function createFindings() {
  /** @type {Map<string, { times: number, id: string }>} */
  const kinds = new Map()
  return {
    /** @param {string} kind @param {string} id */
    add(kind, id) {
      const known = kinds.get(kind)
      if (known === undefined) kinds.set(kind, { times: 1, id })
      else known.times++
    },
    read: () => [...kinds].map(([kind, { times, id }]) => `${times} × ${kind} (${id})`),
  }
}
