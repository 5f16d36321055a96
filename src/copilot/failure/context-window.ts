/** How much too long a prompt was, where the refusal says. */
export interface ContextOverflow {
  readonly promptTokens: number | undefined
  readonly limit: number | undefined
}

/** The prompt's tokens first, then the limit. */
const PROMPT_THEN_LIMIT: readonly RegExp[] = [
  /prompt token count of ([\d,]+) exceeds the limit of ([\d,]+)/i,
  /prompt is too long: ([\d,]+) tokens > ([\d,]+)/i,
  /input token count \(?([\d,]+)\)? exceeds the maximum number of tokens allowed \(?([\d,]+)/i,
  /input length of ([\d,]+) tokens exceeds .*?([\d,]+)/i,
]
const LIMIT_THEN_PROMPT =
  /maximum context length is ([\d,]+) tokens[\s\S]*?(?:resulted in|requested|contains) (?:about )?([\d,]+)/i

const WORDS =
  /context[_ ](?:length|window)[_ ]exceeded|exceeds? the (?:model's )?context window|prompt is too long|input is too long/i

const CODES = new Set(['model_max_prompt_tokens_exceeded', 'context_length_exceeded'])

/** `undefined` when the refusal is about something else. */
export function readContextOverflow(
  code: string | undefined,
  message: string,
): ContextOverflow | undefined {
  for (const pattern of PROMPT_THEN_LIMIT) {
    const found = pattern.exec(message)
    if (found) return { promptTokens: number(found[1]), limit: number(found[2]) }
  }
  const turned = LIMIT_THEN_PROMPT.exec(message)
  if (turned) return { promptTokens: number(turned[2]), limit: number(turned[1]) }
  if ((code !== undefined && CODES.has(code)) || WORDS.test(message)) {
    return { promptTokens: undefined, limit: undefined }
  }
  return undefined
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.replaceAll(',', ''))
}
