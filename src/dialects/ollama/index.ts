/** Ollama's own API, one JSON object a line: https://github.com/ollama/ollama/blob/main/docs/api.md */
import type { GenerateDialect } from '../../core/dialect.ts'
import { decodeChatRequest, decodeGenerateRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { encodeError } from './errors.ts'
import { readChatFacts, readGenerateFacts } from './facts.ts'
import { chatForm, generateForm } from './form.ts'
import type { Form } from './form.ts'
import { answerChatLoad, answerGenerateLoad } from './load.ts'

export { ollamaEmbed, ollamaEmbeddings } from './embed.ts'

export const ollamaChat: GenerateDialect = {
  ...withForm(chatForm),
  id: 'ollama:chat',
  readFacts: readChatFacts,
  decodeRequest: decodeChatRequest,
  answerUnasked: answerChatLoad,
}

export const ollamaGenerate: GenerateDialect = {
  ...withForm(generateForm),
  id: 'ollama:generate',
  readFacts: readGenerateFacts,
  decodeRequest: decodeGenerateRequest,
  answerUnasked: answerGenerateLoad,
}

function withForm(
  form: Form,
): Omit<GenerateDialect, 'id' | 'readFacts' | 'decodeRequest' | 'answerUnasked'> {
  return {
    name: 'ollama',
    operation: 'generate',
    wire: undefined,
    encodeError,
    encodeAnswer: (answer, context) => encodeAnswer(answer, context, form),
    streamContentType: 'application/x-ndjson',
    createStreamEncoder: (context) => createStreamEncoder(context, form),
    // There are no comments on this wire, and clients parse every line: an answer of no words does no harm.
    keepAlive: `${JSON.stringify({ model: '', created_at: '1970-01-01T00:00:00Z', ...form({ text: '' }), done: false })}\n`,
  }
}
