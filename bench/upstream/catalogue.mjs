/**
 * What the bench upstream says about itself: its models, the token exchange, the account.
 * Enough for a gateway to start and to find the wire of each model.
 */

const limits = {
  max_context_window_tokens: 200_000,
  max_prompt_tokens: 168_000,
  max_output_tokens: 16_384,
}
const supports = {
  streaming: true,
  tool_calls: true,
  parallel_tool_calls: true,
  structured_outputs: true,
}

/** In credits for so many tokens. */
const prices = {
  batch_size: 1_000_000,
  default: { input_price: 250, output_price: 1000, cache_price: 125 },
}

/**
 * @param {string} id
 * @param {string} vendor
 * @param {string[] | undefined} endpoints absent means chat only, as in Copilot's own list
 */
function model(id, vendor, endpoints) {
  return {
    id,
    name: id,
    object: 'model',
    vendor,
    version: id,
    preview: false,
    is_chat_default: id === 'gpt-4o',
    is_chat_fallback: false,
    model_picker_enabled: true,
    model_picker_category: 'versatile',
    policy: { state: 'enabled', terms: '' },
    // A model that costs nothing would leave out what a budget does for a call.
    billing: { is_premium: true, multiplier: 1, token_prices: prices },
    capabilities: {
      family: id,
      object: 'model_capabilities',
      type: 'chat',
      tokenizer: 'o200k_base',
      limits,
      supports,
    },
    ...(endpoints === undefined ? {} : { supported_endpoints: endpoints }),
  }
}

export const models = {
  object: 'list',
  data: [
    model('gpt-4o', 'Azure OpenAI', undefined),
    model('gpt-5.4', 'OpenAI', ['/responses']),
    model('claude-sonnet-4.5', 'Anthropic', ['/v1/messages']),
  ],
}

/** @param {number} nowSeconds @param {string} api */
export function exchange(nowSeconds, api) {
  const expires = nowSeconds + 1800
  return {
    token: `tid=bench;exp=${expires};sku=monthly_subscriber;st=dotcom;chat=1:0000`,
    expires_at: expires,
    refresh_in: 1500,
    sku: 'monthly_subscriber',
    individual: true,
    chat_enabled: true,
    endpoints: { api },
  }
}

/** @param {string} api */
export function account(api) {
  const unlimited = {
    entitlement: 0,
    overage_count: 0,
    overage_permitted: false,
    percent_remaining: 100,
    remaining: 0,
    quota_remaining: 0,
    unlimited: true,
  }
  return {
    login: 'bench',
    copilot_plan: 'individual',
    access_type_sku: 'monthly_subscriber',
    chat_enabled: true,
    endpoints: { api },
    quota_reset_date: '2099-01-01',
    quota_snapshots: { chat: unlimited, completions: unlimited, premium_interactions: unlimited },
  }
}
