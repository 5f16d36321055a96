import {
  chooseModel,
  dashed,
  GPT,
  GPT_CODEX,
  HAIKU,
  newestOf,
  OPUS,
  SONNET,
} from './choose-model.ts'
import type { ClientSpec, ClientTarget } from './client.ts'

/** Where a client finds its key when its configuration can only name a variable. */
export const KEY_VARIABLE = 'JETWAY_API_KEY'

/** https://code.claude.com/docs/en/llm-gateway and https://code.claude.com/docs/en/env-vars */
export const CLAUDE: ClientSpec = {
  name: 'claude',
  aliases: ['claude-code'],
  title: 'Claude Code',
  command: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  environment(target) {
    const { url, key, models } = target
    const main = dashed(chooseModel(target, [SONNET, GPT], 'claude-sonnet-4-6'))
    const size = (family: RegExp): string => dashed(newestOf(models, [family]) ?? main)
    return {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: main,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: size(HAIKU),
      ANTHROPIC_DEFAULT_SONNET_MODEL: size(SONNET),
      ANTHROPIC_DEFAULT_OPUS_MODEL: size(OPUS),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // A line in front of every prompt that differs from call to call and so defeats the prompt cache.
      CLAUDE_CODE_ATTRIBUTION_HEADER: '0',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
    }
  },
  without: [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
  ],
}

/** https://developers.openai.com/codex/config-reference. By `-c`, so that sessions and settings stay where they are. */
export const CODEX: ClientSpec = {
  name: 'codex',
  aliases: [],
  title: 'Codex',
  command: 'codex',
  install: 'npm install -g @openai/codex',
  environment: ({ key }) => ({ [KEY_VARIABLE]: key }),
  words: (target) => codexSettings(target).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  without: ['CODEX_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
}

/** Names and values as TOML has them. */
function codexSettings(target: ClientTarget): readonly (readonly [string, string])[] {
  return [
    ['model', JSON.stringify(codexModel(target))],
    ['model_provider', '"jetway"'],
    ['check_for_update_on_startup', 'false'],
    ['analytics.enabled', 'false'],
    ...codexProvider(target).map(
      ([name, value]) => [`model_providers.jetway.${name}`, value] as const,
    ),
  ]
}

export function codexModel(target: Pick<ClientTarget, 'model' | 'models'>): string {
  return chooseModel(target, [GPT, GPT_CODEX], 'gpt-5.4')
}

export function codexProvider({
  url,
}: Pick<ClientTarget, 'url'>): readonly (readonly [string, string])[] {
  return [
    ['name', '"Jetway"'],
    ['base_url', JSON.stringify(`${url}/v1`)],
    ['env_key', JSON.stringify(KEY_VARIABLE)],
    ['wire_api', '"responses"'],
    ['supports_websockets', 'true'],
  ]
}

/** The GitHub Copilot CLI with a provider of its own: `copilot help providers`. */
export const COPILOT: ClientSpec = {
  name: 'copilot',
  aliases: ['copilot-cli'],
  title: 'GitHub Copilot CLI',
  command: 'copilot',
  install: 'npm install -g @github/copilot',
  environment(target) {
    const { url, key } = target
    const model = chooseModel(target, [GPT, SONNET], 'gpt-5.4')
    const claude = model.startsWith('claude')
    return {
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_TYPE: claude ? 'anthropic' : 'openai',
      COPILOT_PROVIDER_BASE_URL: claude ? url : `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: key,
      ...(claude ? {} : { COPILOT_PROVIDER_WIRE_API: copilotWire(model) }),
      COPILOT_MODEL: model,
    }
  },
  without: [
    'COPILOT_API_URL',
    'COPILOT_PROVIDER_BEARER_TOKEN',
    'COPILOT_PROVIDER_MODEL_ID',
    'COPILOT_PROVIDER_WIRE_MODEL',
    'COPILOT_PROVIDER_TRANSPORT',
    'GITHUB_COPILOT_API_TOKEN',
  ],
}

/** GPT-5 and later reason, and keep their reasoning over turns on this wire only. */
function copilotWire(model: string): string {
  return /^gpt-([5-9]|\d\d)/.test(model) ? 'responses' : 'completions'
}
