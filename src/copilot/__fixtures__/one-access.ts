import { systemClock } from '../../core/clock.ts'
import type { HttpClient } from '../../core/http.ts'
import { createSeededRandom } from '../../core/random.ts'
import { createCopilot } from '../index.ts'

/** One process of several that start at the same moment: gets access once and prints the bearer. */
const http: HttpClient = {
  async request({ method, url, headers, body }) {
    const options = { method, headers, body: body ?? null }
    const response = await fetch(url, options)
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  },
}

const copilot = createCopilot({
  http,
  clock: systemClock,
  random: createSeededRandom(process.pid),
  environment: process.env,
  settings: { acceptPolicies: false, identityHeaders: {} },
})
const access = await copilot.access({ seat: 'own' }, new AbortController().signal)
process.stdout.write(access.authorization['authorization'] ?? '')
copilot.close()
