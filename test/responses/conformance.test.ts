import { afterAll, beforeAll, expect, test } from 'vitest'
import { runConformance } from '../../src/conformance/index.ts'
import type { DialectToCheck } from '../../src/conformance/index.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'

/** What the gateway does not do, and why. One that begins to pass fails the run, too. */
const NOT_MET: Readonly<Record<string, readonly (readonly [id: string, reason: string])[]>> = {
  'messages claude-sonnet-4-5': [],
  'messages gpt-4o': [],
  'gemini gemini-2.5-pro': [],
  'chat gpt-4o': [],
  'responses gpt-4o': [],
  'responses gpt-5-mini': [],
  'ollama gpt-4o': [],
}

let demo: DemoGateway
beforeAll(async () => {
  demo = await startDemoGateway({ gateway: { masterKey: 'sk-test' } })
})
afterAll(async () => {
  await demo[Symbol.asyncDispose]()
})

test.each(Object.entries(NOT_MET))('%s', async (name, notMet) => {
  const [dialect, model] = name.split(' ') as [DialectToCheck, string]
  const failed: string[] = []
  let passed = 0
  for await (const result of runConformance({
    dialect,
    model,
    baseUrl: demo.url,
    apiKey: 'sk-test',
  })) {
    if (result.outcome === 'failed') failed.push(result.id)
    if (result.outcome === 'passed') passed++
  }
  expect(failed).toEqual(notMet.map(([id]) => id))
  expect(passed).toBeGreaterThan(8)
})
