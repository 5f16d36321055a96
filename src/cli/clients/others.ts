import { join } from 'node:path'
import { KEY_VARIABLE } from './agents.ts'
import { chooseModel, GEMINI, GPT, GPT_4O, HAIKU, newestOf, SONNET } from './choose-model.ts'
import type { ClientSpec, ClientTarget } from './client.ts'

const CHAT_FAMILIES = [SONNET, GPT, GPT_4O]
const SMALL_FAMILIES = [/^gpt-\d[\d.]*-mini$/, /^gpt-4o-mini$/, HAIKU]

const chatModel = (target: Pick<ClientTarget, 'model' | 'models'>): string =>
  chooseModel(target, CHAT_FAMILIES, 'gpt-4o')

/** https://opencode.ai/docs/config: a file beside the person's own, merged with it. The key stays out of the file. */
export const OPENCODE: ClientSpec = {
  name: 'opencode',
  aliases: [],
  title: 'OpenCode',
  command: 'opencode',
  install: 'npm install -g opencode-ai',
  environment: ({ key, folder }) => ({
    OPENCODE_CONFIG: join(folder, 'opencode.json'),
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    [KEY_VARIABLE]: key,
  }),
  files: (target) => ({
    'opencode.json': `${JSON.stringify(opencodeSettings(target), null, 2)}\n`,
  }),
  without: ['OPENCODE_CONFIG_CONTENT'],
}

export interface OpencodeSettings {
  readonly share: string
  readonly autoupdate: boolean
  readonly model: string
  readonly small_model: string
  readonly provider: { readonly jetway: object }
}

export function opencodeSettings(target: Omit<ClientTarget, 'folder' | 'key'>): OpencodeSettings {
  const model = chatModel(target)
  const small = newestOf(target.models, SMALL_FAMILIES) ?? model
  const names = [...new Set([model, small, ...target.models])]
  return {
    share: 'disabled',
    autoupdate: false,
    model: `jetway/${model}`,
    small_model: `jetway/${small}`,
    provider: {
      jetway: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Jetway',
        options: { baseURL: `${target.url}/v1`, apiKey: `{env:${KEY_VARIABLE}}` },
        models: Object.fromEntries(names.map((name) => [name, { name, tool_call: true }])),
      },
    },
  }
}

export const GEMINI_SETTINGS = { security: { auth: { selectedType: 'gemini-api-key' } } }

/**
 * https://geminicli.com/docs/reference/configuration: with a base URL and no chosen kind of sign-in it picks one that it then
 * refuses, so a file must say the kind. System settings have to belong to root: it gets a home of its own, which is kept,
 * and with it its sessions.
 */
export const GEMINI_CLI: ClientSpec = {
  name: 'gemini',
  aliases: ['gemini-cli'],
  title: 'Gemini CLI',
  command: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  environment: (target) => ({
    GEMINI_API_KEY: target.key,
    GOOGLE_GEMINI_BASE_URL: target.url,
    GEMINI_MODEL: geminiModel(target),
    GEMINI_CLI_HOME: target.folder,
  }),
  keepsFolder: true,
  files: () => ({
    '.gemini/settings.json': `${JSON.stringify(
      {
        ...GEMINI_SETTINGS,
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true },
      },
      null,
      2,
    )}\n`,
  }),
  without: ['GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_GCA'],
}

export function geminiModel(target: Pick<ClientTarget, 'model' | 'models'>): string {
  return chooseModel(target, [/^gemini-\d[\d.]*-pro$/, GEMINI, ...CHAT_FAMILIES], 'gemini-2.5-pro')
}

/** https://aider.chat/docs/llms/openai-compat.html */
export const AIDER: ClientSpec = {
  name: 'aider',
  aliases: [],
  title: 'Aider',
  command: 'aider',
  install: 'python -m pip install aider-install && aider-install',
  environment: (target) => ({
    ...openaiVariables(target),
    AIDER_MODEL: `openai/${chatModel(target)}`,
    AIDER_WEAK_MODEL: `openai/${newestOf(target.models, SMALL_FAMILIES) ?? chatModel(target)}`,
    AIDER_CHECK_UPDATE: 'false',
    // It asks at every start about a model that its own list does not hold.
    AIDER_SHOW_MODEL_WARNINGS: 'false',
  }),
  without: [],
}

/** https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers */
export const QWEN: ClientSpec = {
  name: 'qwen',
  aliases: ['qwen-code'],
  title: 'Qwen Code',
  command: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',
  environment: (target) => ({
    OPENAI_API_KEY: target.key,
    OPENAI_BASE_URL: `${target.url}/v1`,
    OPENAI_MODEL: chatModel(target),
  }),
  words: () => ['--auth-type', 'openai'],
  without: [],
}

/** https://docs.continue.dev/guides/cli: it takes one file in place of the person's own. */
export const CONTINUE: ClientSpec = {
  name: 'continue',
  aliases: ['cn'],
  title: 'Continue CLI',
  command: 'cn',
  install: 'npm install -g @continuedev/cli',
  environment: () => ({ CONTINUE_TELEMETRY_ENABLED: '0' }),
  words: ({ folder }) => ['--config', join(folder, 'config.yaml')],
  // JSON is YAML, too.
  files: (target) => ({
    'config.yaml': `${JSON.stringify(
      { name: 'Jetway', version: '1.0.0', schema: 'v1', models: [continueModel(target)] },
      null,
      2,
    )}\n`,
  }),
  without: [],
}

export function continueModel(target: Omit<ClientTarget, 'folder'>): Record<string, unknown> {
  return {
    name: 'Jetway',
    provider: 'openai',
    model: chatModel(target),
    apiBase: `${target.url}/v1`,
    apiKey: target.key,
    roles: ['chat', 'edit', 'apply'],
    capabilities: ['tool_use'],
  }
}

export const OPENAI: ClientSpec = {
  name: 'openai',
  aliases: ['openai-sdk'],
  title: "OpenAI's SDKs, and whatever reads their variables",
  environment: openaiVariables,
  without: [],
}

export const ANTHROPIC: ClientSpec = {
  name: 'anthropic',
  aliases: ['anthropic-sdk'],
  title: "Anthropic's SDKs, and whatever reads their variables",
  environment: ({ url, key }) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }),
  without: ['ANTHROPIC_AUTH_TOKEN'],
}

function openaiVariables({ url, key }: ClientTarget): Record<string, string> {
  // Two spellings: Python's libraries read the older one, too.
  return { OPENAI_API_KEY: key, OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_BASE: `${url}/v1` }
}
