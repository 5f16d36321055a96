import type { CatalogueEntry, CatalogueModel, Limits, Manner, Supports, Traits } from './entry.ts'

const TERMS =
  'Enable access to the latest model. [Learn more about how GitHub Copilot serves it](https://docs.github.com/copilot).'

const PAID = ['pro', 'pro_plus', 'individual_trial', 'business', 'enterprise']

/** One line of the table; what is left out has the usual value. */
export interface ModelLine {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly version?: string
  readonly family?: string
  readonly type?: 'chat' | 'embeddings' | 'completion'
  readonly tokenizer?: 'o200k_base' | 'cl100k_base'
  readonly category?: 'powerful' | 'versatile' | 'lightweight'
  readonly picker?: boolean
  readonly preview?: boolean
  readonly chatDefault?: boolean
  /** Set where the entry has a policy block. */
  readonly policy?: 'enabled' | 'unconfigured'
  readonly endpoints?: readonly string[]
  /** Premium requests per turn; 0 is included in the plan. */
  readonly multiplier?: number
  readonly restricted?: boolean
  /** Credits per million tokens: input, output, cached, written to the cache. */
  readonly prices?: readonly [number, number, number, number?]
  /** The same above so many input tokens. */
  readonly longPrices?: {
    readonly above: number
    readonly prices: readonly [number, number, number]
  }
  readonly window?: number
  readonly prompt?: number
  readonly output?: number
  readonly wholeOutput?: number
  readonly images?: number
  readonly imageTypes?: readonly string[]
  readonly supports?: Supports
  readonly maxInputs?: number
  readonly traits?: Partial<Traits> & { readonly manner: Manner }
}

const JPEG_PNG_WEBP = ['image/jpeg', 'image/png', 'image/webp']
export const WITH_GIF = [...JPEG_PNG_WEBP, 'image/gif']

export function modelFromLine(line: ModelLine): CatalogueModel {
  return { entry: entryFromLine(line), traits: traitsFromLine(line) }
}

function entryFromLine(line: ModelLine): CatalogueEntry {
  const multiplier = line.multiplier ?? 0
  return {
    id: line.id,
    name: line.name,
    object: 'model',
    vendor: line.vendor,
    version: line.version ?? line.id,
    preview: line.preview ?? false,
    is_chat_default: line.chatDefault ?? false,
    is_chat_fallback: line.chatDefault ?? false,
    model_picker_enabled: line.picker ?? true,
    ...(line.category && { model_picker_category: line.category }),
    ...(line.policy && { policy: { state: line.policy, terms: TERMS } }),
    ...(line.endpoints && { supported_endpoints: line.endpoints }),
    billing: {
      is_premium: multiplier > 0,
      multiplier,
      ...(line.restricted && { restricted_to: PAID }),
      ...(line.prices && { token_prices: pricesFromLine(line) }),
    },
    capabilities: {
      family: line.family ?? line.id,
      object: 'model_capabilities',
      type: line.type ?? 'chat',
      tokenizer: line.tokenizer ?? 'o200k_base',
      limits: limitsFromLine(line),
      supports: line.supports ?? { streaming: true },
    },
  }
}

function pricesFromLine(line: ModelLine): NonNullable<CatalogueEntry['billing']['token_prices']> {
  const [input, output, cached, written] = line.prices ?? [0, 0, 0]
  const tier = { input_price: input, output_price: output, cache_price: cached }
  const long = line.longPrices
  return {
    batch_size: 1_000_000,
    default: {
      ...tier,
      ...(written !== undefined && { cache_write_price: written }),
      ...(long && { context_max: long.above }),
    },
    ...(long && {
      long_context: {
        input_price: long.prices[0],
        output_price: long.prices[1],
        cache_price: long.prices[2],
      },
    }),
  }
}

function limitsFromLine(line: ModelLine): Limits {
  return {
    ...(line.window !== undefined && { max_context_window_tokens: line.window }),
    ...(line.prompt !== undefined && { max_prompt_tokens: line.prompt }),
    ...(line.output !== undefined && { max_output_tokens: line.output }),
    ...(line.wholeOutput !== undefined && { max_non_streaming_output_tokens: line.wholeOutput }),
    ...(line.maxInputs !== undefined && { max_inputs: line.maxInputs }),
    ...(line.images !== undefined && {
      vision: {
        max_prompt_image_size: 3_145_728,
        max_prompt_images: line.images,
        supported_media_types: line.imageTypes ?? JPEG_PNG_WEBP,
      },
    }),
  }
}

function traitsFromLine(line: ModelLine): Traits {
  return {
    manner: 'plain',
    answersAs: line.version ?? line.id,
    refusesSampling: false,
    refusesMaxTokens: false,
    responsesTools: ['function', 'custom'],
    adaptiveOnly: false,
    refusesContextManagement: false,
    systemInMessages: false,
    ...line.traits,
  }
}
