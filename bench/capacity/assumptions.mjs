/**
 * What is taken for true of 100,000 developers. Nothing here was measured at anyone's: each line is a guess that can be
 * replaced by one's own numbers (`--assumptions FILE`), and the page prints them all.
 */

/** @typedef {{ median: number, sigma: number }} LogNormal */
/**
 * @typedef {object} SessionKind
 * @property {string} name
 * @property {number} share of all sessions
 * @property {LogNormal} calls in one session
 * @property {LogNormal} gapSeconds from the end of an answer to the next call
 * @property {LogNormal} streamSeconds from the call to the last chunk
 * @property {number} largePrompt share of calls with a conversation of 300 KB, the others have a small one
 */
/** @typedef {typeof ASSUMPTIONS} Assumptions */

export const ASSUMPTIONS = {
  developers: 100_000,
  /** Who works at all on this day. */
  atWork: 0.7,
  /** Where they sit: share of all, and hours from UTC. */
  offices: [
    { name: 'Americas', share: 0.4, utcOffsetHours: -6 },
    { name: 'Europe', share: 0.35, utcOffsetHours: 1 },
    { name: 'Asia', share: 0.25, utcOffsetHours: 8 },
  ],
  /** When a session begins, by the hour of the local day; parts of the whole. */
  startsByHour: [0, 0, 0, 0, 0, 0, 1, 3, 8, 13, 14, 11, 6, 10, 13, 12, 9, 5, 3, 2, 1, 1, 0, 0],
  /** Sessions a day: one, and as many more as Poisson gives for this mean. */
  furtherSessions: 3,
  /** @type {readonly SessionKind[]} */
  sessions: [
    {
      name: 'chat in the editor',
      share: 0.6,
      calls: { median: 6, sigma: 0.9 },
      gapSeconds: { median: 45, sigma: 1 },
      streamSeconds: { median: 6, sigma: 0.7 },
      largePrompt: 0.05,
    },
    {
      name: 'agent at work',
      share: 0.4,
      calls: { median: 40, sigma: 1 },
      gapSeconds: { median: 2, sigma: 1 },
      streamSeconds: { median: 9, sigma: 0.8 },
      largePrompt: 0.5,
    },
  ],
  longestSessionCalls: 2000,
  longestStreamSeconds: 600,
  /** The first chunk comes after this; from then on so many a second. */
  firstChunkSeconds: 1.5,
  chunksPerSecond: 50,
  /** Calls that are not streamed. */
  wholeShare: 0.1,
  /** How long a Copilot token serves before it is renewed, in seconds. */
  tokenSeconds: 1500,
  /** Connections that a developer's tools keep open towards the gateway while in a session. */
  clientConnections: 2,
}
