import { completion, createCopilot, listModels, RateLimitError } from 'jetway'

const model = 'github_copilot/gpt-4o'

// One answer.
const answer = await completion({
  model,
  messages: [{ role: 'user', content: 'What does an index do in SQL?' }],
})
console.log('whole:', answer.choices[0]?.message.content)

// The same, while it is written.
process.stdout.write('streamed: ')
for await (const chunk of await completion({
  model,
  messages: [{ role: 'user', content: 'What does an index do in SQL?' }],
  stream: true,
})) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '')
}
console.log()

// A tool: the model asks, we answer, it goes on.
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather of a city',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  },
]
// The emulator calls what the prompt tells it to; a real model decides by itself.
const messages = [{ role: 'user', content: 'call get_weather {"city":"Paris"}' }]
const asked = await completion({ model, messages, tools })
const turn = asked.choices[0].message
for (const call of turn.tool_calls) {
  const { city } = JSON.parse(call.function.arguments)
  messages.push(turn, {
    role: 'tool',
    tool_call_id: call.id,
    content: `sunny in ${city}`,
  })
}
const said = await completion({ model, messages, tools })
console.log('after the tool:', said.choices[0].message.content)

// What this account has.
const models = await listModels()
console.log('models:', models.length)

// A client of its own, with other defaults, and its errors.
const client = createCopilot({ num_retries: 0, timeout: 30, signIn: 'never' })
try {
  await client.completion({ model: 'github_copilot/gpt-4oo', messages })
} catch (error) {
  if (error instanceof RateLimitError) console.log('come again in', error.retry_after, 's')
  console.log('error:', error.status, error.name, error.message)
}
await client.close()
