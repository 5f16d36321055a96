import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startDemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { send } from '../__fixtures__/start-test-gateway.ts'

const folder = await mkdtemp(join(tmpdir(), 'jetway-health-'))
const config = join(folder, 'config.yaml')
await writeFile(
  config,
  `model_list:
  - { model_name: fast, litellm_params: { model: github_copilot/gpt-4o } }
  - { model_name: good, litellm_params: { model: github_copilot/claude-sonnet-4.5 } }
  - { model_name: gone, litellm_params: { model: github_copilot/nope-9 } }
`,
)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function healthOf(signedIn: boolean): Promise<unknown> {
  await using demo = await startDemoGateway({ signedIn, gateway: { config, watch: false } })
  const { json, status } = await send(demo.url, '/health')
  expect(status).toBe(200)
  return json
}

const provider = 'github_copilot'

test('a model that its upstream does not have is not healthy', async () => {
  expect(await healthOf(true)).toEqual({
    healthy_endpoints: [
      { model: 'fast', provider },
      { model: 'good', provider },
    ],
    unhealthy_endpoints: [
      { model: 'gone', provider, error: "github_copilot has no model 'nope-9'" },
    ],
    healthy_count: 2,
    unhealthy_count: 1,
  })
})

test('without a sign-in nothing is healthy', async () => {
  const error = expect.stringContaining('jetway login') as string
  expect(await healthOf(false)).toEqual({
    healthy_endpoints: [],
    unhealthy_endpoints: [
      { model: 'fast', provider, error },
      { model: 'good', provider, error },
      { model: 'gone', provider, error },
    ],
    healthy_count: 0,
    unhealthy_count: 3,
  })
})
