/** What the emulator says, before it is put on a wire. */
export interface Answer {
  /** Empty when the model did not think. */
  readonly thinking: string
  readonly text: string
  readonly calls: readonly AnsweredCall[]
  readonly finish: 'stop' | 'length' | 'tool' | 'filter' | 'refusal'
  /** The stop sequence that ended it. */
  readonly stopSequence: string | undefined
  readonly outputTokens: number
  readonly thinkingTokens: number
}

export interface AnsweredCall {
  readonly name: string
  readonly namespace?: string
  readonly kind: 'function' | 'custom'
  /** JSON text of the arguments; free text for a custom tool. */
  readonly input: string
}
