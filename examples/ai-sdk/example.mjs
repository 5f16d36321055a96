import { embed, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { copilot } from 'jetway/ai-sdk'

const { text, usage } = await generateText({
  model: copilot('gpt-4o'),
  prompt: 'Write a haiku about rivers',
})
console.log('text:', text, `(${usage.totalTokens} tokens)`)

process.stdout.write('streamed: ')
const { textStream } = streamText({ model: copilot('claude-sonnet-4.5'), prompt: 'Say hello' })
for await (const piece of textStream) process.stdout.write(piece)
console.log()

const person = await generateObject({
  model: copilot('gpt-4o'),
  prompt: 'Invent a person',
  schema: jsonSchema({
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  }),
})
console.log('object:', JSON.stringify(person.object))

const weather = await generateText({
  model: copilot('gpt-4o'),
  // The emulator calls what the prompt tells it to; a real model decides by itself.
  prompt: 'call get_weather {"city":"Paris"}',
  stopWhen: stepCountIs(3),
  tools: {
    get_weather: tool({
      description: 'The weather of a city',
      inputSchema: jsonSchema({
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      }),
      execute: ({ city }) => `sunny in ${city}`,
    }),
  },
})
console.log('after the tool:', weather.text)

const { embedding } = await embed({
  model: copilot.embeddingModel('text-embedding-3-small'),
  value: 'a river',
})
console.log('embedding:', embedding.length, 'numbers')
