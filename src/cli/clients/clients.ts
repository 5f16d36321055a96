import { nearestName } from '../../config/nearest.ts'
import { UsageError } from '../exit-codes.ts'
import { CLAUDE, CODEX, COPILOT } from './agents.ts'
import type { ClientSpec } from './client.ts'
import { AIDER, ANTHROPIC, CONTINUE, GEMINI_CLI, OPENAI, OPENCODE, QWEN } from './others.ts'

export const CLIENTS: readonly ClientSpec[] = [
  CLAUDE,
  CODEX,
  COPILOT,
  OPENCODE,
  GEMINI_CLI,
  AIDER,
  QWEN,
  CONTINUE,
  OPENAI,
  ANTHROPIC,
]

export function findClient(word: string, known: readonly ClientSpec[] = CLIENTS): ClientSpec {
  const found = known.find(({ name, aliases }) => name === word || aliases.includes(word))
  if (found) return found
  const names = known.map(({ name }) => name)
  const nearest = nearestName(word, names)
  const hint = nearest === undefined ? `known are ${names.join(', ')}` : `did you mean ${nearest}?`
  throw new UsageError(`'${word}' is no client known here; ${hint}`)
}

/** Those that can be started. */
export const LAUNCHABLE = CLIENTS.filter(({ command }) => command !== undefined)
