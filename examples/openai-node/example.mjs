import OpenAI from 'openai'
import { createCopilotFetch } from 'jetway'

const { JETWAY_URL = 'http://127.0.0.1:4000', JETWAY_API_KEY = 'unused' } = process.env
const question = [{ role: 'user', content: 'Explain this error message: ECONNRESET' }]

// Through a gateway: nothing but the base URL changes.
const client = new OpenAI({ baseURL: `${JETWAY_URL}/v1`, apiKey: JETWAY_API_KEY })
const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: question })
console.log('chat:', answer.choices[0].message.content)

process.stdout.write('streamed: ')
const stream = await client.chat.completions.create({
  model: 'gpt-4o',
  messages: question,
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
console.log()

// The Responses API, on a model that Copilot serves by the Anthropic wire only.
const response = await client.responses.create({
  model: 'claude-sonnet-4.5',
  input: 'Name three rivers',
})
console.log('responses:', response.output_text)

const { data } = await client.embeddings.create({
  model: 'text-embedding-3-small',
  input: 'a river',
})
console.log('embedding:', data[0].embedding.length, 'numbers')

// Without a gateway: the same client over this process's own sign-in.
const direct = new OpenAI({
  apiKey: 'unused',
  baseURL: 'https://api.githubcopilot.com',
  fetch: createCopilotFetch(),
})
const own = await direct.chat.completions.create({ model: 'gpt-4o', messages: question })
console.log('without a gateway:', own.choices[0].message.content)
