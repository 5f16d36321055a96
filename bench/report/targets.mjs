/**
 * What Jetway promises about speed, and whether this run kept it.
 *
 * `limit` must hold in every release; `goal` is where the path of a call is to get to.
 *
 * @import { Summary } from './summary.mjs'
 */

/**
 * @typedef {object} Target
 * @property {string} title
 * @property {string} unit
 * @property {'at most' | 'at least'} sense
 * @property {number} [limit]
 * @property {number} goal
 * @property {(summary: Summary) => number | undefined} reached
 */

/** @typedef {'yes' | 'limit only' | 'no' | 'not measured'} Verdict */

const US = 'jetway'

/** @type {readonly Target[]} */
export const TARGETS = [
  {
    title: 'CPU per whole call, against nginx',
    unit: '×',
    sense: 'at most',
    limit: 6,
    goal: 5,
    reached: ({ ratio }) => ratio('whole', US, 'cpuUs'),
  },
  {
    title: 'CPU per relayed chunk, against nginx',
    unit: '×',
    sense: 'at most',
    limit: 3,
    goal: 2.2,
    reached: ({ ratio }) => ratio('stream', US, 'cpuUs'),
  },
  {
    title: "copilot-api's CPU per whole call, against ours",
    unit: '×',
    sense: 'at least',
    goal: 12,
    reached: ({ ratio }) => ratio('whole', 'copilot-api', 'cpuUs', US),
  },
  {
    title: "Portkey's CPU per whole call, against ours",
    unit: '×',
    sense: 'at least',
    goal: 18,
    reached: ({ ratio }) => ratio('whole', 'portkey', 'cpuUs', US),
  },
  {
    title: "Bifrost's CPU per whole call, against ours",
    unit: '×',
    sense: 'at least',
    goal: 1,
    reached: ({ ratio }) => ratio('whole', 'bifrost', 'cpuUs', US),
  },
  {
    title: "calls per second of CPU, against LiteLLM's",
    unit: '×',
    sense: 'at least',
    goal: 20,
    reached: ({ ratio }) => ratio('whole', 'litellm', 'cpuUs', US),
  },
  {
    title: "the same on 300 KB prompts, against LiteLLM's",
    unit: '×',
    sense: 'at least',
    goal: 20,
    reached: ({ ratio }) => ratio('large', 'litellm', 'cpuUs', US),
  },
  {
    title: 'latency added at 1,000 calls/s, median',
    unit: 'ms',
    sense: 'at most',
    goal: 0.5,
    reached: ({ difference }) => difference('latency', US, 'p50', 'direct'),
  },
  {
    title: 'latency added at 1,000 calls/s, 99th percentile',
    unit: 'ms',
    sense: 'at most',
    goal: 3,
    reached: ({ difference }) => difference('latency', US, 'p99', 'direct'),
  },
  {
    title: 'memory for each open stream',
    unit: 'KB',
    sense: 'at most',
    goal: 40,
    reached: ({ value }) => value('memory', US, 'streamKb'),
  },
  {
    title: 'idle memory',
    unit: 'MB',
    sense: 'at most',
    limit: 100,
    goal: 90,
    reached: ({ value }) => value('memory', US, 'idleMb'),
  },
  {
    title: '`--version`, beyond bare Node',
    unit: 'ms',
    sense: 'at most',
    limit: 50,
    goal: 50,
    reached: ({ value }) => value('version', US, 'addedMs'),
  },
  {
    title: 'ready to serve, beyond bare Node',
    unit: 'ms',
    sense: 'at most',
    goal: 250,
    reached: ({ value }) => value('start-up', US, 'addedMs'),
  },
]

/** @param {Target} target @param {number | undefined} reached @returns {Verdict} */
export function verdictOn({ sense, limit, goal }, reached) {
  if (reached === undefined) return 'not measured'
  /** @param {number} bound */
  const keeps = (bound) => (sense === 'at most' ? reached <= bound : reached >= bound)
  if (keeps(goal)) return 'yes'
  return limit !== undefined && keeps(limit) ? 'limit only' : 'no'
}
