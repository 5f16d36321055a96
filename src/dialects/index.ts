/** Every wire format as clients speak it, and as upstreams do: a new one is a folder and a line here. */
import type { Dialect, Wire } from '../core/dialect.ts'
import type { WireName } from '../core/model.ts'
import { chat, chatWire } from './chat/index.ts'
import { completions } from './completions/index.ts'
import { embeddings } from './embeddings/index.ts'
import {
  batchEmbedContents,
  countTokens,
  embedContent,
  generateContent,
  streamGenerateContent,
  streamGenerateContentArray,
} from './gemini/index.ts'
import { messages, messagesCountTokens, messagesWire } from './messages/index.ts'
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from './ollama/index.ts'
import { responses, responsesCompact, responsesWire } from './responses/index.ts'

/** By `Dialect.id`. */
export const dialects: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ['chat', chat],
  ['completions', completions],
  ['embeddings', embeddings],
  ['gemini:generateContent', generateContent],
  ['gemini:streamGenerateContent', streamGenerateContent],
  ['gemini:streamGenerateContent:array', streamGenerateContentArray],
  ['gemini:countTokens', countTokens],
  ['gemini:embedContent', embedContent],
  ['gemini:batchEmbedContents', batchEmbedContents],
  ['ollama:chat', ollamaChat],
  ['ollama:generate', ollamaGenerate],
  ['ollama:embed', ollamaEmbed],
  ['ollama:embeddings', ollamaEmbeddings],
  ['messages', messages],
  ['messages:count_tokens', messagesCountTokens],
  ['responses', responses],
  ['responses:compact', responsesCompact],
])

/** The wires that generate. Embeddings have one form everywhere, which needs no codec of its own here. */
export const wires: ReadonlyMap<WireName, Wire> = new Map<WireName, Wire>([
  ['chat', chatWire],
  ['messages', messagesWire],
  ['responses', responsesWire],
])
