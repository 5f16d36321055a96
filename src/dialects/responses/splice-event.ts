/** Events that only refer to an item, and of which there are many. */
const REFERRING =
  /^event: ?response\.(?:output_text\.(?:delta|done|annotation\.added)|content_part\.(?:added|done)|refusal\.(?:delta|done)|reasoning_\w+\.(?:delta|added|done)|(?:function_call_arguments|custom_tool_call_input)\.delta)\r?\n/
const CALL_INPUT = /^event: ?response\.(?:function_call_arguments|custom_tool_call_input)/
const INDEX = /"output_index":\s*(\d+)/
const ITEM_ID = /"item_id":\s*"([^"\\]*)"/
const OBFUSCATION = /"obfuscation":\s*"[^"\\]*",|,\s*"obfuscation":\s*"[^"\\]*"/
const SEQUENCE = /"sequence_number":\s*(\d+)/

export function isSpliceable(text: string): boolean {
  return REFERRING.test(text)
}

/**
 * Puts the right id into an event and takes `obfuscation` out, without parsing it. Inside a JSON string every quote is escaped,
 * so a member's name with its quotes can only be a member. `text` is the event as Latin-1, one character a byte; it comes
 * back as it is when it is right, and `undefined` means that the event must be parsed.
 */
export function spliceEvent(
  text: string,
  idOf: (index: number) => string | undefined,
  passesCalls: (index: number) => boolean,
): string | undefined {
  const index = INDEX.exec(text)?.[1]
  const id = index === undefined ? undefined : idOf(Number(index))
  const found = ITEM_ID.exec(text)
  if (id === undefined || !found) return undefined
  if (CALL_INPUT.test(text) && !passesCalls(Number(index))) return undefined
  const named =
    found[1] === id
      ? text
      : `${text.slice(0, found.index)}"item_id":"${id}"${text.slice(found.index + found[0].length)}`
  return named.includes('"obfuscation"') ? named.replace(OBFUSCATION, '') : named
}

/** The number of an event; 0 when it has none. */
export function sequenceOf(text: string): number {
  return Number(SEQUENCE.exec(text)?.[1] ?? 0)
}
