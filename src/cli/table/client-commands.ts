import type { CommandSpec, OptionSpec } from '../command.ts'
import { CONFIG_OPTION, LONG_PORT } from './options.ts'

/** The names of `clients/clients.ts`, which is not read before it is needed; a test compares them. */
export const LAUNCHABLE_NAMES = [
  'claude',
  'codex',
  'copilot',
  'opencode',
  'gemini',
  'aider',
  'qwen',
  'continue',
]

export const CLIENT_NAMES = [...LAUNCHABLE_NAMES, 'openai', 'anthropic']
export const SETUP_NAMES = LAUNCHABLE_NAMES.filter((name) => name !== 'copilot')

const GATEWAY_OPTIONS: readonly OptionSpec[] = [
  { name: 'gateway', value: 'URL', summary: 'a gateway elsewhere; your key in JETWAY_API_KEY' },
  LONG_PORT,
  CONFIG_OPTION,
]
const MODEL: OptionSpec = {
  name: 'model',
  short: 'm',
  value: 'MODEL',
  summary: 'the model it begins with',
  fallback: "the newest of the client's own family",
}

/** What puts other programs to work behind the gateway. */
export const CLIENT_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'launch',
    summary: 'Start a client already pointed at the gateway; its own configuration stays as it is',
    arguments: [
      {
        name: 'client',
        summary: LAUNCHABLE_NAMES.join(', '),
        required: true,
        offers: LAUNCHABLE_NAMES,
      },
      { name: 'args', summary: "behind --: the client's own words", many: true },
    ],
    options: [
      MODEL,
      ...GATEWAY_OPTIONS,
      { name: 'demo', summary: 'against the built-in emulator; no account needed' },
    ],
    examples: [
      { line: 'jetway launch claude', says: 'Claude Code on your Copilot seat' },
      {
        line: 'jetway launch codex -m gpt-5.4 -- exec "fix the tests"',
        says: 'its own words behind --',
      },
    ],
    load: () => import('../commands/launch.ts'),
  },
  {
    name: 'env',
    summary: 'Print the variables that point a client at the gateway',
    arguments: [{ name: 'client', summary: 'the same as --for', offers: CLIENT_NAMES }],
    options: [
      { name: 'for', value: 'CLIENT', summary: CLIENT_NAMES.join(', ') },
      {
        name: 'shell',
        value: 'SHELL',
        summary: 'whose language to print',
        choices: ['bash', 'zsh', 'fish', 'pwsh', 'cmd', 'dotenv', 'json'],
        fallback: 'as SHELL says',
      },
      MODEL,
      ...GATEWAY_OPTIONS,
    ],
    examples: [
      { line: 'eval "$(jetway env --for claude)"', says: 'for this shell' },
      { line: 'jetway env --for openai --shell dotenv >> .env', says: "for a project's file" },
    ],
    load: () => import('../commands/env.ts'),
  },
  {
    name: 'setup',
    summary: "Write the gateway into a client's own settings, after showing and asking",
    arguments: [
      {
        name: 'client',
        summary: SETUP_NAMES.join(', '),
        required: true,
        offers: SETUP_NAMES,
      },
    ],
    options: [
      { name: 'yes', short: 'y', summary: 'write without asking' },
      MODEL,
      ...GATEWAY_OPTIONS,
    ],
    examples: [
      {
        line: 'jetway setup claude',
        says: 'shows the change, asks, keeps a copy, says how to undo',
      },
      { line: 'jetway setup codex --yes', says: 'for a script' },
    ],
    load: () => import('../commands/setup.ts'),
  },
]
