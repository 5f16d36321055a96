import type { Usage } from './usage.ts'

export interface EmbeddingRequest {
  readonly model: string
  readonly inputs: readonly string[]
  readonly dimensions?: number | undefined
  /** `base64`: little-endian 32-bit floats, as OpenAI's SDKs ask for by default. */
  readonly encoding: 'float' | 'base64'
  readonly user?: string | undefined
}

export interface Embedding {
  readonly model: string
  /** In the order of the inputs. */
  readonly vectors: readonly (readonly number[])[]
  readonly usage?: Usage | undefined
}
