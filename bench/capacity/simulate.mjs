/**
 * A day of many developers, second by second: who calls when, how long answers stream, how many seats are in use.
 *
 * @import { Assumptions, SessionKind } from './assumptions.mjs'
 * @import { Random } from './random.mjs'
 */

import { createRandom } from './random.mjs'

export const DAY_SECONDS = 86_400

/** @typedef {ReturnType<typeof simulate>} Day */

/** @param {Assumptions} assumptions @param {number} seed */
export function simulate(assumptions, seed) {
  const random = createRandom(seed)
  const day = emptyDay()
  const { developers, atWork, offices } = assumptions
  const places = offices.map((office) => ({ share: office.share, item: office }))
  const hours = startShares(assumptions.startsByHour)
  const kinds = assumptions.sessions.map((kind) => ({ share: kind.share, item: kind }))
  let atWorkCount = 0
  for (let developer = 0; developer < developers; developer++) {
    if (random.next() >= atWork) continue
    atWorkCount++
    const { utcOffsetHours } = random.pick(places)
    const sessions = 1 + random.poisson(assumptions.furtherSessions)
    const seat = { tokenUntil: -1 }
    const starts = []
    for (let session = 0; session < sessions; session++) {
      starts.push((random.pick(hours) + random.next() - utcOffsetHours) * 3600)
    }
    starts.sort((a, b) => a - b)
    for (const start of starts)
      runSession(day, assumptions, random, random.pick(kinds), start, seat)
  }
  return { ...day, developers, atWork: atWorkCount }
}

function emptyDay() {
  /** One number for each second of the day; a day is a circle, so that nights of some are mornings of others. */
  const seconds = () => new Float64Array(DAY_SECONDS)
  return {
    calls: seconds(),
    large: seconds(),
    chunks: seconds(),
    tokens: seconds(),
    /** Changes of the number of open calls, of sessions and of seats that were used within the last tokens' life. */
    openChange: seconds(),
    sessionChange: seconds(),
    seatChange: seconds(),
    totals: { sessions: 0, calls: 0, chunks: 0, streamSeconds: 0 },
  }
}

/**
 * @param {ReturnType<typeof emptyDay>} day
 * @param {Assumptions} assumptions
 * @param {Random} random
 * @param {SessionKind} kind
 * @param {number} start
 * @param {{ tokenUntil: number }} seat
 */
function runSession(day, assumptions, random, kind, start, seat) {
  const { longestSessionCalls, longestStreamSeconds, firstChunkSeconds, chunksPerSecond } =
    assumptions
  const calls = Math.min(longestSessionCalls, Math.max(1, Math.round(random.logNormal(kind.calls))))
  let at = start
  for (let call = 0; call < calls; call++) {
    const lasts = Math.min(longestStreamSeconds, random.logNormal(kind.streamSeconds))
    add(day.calls, at, 1)
    if (random.next() < kind.largePrompt) add(day.large, at, 1)
    during(day.openChange, at, at + lasts)
    if (random.next() >= assumptions.wholeShare) {
      const streaming = Math.max(0, lasts - firstChunkSeconds)
      spread(day.chunks, at + lasts - streaming, streaming, chunksPerSecond)
      day.totals.chunks += streaming * chunksPerSecond
    }
    useSeat(day, seat, at, assumptions.tokenSeconds)
    day.totals.streamSeconds += lasts
    at += lasts + random.logNormal(kind.gapSeconds)
  }
  during(day.sessionChange, start, at)
  day.totals.sessions++
  day.totals.calls += calls
}

/**
 * A token is fetched when the last one has run out; the seat stays in memory about as long.
 *
 * @param {ReturnType<typeof emptyDay>} day
 * @param {{ tokenUntil: number }} seat
 * @param {number} at
 * @param {number} tokenSeconds
 */
function useSeat(day, seat, at, tokenSeconds) {
  if (at < seat.tokenUntil) return
  add(day.tokens, at, 1)
  during(day.seatChange, at, at + tokenSeconds)
  seat.tokenUntil = at + tokenSeconds
}

/** @param {Float64Array} seconds @param {number} at @param {number} amount */
function add(seconds, at, amount) {
  const second = circular(Math.floor(at))
  seconds[second] = (seconds[second] ?? 0) + amount
}

/** One more from here to there; what goes on past midnight was there at the beginning. @param {Float64Array} changes @param {number} from @param {number} until */
function during(changes, from, until) {
  const first = circular(Math.floor(from))
  const end = first + Math.min(DAY_SECONDS, Math.floor(until) - Math.floor(from))
  add(changes, first, 1)
  if (end < DAY_SECONDS) add(changes, end, -1)
  else {
    add(changes, 0, 1)
    add(changes, end - DAY_SECONDS, -1)
  }
}

/** @param {Float64Array} seconds @param {number} from @param {number} lasts @param {number} perSecond */
function spread(seconds, from, lasts, perSecond) {
  const until = from + lasts
  for (let at = from; at < until;) {
    const next = Math.min(until, Math.floor(at) + 1)
    add(seconds, at, (next - at) * perSecond)
    at = next
  }
}

/** @param {number} second */
function circular(second) {
  return ((second % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS
}

/** @param {readonly number[]} parts */
function startShares(parts) {
  const whole = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part, hour) => ({ share: part / whole, item: hour }))
}

/** How many there are in each second. @param {Float64Array} changes */
export function levelsOf(changes) {
  let level = 0
  return changes.map((change) => (level += change))
}

/** The busiest minute's average, and the busiest second. @param {Float64Array} seconds */
export function peaksOf(seconds) {
  let minute = 0
  let sum = 0
  let second = 0
  for (let at = 0; at < seconds.length; at++) {
    const value = seconds[at] ?? 0
    sum += value - (at >= 60 ? (seconds[at - 60] ?? 0) : 0)
    if (at >= 59) minute = Math.max(minute, sum / 60)
    second = Math.max(second, value)
  }
  return { minute, second }
}

/** What the day asks of a cluster at its busiest. @param {Day} day */
export function demandOf(day) {
  return {
    developers: day.developers,
    atWork: day.atWork,
    sessions: day.totals.sessions,
    calls: day.totals.calls,
    meanStreamSeconds: day.totals.streamSeconds / day.totals.calls,
    callsPerSecond: peaksOf(day.calls),
    largePerSecond: peaksOf(day.large),
    chunksPerSecond: peaksOf(day.chunks),
    tokensPerSecond: peaksOf(day.tokens),
    openCalls: peaksOf(levelsOf(day.openChange)),
    openSessions: peaksOf(levelsOf(day.sessionChange)),
    activeSeats: peaksOf(levelsOf(day.seatChange)),
  }
}

/** @typedef {ReturnType<typeof demandOf>} Demand */
