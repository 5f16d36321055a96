import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'

test.each([
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'say: x' }] }],
  ['/v1/embeddings', { input: 'x' }],
])('a key for OpenAI in the environment is not for clients of %s to spend', async (path, body) => {
  const heard: unknown[] = []
  const openAi = createServer((request, response) => {
    heard.push(request.headers.authorization)
    response.end('{}')
  })
  await new Promise<void>((resolve) => openAi.listen(0, '127.0.0.1', resolve))
  const { port } = openAi.address() as AddressInfo
  await using house = await startDemoGateway({
    gateway: {
      environment: {
        OPENAI_API_KEY: 'sk-of-the-operator',
        OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      },
    },
  })
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/of-theirs', fallbacks: ['openai/of-theirs'], ...body }),
  })
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { code: 'model_not_found' } })
  expect(heard).toEqual([])
  openAi.close()
})
