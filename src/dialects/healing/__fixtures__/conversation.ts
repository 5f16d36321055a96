import type { Content, Conversation, Tool, ToolResult, Turn } from '../../../core/conversation.ts'

export const conversationOf = (
  turns: readonly Turn[],
  tools: readonly Tool[] = [],
): Conversation => ({
  model: 'm',
  turns,
  tools,
  stream: true,
  includeUsage: true,
  extras: [],
})
export const say = (text: string): Turn => ({ role: 'user', content: [{ type: 'text', text }] })
export const call = (id: string, name = 'f'): Content => ({
  type: 'tool-call',
  id,
  name,
  input: { kind: 'json', text: '{}' },
})
export const calls = (...ids: string[]): Turn => ({
  role: 'assistant',
  content: ids.map((id) => call(id)),
})
export const result = (id: string, text = id): ToolResult => ({
  type: 'tool-result',
  id,
  content: [{ type: 'text', text }],
  isError: false,
})
export const results = (...ids: string[]): Turn => ({
  role: 'tool',
  content: ids.map((id) => result(id)),
})
