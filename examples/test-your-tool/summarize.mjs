// The tool under test: asks an OpenAI-compatible server for a summary, and comes again when it is told to wait.
import OpenAI from 'openai'

export async function summarize(text, { baseURL, apiKey }) {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 2 })
  const answer = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [
      { role: 'system', content: 'Summarize in one sentence.' },
      { role: 'user', content: text },
    ],
  })
  const [choice] = answer.choices
  if (choice.finish_reason === 'content_filter') throw new Error('the model refused this text')
  return choice.message.content
}
