import type { CallExtras } from './options.ts'

export interface EmbeddingOptions extends CallExtras {
  /** One text or several; token arrays are not taken by Copilot. */
  input: string | readonly string[] | readonly number[] | readonly (readonly number[])[]
  model: string
  dimensions?: number | undefined
  /** @default 'float' */
  encoding_format?: 'float' | 'base64' | undefined
  user?: string | undefined
}

export interface EmbeddingResponse {
  object: 'list'
  model: string
  data: EmbeddingItem[]
  usage: { prompt_tokens: number; total_tokens: number }
}

export interface EmbeddingItem {
  object: 'embedding'
  index: number
  embedding: number[]
}
