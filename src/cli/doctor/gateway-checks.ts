import { readFile } from 'node:fs/promises'
import { ConfigError, formatProblem, loadConfig } from '../../config/index.ts'
import type { CommandInput } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findLocalGateway } from '../gateway/local-gateway.ts'
import type { LocalGateway } from '../gateway/local-gateway.ts'
import { probeGateway } from '../gateway/probe.ts'
import { OPEN_KEY } from '../launch/client-key.ts'
import { SETUPS } from '../setup/specs.ts'
import { findStorePlace } from '../store/store-place.ts'
import { openStore } from '../../store/index.ts'
import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import type { Finding, Patient } from './finding.ts'
import { good, problem, reasonOf, unknown, warning } from './finding.ts'

/** The configuration is read first: where the gateway listens stands there. */
export async function checkConfig(
  patient: Omit<Patient, 'local'>,
  input: CommandInput,
): Promise<{ readonly findings: readonly Finding[]; readonly local: LocalGateway | undefined }> {
  const { environment } = patient
  try {
    const local = await findLocalGateway(patient, input)
    if (local.config === undefined) {
      return { local, findings: [good('configuration', 'none; every model is served')] }
    }
    const { warnings } = await loadConfig({ file: local.config, environment })
    if (warnings.length === 0) return { local, findings: [good('configuration', local.config)] }
    const findings = warnings.map((each) =>
      warning('configuration', formatProblem(each), 'see `jetway config check`'),
    )
    return { local, findings }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const findings = error.problems.map((each) =>
      problem('configuration', formatProblem(each), 'mend that line', EXIT.configuration),
    )
    return { local: undefined, findings }
  }
}

export async function checkPort(patient: Patient): Promise<Finding> {
  const { local } = patient
  if (!local) return unknown('port', 'the configuration names it')
  switch (await probeGateway(local.url, patient)) {
    case 'jetway':
      return good('port', `a gateway runs at ${local.url}`)
    case 'none':
      return good('port', `${local.url} is free`)
    case 'other':
      return problem(
        'port',
        `another program answers at ${local.url}`,
        'end it, or choose another port: jetway start --port 4001',
      )
  }
}

export async function checkStore(patient: Patient, input: CommandInput): Promise<Finding> {
  if (!patient.local) return unknown('store', 'the configuration names it')
  const place = await findStorePlace(patient, input)
  if (place.absent) return good('store', `${place.shown}, made at the first start`)
  const { location, redisUrl } = place
  try {
    const store = await openStore({
      location,
      redisUrl,
      clock: systemClock,
      log: silentLog,
      migrations: 'refuse',
    })
    try {
      await store.ready()
      const { redis } = store.status()
      if (redis === 'away') {
        return problem(
          'store',
          'Redis does not answer',
          'look at REDIS_URL and at the server',
          EXIT.unreachable,
        )
      }
      return good('store', redis === 'none' ? place.shown : `${place.shown}, and Redis`)
    } finally {
      await store.close()
    }
  } catch (error) {
    const detail = `${place.shown}: ${reasonOf(error)}`
    return /jetway db migrate/.test(detail)
      ? warning('store', detail, 'it is brought up to date at the next start, too')
      : problem('store', detail, 'look at DATABASE_URL and at the server', EXIT.unreachable)
  }
}

/** Settings that point at a gateway of this machine, but not at where it is. */
export async function checkClients({ environment, local }: Patient): Promise<readonly Finding[]> {
  if (!local) return [unknown('clients', 'where the gateway listens is not known')]
  const target = {
    url: local.url,
    key: OPEN_KEY,
    model: undefined,
    models: [],
    folder: '',
    open: true,
  }
  const findings: Finding[] = []
  const right: string[] = []
  for (const { client, files } of SETUPS) {
    for (const { path } of files(environment, target)) {
      const text = await readFile(path, 'utf8').catch(() => '')
      const origins = [...text.matchAll(/https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/g)]
      const elsewhere = origins
        .map(([origin]) => origin)
        .find((origin) => port(origin) !== port(local.url))
      if (
        elsewhere !== undefined &&
        /jetway|ANTHROPIC_BASE_URL|GOOGLE_GEMINI_BASE_URL/i.test(text)
      ) {
        findings.push(
          warning(
            'clients',
            `${path} points at ${elsewhere}, and the gateway is at ${local.url}`,
            `jetway setup ${client}`,
          ),
        )
      } else if (origins.length > 0) right.push(client)
    }
  }
  if (findings.length > 0) return findings
  const names = [...new Set(right)].join(', ')
  return [good('clients', names === '' ? 'none is set up for good' : `set up: ${names}`)]
}

function port(origin: string): string {
  return new URL(origin).port
}
