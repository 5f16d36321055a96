// What the AI SDK's version 7 does with the provider: started by `ai-sdk-7.test.ts` on a Node that it takes. One line of JSON.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { AI_SDK_FOLDER, DIST } = process.env
const found = createRequire(`${AI_SDK_FOLDER}/package.json`)
const load = (name) => import(pathToFileURL(found.resolve(name)).href)
const { generateText, streamText, embedMany, Output, tool, isStepCount } = await load('ai')
const { z } = await load('zod')
const { createJetway } = await import(pathToFileURL(`${DIST}/ai-sdk.js`).href)
const { createEmulator } = await import(pathToFileURL(`${DIST}/emulator.js`).href)

const emulator = await createEmulator()
const jetway = createJetway({
  environment: {
    HOME: process.env.HOME,
    JETWAY_DISCOVERY: 'off',
    GITHUB_COPILOT_TOKEN_DIR: process.env.HOME,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: emulator.url,
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
  },
  signIn: 'never',
  num_retries: 0,
})
const add = tool({
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => ({ sum: a + b }),
})
const last = (route) => emulator.control.requests.list({ route }).at(-1).body

const models = {}
for (const id of ['gpt-4o', 'claude-haiku-4.5', 'gpt-5.4']) {
  const model = jetway(id)
  const whole = await generateText({ model, prompt: 'say: hello' })
  let streamed = ''
  for await (const text of streamText({ model, prompt: 'say: hello' }).textStream) streamed += text
  const schema = z.object({ name: z.string(), age: z.number().int() })
  const person = await generateText({
    model,
    prompt: 'Describe a person',
    output: Output.object({ schema }),
  })
  const called = await generateText({
    model,
    prompt: 'call add {"a":1,"b":2}',
    tools: { add },
    stopWhen: isStepCount(3),
  })
  models[id] = {
    whole: whole.text,
    streamed,
    warnings: whole.warnings?.length ?? 0,
    object: Object.keys(person.output),
    called: called.text.includes('{"sum":3}'),
  }
}
await generateText({ model: jetway('gpt-5.4'), prompt: 'say: hi', reasoning: 'high' })
const { reasoning } = last('responses')
const picture = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
await generateText({
  model: jetway('gpt-4o'),
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'file', mediaType: 'image', data: picture },
      ],
    },
  ],
})
const [message] = last('chat').messages
const { embeddings } = await embedMany({
  model: jetway.embeddingModel('text-embedding-3-small'),
  values: ['a', 'b'],
})
console.log(
  JSON.stringify({
    models,
    reasoning,
    image: message.content[1].image_url.url,
    embeddings: embeddings.length,
  }),
)
await emulator.close()
