/** What was asked and answered in one call, redacted and cut. */
export interface KeptPrompt {
  readonly request: string
  readonly answer: string
  /** Of the whole, before anything was taken out; the request's in bytes. */
  readonly requestCharacters: number
  readonly answerCharacters: number
}

export interface PromptStore {
  save(rows: readonly SealedPrompt[]): Promise<void>
  find(callId: string, nowMs: number): Promise<SealedPrompt | undefined>
}

export interface SealedPrompt {
  /** The ledger's id of the call. */
  readonly callId: string
  readonly expiresAtMs: number
  readonly keyId: string
  readonly box: string
}
