/** What a call's input can be told by: JSON starts with a brace; the rest is any text. */
export type InputKind = 'json' | 'text'

/** Lets a call's input through while it arrives, once it is known to be readable. */
export interface InputGate {
  /** What may go on now; empty while that is not known. */
  push(delta: string): string
  /** Deltas are going through. */
  readonly open: boolean
  /** What is held back: all that is known of the input if the end does not repeat it. */
  held(): string
}

/**
 * Copilot sometimes sends a call's input as ciphertext in the deltas and right only in the closing event. Ciphertext is
 * base64, which holds neither a brace nor white space nor most punctuation; arguments in JSON start with a brace, and raw
 * text soon has a sign that base64 has not. What stays undecided is held until the end repeats it. Each delta is looked at
 * once, so a long ciphertext costs no more than its length.
 */
export function createInputGate(kind: InputKind): InputGate {
  let state: 'undecided' | 'open' | 'unreadable' = 'undecided'
  let held: string[] = []

  const decide = (delta: string): typeof state => {
    if (kind === 'text') return /[^\w+/=-]/.test(delta) ? 'open' : 'undecided'
    const first = /\S/.exec(delta)?.[0]
    if (first === undefined) return 'undecided'
    return first === '{' ? 'open' : 'unreadable'
  }

  return {
    push(delta) {
      if (state === 'open') return delta
      if (state === 'undecided') state = decide(delta)
      held.push(delta)
      if (state !== 'open') return ''
      const text = held.join('')
      held = []
      return text
    },
    get open() {
      return state === 'open'
    },
    held: () => held.join(''),
  }
}
