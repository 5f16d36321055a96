import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { startRedis } from '../../src/store/testing/redis-server.ts'
import { startHouse } from '../support/gateway-process.ts'

/** Two gateways that share a Redis, and two deployments of one group that say who they are. */
const redis = await startRedis()
const down = new Set<string>()
const servers = await Promise.all(['left', 'right'].map(serve))
const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
const config = `model_list:
${urls.map((url) => `  - model_name: pair\n    litellm_params: { model: openai/any, api_base: "${url}", api_key: sk-x }`).join('\n')}
router_settings: { cooldown_time: 0 }
`
const environment = { REDIS_URL: redis?.url ?? '' }
const houses = await Promise.all([
  startHouse({ config, environment }),
  startHouse({ config, environment }),
])
afterAll(async () => {
  await Promise.all(houses.map((house) => house.stop()))
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await redis?.stop()
})

test.skipIf(!redis)(
  'a session is served by one deployment, whichever gateway it comes to',
  async () => {
    const sessions = Array.from({ length: 12 }, (_, at) => `session ${at}`)
    const homes = new Map<string, string>()
    for (const session of sessions) {
      const seen = [await ask(0, session), await ask(1, session), await ask(0, session)]
      expect(new Set(seen).size).toBe(1)
      homes.set(session, seen[0] ?? '')
    }
    expect(new Set(homes.values())).toEqual(new Set(['left', 'right']))

    // Those of a deployment that fails move, and stay where they went, also for the gateway that did not move them.
    const moved = sessions.filter((session) => homes.get(session) === 'left')
    down.add('left')
    for (const session of moved) expect(await ask(0, session)).toBe('right')
    down.clear()
    for (const session of moved) {
      expect([await ask(1, session), await ask(0, session)]).toEqual(['right', 'right'])
    }
    for (const session of sessions.filter((one) => !moved.includes(one)))
      expect(await ask(1, session)).toBe('right')
  },
)

async function ask(at: 0 | 1, session: string): Promise<string> {
  const house = houses[at]
  const response = await fetch(`${house?.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${house?.key}`,
      'content-type': 'application/json',
      'x-claude-code-session-id': session,
    },
    body: JSON.stringify({ model: 'pair', messages: [{ role: 'user', content: 'who?' }] }),
  })
  const answer = (await response.json()) as { choices: [{ message: { content: string } }] }
  return answer.choices[0].message.content
}

function serve(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.method === 'GET')
      json(200, { object: 'list', data: [{ id: 'any', object: 'model' }] })
    else if (down.has(name)) json(500, { error: { message: 'down' } })
    else {
      const message = { role: 'assistant', content: name }
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      json(200, { id: 'c', object: 'chat.completion', created: 1, model: 'any', choices, usage })
    }
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server)
    })
  })
}
