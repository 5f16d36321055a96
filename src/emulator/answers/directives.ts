/** What a prompt tells the emulator to do. See `docs/emulator.md` for the words. */
export type Directive =
  | { readonly type: 'call'; readonly name: string; readonly input: string }
  | { readonly type: 'run'; readonly command: string }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'refuse'; readonly reason: string }
  | { readonly type: 'filter' }
  | { readonly type: 'words'; readonly count: number }

/** The directives of a prompt, in rounds: what follows a line that begins with `then` waits for a tool's result. */
export function directiveRounds(text: string): Directive[][] {
  const rounds: Directive[][] = [[]]
  for (const part of splitRounds(text)) {
    const found = directivesIn(part.text)
    if (part.later && rounds.at(-1)?.length !== 0) rounds.push(found)
    else rounds.at(-1)?.push(...found)
  }
  return rounds
}

function splitRounds(text: string): { text: string; later: boolean }[] {
  const parts: { text: string; later: boolean }[] = [{ text: '', later: false }]
  for (const line of text.split('\n')) {
    const later = /^\s*then[:,]?\s+(.*)$/i.exec(line)
    if (later) parts.push({ text: later[1] ?? '', later: true })
    else parts[parts.length - 1] = append(parts.at(-1), line)
  }
  return parts
}

function append(
  part: { text: string; later: boolean } | undefined,
  line: string,
): { text: string; later: boolean } {
  return { text: `${part?.text ?? ''}\n${line}`, later: part?.later ?? false }
}

function directivesIn(text: string): Directive[] {
  const found: { at: number; directive: Directive }[] = []
  const note = (at: number, directive: Directive): void => {
    found.push({ at, directive })
  }

  for (const match of text.matchAll(/\[tool:\s*([\w.-]+)\s*/gi)) {
    const from = match.index + match[0].length
    const json = jsonAt(text, from)
    const input = json ?? text.slice(from, text.indexOf(']', from)).trim()
    note(match.index, { type: 'call', name: match[1] ?? '', input })
  }
  for (const match of text.matchAll(/\bcall\s+([\w.-]+)\s*(?=\{)/gi)) {
    const json = jsonAt(text, match.index + match[0].length)
    if (json !== undefined) note(match.index, { type: 'call', name: match[1] ?? '', input: json })
  }
  for (const match of text.matchAll(/^\s*(?:please\s+)?run:\s*(.+)$/gim)) {
    const command = (match[1] ?? '').trim().replace(/^`(.*)`$/, '$1')
    note(match.index, { type: 'run', command })
  }
  const say = /(?:^|\n)\s*(?:repeat|echo|say)(?:\s+after\s+me)?:\s*([\s\S]+)$/i.exec(text)
  if (say) note(say.index, { type: 'say', text: (say[1] ?? '').trim() })
  const refuse = /(?:^|\n)\s*refuse(?::\s*(.*))?\s*$/im.exec(text)
  if (refuse) {
    note(refuse.index, {
      type: 'refuse',
      reason: refuse[1] ?? "I'm sorry, I can't help with that.",
    })
  }
  if (/\[filter\]/i.test(text)) note(0, { type: 'filter' })
  const words = /\b(\d{1,5}) words\b/i.exec(text)
  if (words) note(words.index, { type: 'words', count: Number(words[1]) })
  return found.sort((left, right) => left.at - right.at).map((item) => item.directive)
}

/** The JSON object that begins at `from`, brackets balanced outside strings. */
function jsonAt(text: string, from: number): string | undefined {
  if (text[from] !== '{') return undefined
  let depth = 0
  let quoted = false
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at += 1
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{') depth += 1
    else if (char === '}') {
      depth -= 1
      if (depth === 0) return text.slice(from, at + 1)
    }
  }
  return undefined
}
