/** Headers of a caller that reach Copilot; everything else a client sends is between it and us. */
const SENT_ON: ReadonlySet<string> = new Set([
  'editor-version',
  'editor-plugin-version',
  'copilot-integration-id',
  'openai-intent',
])

const SENT_ON_PREFIXES = ['x-interaction-', 'vscode-', 'anthropic-'] as const

/** As GitHub's own clients and the editors with a Copilot plugin name themselves; not an SDK's, a browser's or curl's. */
const EDITOR_AGENT =
  /^(?:github-?copilot|copilot|visual ?studio|vs ?code|vscode|vs\/|jetbrains|intellij|neovim|nvim|vim|emacs|xcode|eclipse|zed|sublime)/i

/** `x-initiator` is decided apart, with a reason. */
export function isSentOn(name: string, value: string): boolean {
  if (SENT_ON.has(name)) return true
  if (name === 'user-agent') return EDITOR_AGENT.test(value)
  return SENT_ON_PREFIXES.some((prefix) => name.startsWith(prefix))
}

/**
 * Beta features Copilot's Messages endpoint knows; it refuses the whole request for any other
 * (`unsupported beta header(s)`), and clients made for Anthropic's own API send several more.
 */
const BETAS: readonly RegExp[] = [
  /^interleaved-thinking-2025-05-14$/,
  /^context-management-2025-06-27$/,
  /^advanced-tool-use-2025-11-20$/,
  /^computer-use-2025-(?:01|11)-24$/,
  /^mid-conversation-system-2026-04-07$/,
]

/** The values that are kept, and those that are not. */
export function filterBetas(value: string): {
  readonly kept: string
  readonly dropped: readonly string[]
} {
  const kept: string[] = []
  const dropped: string[] = []
  for (const part of value.split(',')) {
    const beta = part.trim()
    if (beta !== '') (BETAS.some((known) => known.test(beta)) ? kept : dropped).push(beta)
  }
  return { kept: kept.join(','), dropped }
}
