import { expect, test } from 'vitest'
import { eventually, startCompany } from './support/company.ts'

const CREDIT = 1_000_000_000

test.each([
  ['/v1/chat/completions', 'gpt-4o'],
  ['/v1/messages', 'claude-sonnet-4.5'],
  // Translated.
  ['/v1/messages', 'gpt-4o'],
])(
  'who leaves a stream of %s from %s before its end pays for what came',
  async (path, model) => {
    await using company = await startCompany({
      replicas: 1,
      environment: { COPILOT_OAUTH_TOKEN: 'ghu_of_the_company' },
    })
    const { emulator, ask, send } = company
    emulator.control.tokens.issue({ value: 'ghu_of_the_company', login: 'root-person' })
    emulator.control.settings.set({ pace: 300 })
    const made = await ask('/key/generate', {
      body: { key_alias: 'impatient', max_budget_credits: 50 },
    })
    const key = made.json['key'] as string

    const response = await send(path, {
      key,
      body: {
        model,
        max_tokens: 4000,
        stream: true,
        messages: [{ role: 'user', content: 'write 2000 words' }],
      },
    })
    const reader = response.body?.getReader()
    let bytes = 0
    while (bytes < 12_000) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done || value === undefined) break
      bytes += value.length
    }
    await reader?.cancel()

    await eventually(async () => {
      const { json } = await ask('/key/info?key=impatient')
      return (json['spend_credits'] as number) > 0.005
    })
    const { text } = await ask('/spend/logs?format=csv')
    const [head = '', row = ''] = text.trim().split('\r\n')
    const cells = row.split(',')
    const columns = head.split(',')
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? ''
    expect(cell('outcome')).toBe('aborted')
    expect(cell('spend_source')).toBe('estimate')
    expect(Number(cell('completion_tokens'))).toBeGreaterThan(10)
    const { billed } = emulator.control.counters.read()
    const whole = billed['root-person']?.nanoAiu ?? 0
    // It was billed whole, and is paid in part: what came, not what nobody saw.
    expect(Number(cell('spend_nano_credits')) / CREDIT).toBeGreaterThan(0.005)
    expect(Number(cell('spend_nano_credits'))).toBeLessThan(whole)
  },
  60_000,
)
