import { isLoopback } from '../../core/loopback.ts'
import { createTransport } from '../../transport/transport.ts'
import { EXIT } from '../exit-codes.ts'
import type { Finding, Patient } from './finding.ts'
import { good, problem, reasonOf, unknown, warning } from './finding.ts'

const PATIENCE_MS = 10_000
const SKEW_WARNING_S = 60
const SKEW_PROBLEM_S = 300

/** Any answer will do; its date tells how right the clock is. */
export async function checkNetwork(patient: Patient): Promise<readonly Finding[]> {
  const { environment, signal } = patient
  const github = originOf(environment['GITHUB_COPILOT_API_KEY_URL'], 'https://api.github.com')
  const copilot = originOf(environment['GITHUB_COPILOT_API_BASE'], 'https://api.githubcopilot.com')
  const findings: Finding[] = []
  let date: string | undefined
  for (const [check, origin] of [
    ['github', github],
    ['copilot api', copilot],
  ] as const) {
    const transport = createTransport({ env: environment })
    try {
      const { headers, status } = await transport.request({
        method: 'GET',
        url: `${origin}/_ping`,
        headers: { 'user-agent': `jetway/${patient.version}` },
        timeoutMs: PATIENCE_MS,
        signal,
      })
      date ??= String(headers['date'])
      findings.push(good(check, `${origin} answers (${status})`))
    } catch (error) {
      signal.throwIfAborted()
      findings.push(problem(check, reasonOf(error), mendNetwork(error), EXIT.unreachable))
    } finally {
      await transport.destroy()
    }
  }
  return [...findings, checkClock(date, Date.now())]
}

function mendNetwork(error: unknown): string {
  const { code } = error as { readonly code?: string }
  if (code === 'proxy')
    return 'the proxy answers, but does not let this through: correct its name and password, or ask who runs it'
  if (code === 'dns')
    return 'look at the network and at DNS; behind a company proxy set HTTPS_PROXY'
  if (code === 'tls') {
    return 'a proxy that reads along needs its certificate trusted: NODE_EXTRA_CA_CERTS=/path/to/company.pem; a wrong clock does this, too'
  }
  return 'look at the network, a firewall, and HTTPS_PROXY and NO_PROXY'
}

/** Tokens have an end, which a wrong clock misses. */
export function checkClock(date: string | undefined, nowMs: number): Finding {
  const there = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(there)) return unknown('clock', 'no server told its time')
  const seconds = Math.round((nowMs - there) / 1000)
  const apart = Math.abs(seconds)
  if (apart <= SKEW_WARNING_S) return good('clock', 'agrees with the server within a minute')
  const detail = `this machine is ${apart} s ${seconds > 0 ? 'ahead of' : 'behind'} the server`
  const mend = 'let the system keep its time: timedatectl set-ntp true'
  return apart > SKEW_PROBLEM_S ? problem('clock', detail, mend) : warning('clock', detail, mend)
}

function originOf(given: string | undefined, usual: string): string {
  if (given === undefined || !URL.canParse(given)) return usual
  const { origin, hostname, protocol } = new URL(given)
  return protocol === 'https:' || isLoopback(hostname) ? origin : usual
}
