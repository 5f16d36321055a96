import { afterAll, describe, expect, test } from 'vitest'
import type { AdmissionRequest } from '../../core/admission.ts'
import type { CallRecord } from '../../core/ledger.ts'
import { silentLog } from '../../core/log.ts'
import type { Model } from '../../core/model.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createAdmission, type AdmissionOptions } from '../../policy/admission/admission.ts'
import { callerWithGrant } from '../../policy/keys/key-caller.ts'
import type { Grant, Limits } from '../../policy/keys/key.ts'
import { createMemoryLimits } from '../../policy/limits/memory.ts'
import { createSeatQueue } from '../../policy/pacing/seat-queue.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createAllowances } from '../../policy/budgets/allowances.ts'
import { createBudgets } from './budgets.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const NOW = Date.UTC(2026, 10, 21, 12)
const CREDIT = 1_000_000_000

const model: Model = {
  id: 'gpt-4o',
  name: 'GPT-4o',
  vendor: 'Azure OpenAI',
  kind: 'chat',
  wires: ['chat'],
  webSocket: false,
  limits: { outputTokens: 4096 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: [],
    adaptiveThinking: false,
  },
  prices: {
    inputNanoCredits: 250_000,
    cachedInputNanoCredits: 25_000,
    cacheWriteNanoCredits: 250_000,
    outputNanoCredits: 1_000_000,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}

function grantWith(
  limits: Limits,
  teamLimits?: Limits,
  changes: Partial<Grant['key']> = {},
): Grant {
  const key = {
    id: 'k1',
    display: 'sk-…abcd',
    alias: 'ci',
    models: [],
    routes: [],
    blocked: false,
    metadata: {},
    createdAtMs: 0,
    updatedAtMs: 0,
    version: 1,
  }
  return {
    key: { ...key, limits, ...changes },
    team: teamLimits && { id: 'red', models: [], limits: teamLimits, blocked: false },
  }
}

function requestOf(
  grant: Grant | undefined,
  body: Record<string, unknown> = { max_tokens: 1000 },
): AdmissionRequest {
  const caller = { kind: 'key', keyId: 'k1', seat: 'own' } as const
  const call = {
    id: 'r',
    operation: 'generate',
    dialect: 'chat',
    model: 'gpt-4o',
    stream: false,
    headers: new Map<string, string>(),
    body: { bytes: Buffer.alloc(400), json: body },
    caller: grant ? callerWithGrant(caller, grant) : caller,
    options: {},
    signal: new AbortController().signal,
    receivedAt: 0,
  } as AdmissionRequest['call']
  return { call, model, provider: 'github_copilot' }
}

/** All that `settle` reads of a record. */
const finished = (nanoCredits: number, tokens: number): CallRecord =>
  ({
    cost: { nanoCredits, source: 'upstream', savedNanoCredits: 0 },
    usage: {
      inputTokens: tokens,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    },
  }) as unknown as CallRecord

describe.each(databases)('admission on $name', (testDatabase) => {
  async function house(changes: Partial<AdmissionOptions> = {}) {
    const database = await testDatabase.open()
    await migrate(database)
    const clock = createVirtualClock(NOW)
    const settings = {
      maxParallelPerSeat: 99,
      maxQueuedPerSeat: 0,
      queueTimeoutMs: 1000,
      minGapMs: 0,
    }
    const seats = createSeatQueue(() => settings, clock)
    const budgets = createAllowances({ store: createBudgets(database), holder: 'one', clock })
    const inner = createAdmission({
      limits: createMemoryLimits(),
      budgets,
      seats,
      clock,
      log: silentLog,
      ...changes,
    })
    const admission = { admit: async (request: AdmissionRequest) => inner.admit(request) }
    return { admission, budgets, clock, seats, close: () => database.close() }
  }

  test('a call without limits passes, and leaves its seat when it ends', async () => {
    const { admission, seats, close } = await house()
    const permit = await admission.admit(requestOf(undefined))
    expect(permit.headers).toEqual({})
    expect(seats.load('own').running).toBe(1)
    permit.settle(finished(0, 0))
    expect(seats.load('own').running).toBe(0)
    await close()
  })

  test('models and routes are looked at first', async () => {
    const { admission, seats, close } = await house()
    const models = grantWith({ requestsPerMinute: 0 }, undefined, { models: ['claude-*'] })
    await expect(admission.admit(requestOf(models))).rejects.toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    })
    const routes = grantWith({}, undefined, { routes: ['/v1/embeddings'] })
    await expect(admission.admit(requestOf(routes))).rejects.toMatchObject({
      status: 403,
      code: 'route_not_allowed',
    })
    expect(seats.load('own').running).toBe(0)
    await close()
  })

  test('a key for a model of Copilot is none for another provider’s model of that name', async () => {
    const { admission, close } = await house()
    const request = requestOf(grantWith({}, undefined, { models: ['gpt-4o'] }))
    const elsewhere = { ...request, call: { ...request.call, model: 'litellm_proxy/gpt-4o' } }
    const refused = { status: 403, code: 'model_not_allowed' }
    await expect(
      admission.admit({ ...elsewhere, provider: 'litellm_proxy' }),
    ).rejects.toMatchObject(refused)
    const options = { ...request.call.options, fallbacks: ['litellm_proxy/gpt-4o'] }
    await expect(
      admission.admit({ ...request, call: { ...request.call, options } }),
    ).rejects.toMatchObject(refused)
    const prefixed = { ...request.call, model: 'github_copilot/gpt-4o' }
    const permit = await admission.admit({ ...request, call: prefixed })
    permit.settle(finished(0, 0))
    await close()
  })

  test('says which limit, what is left, and when to come again', async () => {
    const { admission, seats, close } = await house()
    const grant = grantWith(
      { requestsPerMinute: 5, tokensPerMinute: 5000 },
      { requestsPerMinute: 1 },
    )
    const permit = await admission.admit(requestOf(grant))
    expect(permit.headers).toEqual({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '65s',
      'x-ratelimit-limit-tokens': '5000',
      'x-ratelimit-remaining-tokens': '3900',
      'x-ratelimit-reset-tokens': '65s',
    })
    await expect(admission.admit(requestOf(grant))).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      retry_after: 65,
      message:
        'the team red is at its limit of 1 requests a minute (1 are used): try again in 65 s',
    })
    expect(seats.load('own').running).toBe(1)
    await close()
  })

  test('holds the estimate, settles the price, and refuses beyond the budget', async () => {
    const { admission, budgets, close } = await house()
    // 100 prompt tokens × 0.00025 + 1000 × 0.001 credits = 1.025 credits for the estimate.
    const grant = grantWith({ budget: { maxNanoCredits: 2 * CREDIT, period: '1mo' } })
    const account = { scope: 'key:k1', periodStartMs: Date.UTC(2026, 10, 1) }
    const permit = await admission.admit(requestOf(grant))
    expect(permit.headers).toEqual({ 'x-jetway-budget-remaining-credits': '0.975' })
    await expect(admission.admit(requestOf(grant))).rejects.toMatchObject({
      status: 429,
      name: 'BudgetExceededError',
      code: 'budget_exceeded',
      message:
        'the key ci has spent 0 of its budget of 2 credits, 1.025 held by running calls; this call may cost 1.025, less with a smaller max_tokens; it returns on 2026-12-01T00:00:00.000Z',
      body: { remaining_credits: 0.975, resets_at: '2026-12-01T00:00:00.000Z' },
    })
    permit.settle(finished(300_000_001, 50))
    await expect
      .poll(() => budgets.spending([account]))
      .toEqual([{ ...account, spentNanoCredits: 300_000_001, heldNanoCredits: 0 }])
    expect(await admission.admit(requestOf(grant))).toBeDefined()
    await close()
  })

  test('a client that leaves before the price is told pays for its prompt', async () => {
    const { admission, budgets, close } = await house()
    const grant = grantWith({ budget: { maxNanoCredits: 2 * CREDIT } })
    const account = { scope: 'key:k1', periodStartMs: 0 }
    for (const [firstByteMs, expected] of [
      [undefined, 0],
      [12, 25_000_000],
    ] as const) {
      const permit = await admission.admit(requestOf(grant))
      const left = { outcome: 'aborted', attempts: [], timing: { firstByteMs } }
      permit.settle(left as unknown as CallRecord)
      await expect
        .poll(() => budgets.spending([account]))
        .toEqual([{ ...account, spentNanoCredits: expected, heldNanoCredits: 0 }])
    }
    await close()
  })

  test('several answers are held for several times', async () => {
    const { admission, budgets, close } = await house()
    const grant = grantWith({ budget: { maxNanoCredits: 9 * CREDIT } })
    await admission.admit(requestOf(grant, { max_tokens: 1000, n: 3 }))
    const [row] = await budgets.spending([{ scope: 'key:k1', periodStartMs: 0 }])
    expect(row?.heldNanoCredits).toBe(3 * CREDIT + 25_000_000)
    await close()
  })

  test('a fallback that the caller names must be allowed, too', async () => {
    const { admission, close } = await house()
    const grant = grantWith({}, undefined, { models: ['gpt-4o'] })
    const request = requestOf(grant)
    const withFallbacks = (...fallbacks: string[]) => ({
      ...request,
      call: { ...request.call, options: { fallbacks } },
    })
    await expect(admission.admit(withFallbacks('gpt-4o', 'claude-opus-4.5'))).rejects.toMatchObject(
      { code: 'model_not_allowed' },
    )
    await expect(admission.admit(withFallbacks('github_copilot/gpt-4o'))).resolves.toBeDefined()
    await close()
  })

  test('tells of a soft mark and refuses nothing for it', async () => {
    const marks: string[] = []
    const { admission, close } = await house({ onSoftBudget: (owner) => marks.push(owner.label) })
    const grant = grantWith({ budget: { maxNanoCredits: 9 * CREDIT, softNanoCredits: 2 * CREDIT } })
    await admission.admit(requestOf(grant))
    expect(marks).toEqual([])
    await admission.admit(requestOf(grant))
    expect(marks).toEqual(['the key ci'])
    await close()
  })

  test('a call refused by its budget gives back what it took of the limits', async () => {
    const { admission, close } = await house()
    const grant = grantWith({ parallel: 1, budget: { maxNanoCredits: CREDIT } })
    await expect(admission.admit(requestOf(grant))).rejects.toMatchObject({
      code: 'budget_exceeded',
    })
    await expect(admission.admit(requestOf(grant, { max_tokens: 10 }))).resolves.toBeDefined()
    await close()
  })

  test('when the store is away calls are refused, or go through where that is set', async () => {
    const broken = {
      take: () => Promise.reject(new Error('away')),
      settle: () => Promise.reject(new Error('away')),
    }
    const strict = await house({ limits: broken })
    const grant = grantWith({ requestsPerMinute: 5 })
    await expect(strict.admission.admit(requestOf(grant))).rejects.toMatchObject({
      status: 503,
      code: 'store_unavailable',
    })
    expect(strict.seats.load('own').running).toBe(0)
    await strict.close()
    const lenient = await house({ limits: broken, whenStoreIsAway: 'allow' })
    const permit = await lenient.admission.admit(requestOf(grant))
    permit.settle(finished(1, 1))
    expect(lenient.seats.load('own').running).toBe(0)
    await lenient.close()
  })
})
