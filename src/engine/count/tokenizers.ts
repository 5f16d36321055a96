/** How many tokens a text has. */
export type CountText = (text: string) => number

/** By the names that catalogues use; `undefined` when the tokenizer is not there. */
export type LoadEncoding = (name: EncodingName) => Promise<CountText | undefined>

const ENCODINGS = ['o200k_base', 'cl100k_base'] as const
export type EncodingName = (typeof ENCODINGS)[number]

export interface Tokenizers {
  /** `undefined` for a tokenizer that nobody knows, and when the package is not installed. */
  readonly find: (name: string | undefined) => Promise<CountText | undefined>
}

/**
 * The tokenizers of the optional peer `gpt-tokenizer`. One is loaded when the first prompt is counted with it, which takes some
 * 0.2 s and 60 MB: a gateway that never counts never pays.
 */
export function createTokenizers(load: LoadEncoding = loadEncoding): Tokenizers {
  const loaded = new Map<EncodingName, Promise<CountText | undefined>>()
  return {
    async find(name) {
      const encoding = ENCODINGS.find((known) => known === name)
      if (encoding === undefined) return undefined
      let found = loaded.get(encoding)
      if (found === undefined) {
        found = load(encoding)
        loaded.set(encoding, found)
      }
      return found
    },
  }
}

/** Within `try`, as bundlers want it: else they refuse to bundle a program that has not installed it. */
async function loadEncoding(name: EncodingName): Promise<CountText | undefined> {
  try {
    const { countTokens } =
      name === 'o200k_base'
        ? await import('gpt-tokenizer/encoding/o200k_base')
        : await import('gpt-tokenizer/encoding/cl100k_base')
    // A prompt may speak of special tokens; there they are text.
    return (text) => countTokens(text, { disallowedSpecial: new Set<string>() })
  } catch {
    return undefined
  }
}
