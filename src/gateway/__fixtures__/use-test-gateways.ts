import { afterEach, beforeEach } from 'vitest'
import { startTestGateway } from './start-test-gateway.ts'
import type { TestGateway } from './start-test-gateway.ts'

export const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
export const KEY = 'sk-master'

/** Starts gateways for the tests of a file; each test's are closed when it ends. */
export function useTestGateways() {
  let running: TestGateway[]

  beforeEach(() => {
    running = []
  })
  afterEach(async () => {
    await Promise.all(running.map(({ gateway }) => gateway.close()))
  })

  return async (
    ...options: Parameters<typeof startTestGateway>
  ): Promise<TestGateway & { readonly url: string }> => {
    const started = await startTestGateway(...options)
    running.push(started)
    return { ...started, url: started.gateway.url }
  }
}
