import { NotApplicable, Unmet } from './check.ts'
import type { Check, CheckResult, DialectToCheck } from './check.ts'
import { CHAT_CHECKS } from './chat.ts'
import { GEMINI_CHECKS } from './gemini/index.ts'
import { MESSAGES_CHECKS } from './messages/index.ts'
import { OLLAMA_CHECKS } from './ollama.ts'
import { RESPONSES_CHECKS } from './responses.ts'
import { openServer } from './server.ts'
import type { Server } from './server.ts'

export interface ConformanceOptions {
  readonly dialect: DialectToCheck
  /** As the dialect's own SDK takes it, with or without the version in its path. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  /** @default one that Copilot has and that speaks the dialect natively, where there is one */
  readonly model?: string | undefined
  /** For one request. @default 120000 */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Kit {
  readonly checks: readonly Check[]
  readonly model: string
  /** What every path begins with. */
  readonly prefix: string
  readonly headers: (key: string | undefined) => Readonly<Record<string, string>>
}

const bearer: Kit['headers'] = (key) =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

const KITS: Readonly<Record<DialectToCheck, Kit>> = {
  messages: {
    checks: MESSAGES_CHECKS,
    model: 'claude-sonnet-4-5',
    prefix: '/v1',
    headers: (key) => ({
      'anthropic-version': '2023-06-01',
      ...(key === undefined ? {} : { 'x-api-key': key }),
    }),
  },
  gemini: {
    checks: GEMINI_CHECKS,
    model: 'gemini-2.5-pro',
    prefix: '/v1beta',
    headers: (key): Record<string, string> => (key === undefined ? {} : { 'x-goog-api-key': key }),
  },
  chat: { checks: CHAT_CHECKS, model: 'gpt-4o', prefix: '/v1', headers: bearer },
  responses: { checks: RESPONSES_CHECKS, model: 'gpt-5-mini', prefix: '/v1', headers: bearer },
  ollama: { checks: OLLAMA_CHECKS, model: 'gpt-4o', prefix: '/api', headers: bearer },
}

export const DIALECTS = Object.keys(KITS) as readonly DialectToCheck[]

/**
 * Tests a server of a dialect, one requirement after the other; each is a call or a few that cost what they cost there.
 * Throws when the base URL is none, and an `APIConnectionError` when nobody is there.
 */
export async function* runConformance(options: ConformanceOptions): AsyncGenerator<CheckResult> {
  const kit = KITS[options.dialect]
  const server = openServer({
    baseUrl: rootOf(options.baseUrl, kit.prefix),
    apiKey: options.apiKey,
    model: options.model ?? kit.model,
    timeoutMs: options.timeoutMs ?? 120_000,
    signal: options.signal,
    headers: kit.headers,
  })
  for (const check of kit.checks) {
    options.signal?.throwIfAborted()
    yield await resultOf(check, server)
  }
}

/** `http://host`, `http://host/` and `http://host/v1` name the same server. */
function rootOf(baseUrl: string, prefix: string): string {
  const url = new URL(baseUrl)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError('the base URL must begin with http:// or https://')
  }
  const path = url.pathname.replace(/\/+$/, '')
  return url.origin + (path.endsWith(prefix) ? path : path + prefix)
}

async function resultOf(check: Check, server: Server): Promise<CheckResult> {
  const { id, requirement, source } = check
  const began = performance.now()
  const result = (outcome: CheckResult['outcome'], detail?: string): CheckResult => {
    const durationMs = Math.round(performance.now() - began)
    return {
      id,
      requirement,
      source,
      outcome,
      ...(detail === undefined ? {} : { detail }),
      durationMs,
    }
  }
  try {
    await check.run(server)
    return result('passed')
  } catch (error) {
    if (error instanceof NotApplicable) return result('skipped', error.message)
    if (error instanceof Unmet) return result('failed', error.message)
    throw error
  }
}
