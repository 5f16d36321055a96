import { homedir } from 'node:os'
import { join } from 'node:path'
import { CLAUDE, codexModel, codexProvider, KEY_VARIABLE } from '../clients/agents.ts'
import {
  AIDER,
  continueModel,
  GEMINI_SETTINGS,
  geminiModel,
  opencodeSettings,
  QWEN,
} from '../clients/others.ts'
import { changeEnv } from './env-file.ts'
import { changeJson } from './json-file.ts'
import type { SetupSpec } from './setting.ts'
import { changeToml } from './toml-file.ts'
import { changeYaml, changeYamlList } from './yaml-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

const inHome = (environment: Environment, ...path: readonly string[]): string =>
  join(environment['HOME'] ?? homedir(), ...path)

const keyNote: SetupSpec['note'] = ({ open }) =>
  `Its settings name the variable ${KEY_VARIABLE}: export it where the client is started${open ? ' (any word: the gateway is open)' : ''}.`

export const SETUPS: readonly SetupSpec[] = [
  {
    client: 'claude',
    files: (environment, target) => [
      {
        path: join(
          environment['CLAUDE_CONFIG_DIR'] ?? inHome(environment, '.claude'),
          'settings.json',
        ),
        change: (text) => changeJson(text, { env: CLAUDE.environment(target) }),
      },
    ],
  },
  {
    client: 'codex',
    files: (environment, target) => [
      {
        path: join(environment['CODEX_HOME'] ?? inHome(environment, '.codex'), 'config.toml'),
        change: (text) =>
          changeToml(
            text,
            [
              ['model', JSON.stringify(codexModel(target))],
              ['model_provider', '"jetway"'],
            ],
            'model_providers.jetway',
            codexProvider(target),
          ),
      },
    ],
    note: keyNote,
  },
  {
    client: 'opencode',
    files: (environment, target) => {
      const { model, small_model, provider } = opencodeSettings(target)
      const folder = environment['XDG_CONFIG_HOME'] ?? inHome(environment, '.config')
      return [
        {
          path: join(folder, 'opencode', 'opencode.json'),
          change: (text) => changeJson(text, { model, small_model, provider }),
        },
      ]
    },
    note: keyNote,
  },
  {
    client: 'gemini',
    files: (environment, target) => [
      {
        path: inHome(environment, '.gemini', 'settings.json'),
        change: (text) => changeJson(text, GEMINI_SETTINGS),
      },
      {
        path: inHome(environment, '.gemini', '.env'),
        change: (text) =>
          changeEnv(text, {
            GEMINI_API_KEY: target.key,
            GOOGLE_GEMINI_BASE_URL: target.url,
            GEMINI_MODEL: geminiModel(target),
          }),
      },
    ],
  },
  {
    client: 'qwen',
    files: (environment, target) => [
      {
        path: inHome(environment, '.qwen', 'settings.json'),
        change: (text) => changeJson(text, { security: { auth: { selectedType: 'openai' } } }),
      },
      {
        path: inHome(environment, '.qwen', '.env'),
        change: (text) => changeEnv(text, QWEN.environment(target)),
      },
    ],
  },
  {
    client: 'aider',
    files: (environment, target) => {
      const {
        OPENAI_API_BASE: base,
        AIDER_MODEL: model,
        AIDER_WEAK_MODEL: weak,
      } = AIDER.environment(target)
      return [
        {
          path: inHome(environment, '.aider.conf.yml'),
          change: (text) =>
            changeYaml(text, {
              'openai-api-base': base,
              'openai-api-key': target.key,
              model,
              'weak-model': weak,
              'show-model-warnings': false,
            }),
        },
      ]
    },
  },
  {
    client: 'continue',
    files: (environment, target) => [
      {
        path: inHome(environment, '.continue', 'config.yaml'),
        change: (text) =>
          changeYamlList(text, 'models', continueModel(target), {
            name: 'Local',
            version: '1.0.0',
            schema: 'v1',
          }),
      },
    ],
  },
]
