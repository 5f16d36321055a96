// A whole gateway inside a program of yours: for a desktop application, an extension, a test, or a server with more to do.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway } from 'jetway/gateway'

const folder = await mkdtemp(join(tmpdir(), 'embedded-gateway-'))
const config = join(folder, 'config.yaml')
await writeFile(
  config,
  `model_list:
  - model_name: fast
    litellm_params:
      model: github_copilot/gpt-4o-mini
`,
)

const masterKey = `sk-${randomBytes(24).toString('base64url')}`
const gateway = await createGateway({ port: 0, masterKey, config })
console.log('listening on', gateway.url)

const ask = (key) =>
  fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'fast',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'say: hello from inside' }],
    }),
  })
console.log('with a wrong key:', (await ask('sk-wrong')).status)
const answer = await ask(masterKey)
console.log(
  'answered by',
  answer.headers.get('x-jetway-model'),
  (await answer.json()).content[0].text,
)

// Calls under way may finish; then it is gone.
const { cut } = await gateway.drain()
console.log('drained, cut:', cut)
await rm(folder, { recursive: true })
