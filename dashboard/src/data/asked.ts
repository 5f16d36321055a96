import type { Question } from './dialects.ts'

/** What was asked in the playground since the page was opened, by request id. Kept here alone: the gateway keeps no prompts. */
export type Asked = Map<string, AskedQuestion>

export interface AskedQuestion extends Question {
  readonly dialect: string
}

const MOST = 50

export function remember(asked: Asked, requestId: string, question: AskedQuestion): void {
  asked.set(requestId, question)
  const [oldest] = asked.keys()
  if (asked.size > MOST && oldest !== undefined) asked.delete(oldest)
}
