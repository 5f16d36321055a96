import Anthropic from '@anthropic-ai/sdk'

const { JETWAY_URL = 'http://127.0.0.1:4000', JETWAY_API_KEY = 'unused' } = process.env
// The SDK adds /v1/messages itself.
const client = new Anthropic({ baseURL: JETWAY_URL, apiKey: JETWAY_API_KEY })
const messages = [{ role: 'user', content: 'Review this function for bugs' }]

const answer = await client.messages.create({
  model: 'claude-sonnet-4-6',
  max_tokens: 1000,
  messages,
})
console.log('messages:', answer.content[0].text)

process.stdout.write('streamed: ')
const stream = client.messages.stream({
  model: 'claude-sonnet-4-6',
  max_tokens: 1000,
  messages,
})
stream.on('text', (text) => process.stdout.write(text))
await stream.finalMessage()
console.log()

const { input_tokens } = await client.messages.countTokens({ model: 'claude-sonnet-4-6', messages })
console.log('counted:', input_tokens, 'tokens')

// Any model answers in this form, also one that is no Claude.
const other = await client.messages.create({ model: 'gpt-4o', max_tokens: 1000, messages })
console.log('gpt-4o:', other.content[0].text)
