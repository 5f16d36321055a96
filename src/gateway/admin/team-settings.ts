import { readFileSync } from 'node:fs'
import { ConfigError } from '../../config/problem.ts'
import type { Clock } from '../../core/clock.ts'
import type { HttpClient } from '../../core/http.ts'
import { parseDuration } from '../../policy/budgets/period.ts'
import { createAppCredential } from '../../policy/seats/app-credential.ts'
import { createRedactor, RedactionError, type Redact } from '../../policy/prompts/redactor.ts'
import type { SharedSeat } from '../../policy/seats/choose-seat.ts'
import type { GitHubToken } from '../../policy/seats/seat-service.ts'
import type { Retention } from '../../store/index.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says of teams. `docs/teams.md` lists the variables. */
export interface TeamSettings {
  readonly sharedSeat: SharedSeat | undefined
  readonly organisation: ((refused?: string) => Promise<GitHubToken>) | undefined
  readonly whenStoreIsAway: 'refuse' | 'allow'
  readonly keysUsableMs: number | undefined
  readonly migrations: 'apply' | 'refuse'
  readonly replicas: number
  readonly retention: Retention
  readonly githubHosts: readonly string[]
  /** Absent: prompts and answers are not kept. */
  readonly prompts: PromptSettings | undefined
}

export interface PromptSettings {
  readonly keepMs: number
  /** Of each text, in characters. */
  readonly longest: number
  readonly redact: Redact
}

const DAY_MS = 86_400_000

export function readTeamSettings(
  environment: Environment,
  surroundings: { readonly clock: Clock; readonly http: () => HttpClient },
): TeamSettings {
  return {
    sharedSeat: oneOf(environment, 'JETWAY_SHARED_SEAT', ['own', 'service', 'none'] as const),
    organisation: organisationOf(environment, surroundings),
    whenStoreIsAway:
      oneOf(environment, 'JETWAY_STORE_AWAY', ['refuse', 'allow'] as const) ?? 'refuse',
    keysUsableMs: duration(environment, 'JETWAY_KEYS_USABLE'),
    migrations: oneOf(environment, 'JETWAY_MIGRATIONS', ['apply', 'refuse'] as const) ?? 'apply',
    replicas: wholeNumber(environment, 'JETWAY_REPLICAS') ?? 1,
    retention: {
      callsMs: keep(environment, 'JETWAY_KEEP_CALLS', 90 * DAY_MS),
      dailyMs: keep(environment, 'JETWAY_KEEP_SUMS', undefined),
      auditMs: keep(environment, 'JETWAY_KEEP_AUDIT', 400 * DAY_MS),
    },
    githubHosts: (environment['JETWAY_GITHUB_HOSTS'] ?? '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    prompts: promptsOf(environment),
  }
}

const USUAL_PROMPT_KB = 64

function promptsOf(environment: Environment): PromptSettings | undefined {
  const keepMs = duration(environment, 'JETWAY_KEEP_PROMPTS')
  if (keepMs === undefined) return undefined
  const patterns = (environment['JETWAY_PROMPT_REDACT'] ?? '').split('\n')
  try {
    return {
      keepMs,
      longest: (wholeNumber(environment, 'JETWAY_PROMPT_KB') ?? USUAL_PROMPT_KB) * 1024,
      redact: createRedactor(patterns.map((one) => one.trim()).filter((one) => one !== '')),
    }
  } catch (cause) {
    if (!(cause instanceof RedactionError)) throw cause
    throw wrong(`JETWAY_PROMPT_REDACT: ${cause.message}`)
  }
}

/** An App's, renewed from its key, or a token that is there. */
function organisationOf(
  environment: Environment,
  { clock, http }: { readonly clock: Clock; readonly http: () => HttpClient },
): TeamSettings['organisation'] {
  const host = environment['JETWAY_SERVICE_HOST'] ?? 'github.com'
  const appId = environment['JETWAY_GITHUB_APP_ID']
  const token = environment['JETWAY_SERVICE_TOKEN']
  if (appId === undefined) {
    return token === undefined ? undefined : () => Promise.resolve({ token, host })
  }
  const installationId = environment['JETWAY_GITHUB_APP_INSTALLATION_ID']
  if (installationId === undefined)
    throw wrong('JETWAY_GITHUB_APP_ID is set: JETWAY_GITHUB_APP_INSTALLATION_ID is missing')
  const privateKey = privateKeyOf(environment)
  const apiUrl = environment['JETWAY_GITHUB_API_URL']
  try {
    return createAppCredential({ http, clock, appId, installationId, privateKey, host, apiUrl })
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : 'the GitHub App cannot be used')
  }
}

function privateKeyOf(environment: Environment): string {
  const given = environment['JETWAY_GITHUB_APP_PRIVATE_KEY']
  if (given !== undefined) return given
  const file = environment['JETWAY_GITHUB_APP_PRIVATE_KEY_FILE']
  if (file === undefined)
    throw wrong(
      'JETWAY_GITHUB_APP_ID is set: JETWAY_GITHUB_APP_PRIVATE_KEY_FILE (or JETWAY_GITHUB_APP_PRIVATE_KEY) is missing',
    )
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw wrong(`JETWAY_GITHUB_APP_PRIVATE_KEY_FILE: ${file} cannot be read (${code ?? 'unknown'})`)
  }
}

function oneOf<Word extends string>(
  environment: Environment,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const given = environment[name]
  if (given === undefined || given === '') return undefined
  const word = words.find((candidate) => candidate === given)
  if (word !== undefined) return word
  throw wrong(`${name} must be one of ${words.join(', ')}`)
}

function duration(environment: Environment, name: string): number | undefined {
  const given = environment[name]
  if (given === undefined || given === '') return undefined
  const length = parseDuration(given)
  if (length !== undefined) return length
  throw wrong(`${name} must be a number and one of s, m, h, d, w: \`5m\`, \`12h\`, \`90d\``)
}

function keep(
  environment: Environment,
  name: string,
  usual: number | undefined,
): number | undefined {
  return environment[name] === 'forever' ? undefined : (duration(environment, name) ?? usual)
}

function wholeNumber(environment: Environment, name: string): number | undefined {
  const given = environment[name]
  if (given === undefined || given === '') return undefined
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given)
  throw wrong(`${name} must be a whole number, 1 or more`)
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ message }])
}
