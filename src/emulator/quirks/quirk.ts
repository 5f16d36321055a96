import type { Manner } from '../catalogue/entry.ts'

/** The oddities of a model's answers. Which are on by default depends on who made the model. */
export interface Quirks {
  /** Whole chat answers of Claude come as several `choices`: text and calls apart, or one per call. */
  splitChoices: 'no' | 'pair' | 'each'
  /** Every parallel tool call of a chat stream claims index 0. */
  toolIndexZero: boolean
  /** The chat stream ends without a `finish_reason`. */
  missingFinish: boolean
  missingObject: boolean
  /** `whole` leaves it out of whole answers only. */
  missingCreated: 'no' | 'whole' | 'always'
  /** Junk of changing length beside the message. */
  padding: boolean
  /** A first chunk that holds `prompt_filter_results` and no choices. */
  promptFilterFirst: boolean
  /** Where a chat stream tells its usage. */
  usageAt: 'finish' | 'own' | 'never'
  /** Every chat delta repeats `role`. */
  repeatRole: boolean
  /** Chat chunks with `choices: null` and references in between. */
  nullChoices: boolean
  /** A whole chat answer in Anthropic's form. */
  anthropicBody: boolean
  /** The field a chat stream puts thinking in; the others are of earlier years. */
  reasoningAs: 'reasoning_text' | 'cot_summary' | 'thinking'
  /** `reasoning_opaque` arrives in two deltas. */
  splitOpaque: boolean
  /** Deltas carry `copilot_annotations`. */
  annotations: boolean
  /** Ids of Responses items are long blobs instead of `msg_…`. */
  encryptedIds: boolean
  /** The same Responses item has another id in every event, and the response another at its end. */
  changingIds: boolean
  /** Item ids of another connection are taken back without complaint. */
  acceptItemIds: boolean
  /** Responses deltas carry an `obfuscation` field. */
  obfuscation: boolean
  /** Argument deltas are unreadable; only `.done` has the arguments. */
  ciphertextArguments: boolean
  /** `ping` events on the Messages wire. */
  pings: boolean
  /** `copilot_usage` on answers. */
  copilotUsage: boolean
  /** A chat stream ends with `[DONE]`. */
  doneMarker: boolean
  /** The stream breaks with an error event after so many events; -1 never. */
  errorAfter: number
  errorCode: string
  errorMessage: string
  /** The stream ends cleanly after so many events, without its closing ones; -1 never. */
  closeAfter: number
  /** A comment line before every n-th event; 0 none. */
  commentEvery: number
  /** Milliseconds before every event. */
  trickleMs: number
  /** Content type of JSON errors. */
  errorType: 'text/plain' | 'application/json'
  /** What a model on the wrong wire is called. */
  wrongWireCode: 'unsupported_api_for_model' | 'model_not_supported'
  /** A `Copilot-Vision-Request` header without an image gets 429. */
  visionHeaderOnText: 'ignored' | 'refused'
}

export interface QuirkSet {
  /** A model id, or `*` for all. */
  readonly model: string
  readonly quirks: Partial<Quirks>
}

const NEUTRAL: Quirks = {
  splitChoices: 'no',
  toolIndexZero: false,
  missingFinish: false,
  missingObject: false,
  missingCreated: 'no',
  padding: false,
  promptFilterFirst: false,
  usageAt: 'finish',
  repeatRole: false,
  nullChoices: false,
  anthropicBody: false,
  reasoningAs: 'reasoning_text',
  splitOpaque: false,
  annotations: false,
  encryptedIds: true,
  changingIds: true,
  acceptItemIds: false,
  obfuscation: true,
  ciphertextArguments: false,
  pings: true,
  copilotUsage: true,
  doneMarker: true,
  errorAfter: -1,
  errorCode: 'rate_limited',
  errorMessage: 'Sorry, you have been rate-limited. Please wait a moment before trying again.',
  closeAfter: -1,
  commentEvery: 0,
  trickleMs: 0,
  errorType: 'text/plain',
  wrongWireCode: 'unsupported_api_for_model',
  visionHeaderOnText: 'ignored',
}

export const QUIRKS_BY_MANNER: Readonly<Record<Manner, Quirks>> = {
  azure: {
    ...NEUTRAL,
    missingObject: true,
    missingCreated: 'whole',
    padding: true,
    promptFilterFirst: true,
  },
  claude: { ...NEUTRAL, splitChoices: 'pair', missingObject: true, repeatRole: true },
  plain: { ...NEUTRAL, missingObject: true },
}
