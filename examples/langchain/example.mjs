import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'

const { JETWAY_URL = 'http://127.0.0.1:4000', JETWAY_API_KEY = 'unused' } = process.env
const configuration = { baseURL: `${JETWAY_URL}/v1` }

const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: JETWAY_API_KEY, configuration })
const prompt = ChatPromptTemplate.fromMessages([
  ['system', 'You explain things to a {audience}.'],
  ['human', 'What is {thing}?'],
])
const chain = prompt.pipe(model).pipe(new StringOutputParser())
const input = { audience: 'child', thing: 'a river delta' }
console.log('chain:', await chain.invoke(input))

process.stdout.write('streamed: ')
for await (const piece of await chain.stream(input)) process.stdout.write(piece)
console.log()

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
// The emulator calls what the prompt tells it to; a real model decides by itself.
const asked = await model.bindTools([weather]).invoke('call get_weather {"city":"Paris"}')
console.log('tool:', asked.tool_calls[0].name, JSON.stringify(asked.tool_calls[0].args))

const embeddings = new OpenAIEmbeddings({
  model: 'text-embedding-3-small',
  apiKey: JETWAY_API_KEY,
  configuration,
})
const [vector] = await embeddings.embedDocuments(['a river'])
console.log('embedding:', vector.length, 'numbers')
