/**
 * Loaded into copilot-api with `--import`: sends what it means for GitHub and Copilot to the bench
 * upstream, and refuses every other host. Costs one comparison and one concatenation per call.
 */

const UPSTREAM = process.env['BENCH_UPSTREAM'] ?? ''
if (!UPSTREAM.startsWith('http://127.0.0.1:')) throw new Error('BENCH_UPSTREAM is not set')

const REDIRECTED = ['https://api.githubcopilot.com', 'https://api.github.com']
const realFetch = globalThis.fetch

/** @type {typeof fetch} */
globalThis.fetch = function redirectedFetch(input, init) {
  const url = input instanceof Request ? input.url : input.toString()
  const origin = REDIRECTED.find((candidate) => url.startsWith(`${candidate}/`))
  if (origin === undefined) return Promise.reject(new TypeError(`not in a bench: ${url}`))
  return realFetch(UPSTREAM + url.slice(origin.length), init)
}
