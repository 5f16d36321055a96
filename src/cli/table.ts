import type { CommandSpec, OptionSpec } from './command.ts'
import { LITELLM_OPTIONS } from './litellm-options.ts'
import { CLIENT_COMMANDS } from './table/client-commands.ts'
import { JSON_OPTION, PORT_OPTION } from './table/options.ts'
import { MACHINE_COMMANDS } from './table/machine-commands.ts'
import { TEAM_COMMANDS } from './table/team-commands.ts'

const MODEL_OPTION: OptionSpec = {
  name: 'model',
  short: 'm',
  value: 'MODEL',
  summary: 'model to ask, as `jetway models` lists it',
  fallback: 'gpt-4o',
}

/** Taken by every command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'quiet', short: 'q', summary: 'say nothing on stderr but warnings and errors' },
  { name: 'verbose', summary: 'say more on stderr' },
  { name: 'no-color', summary: 'no colours; NO_COLOR does the same' },
  { name: 'no-input', summary: 'ask nothing and open nothing' },
]

/** Every command there is. A new one is one entry here and one file in `commands/`. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'start',
    summary: 'Run the gateway',
    options: [
      {
        name: 'config',
        short: 'c',
        value: 'FILE',
        summary: 'configuration; a LiteLLM config.yaml works',
        completes: 'file',
      },
      PORT_OPTION,
      {
        name: 'host',
        value: 'HOST',
        summary: 'address to bind; more than loopback needs a master key',
        fallback: '127.0.0.1',
      },
      { name: 'workers', value: 'N', summary: 'processes that share the port', fallback: '1' },
      { name: 'demo', summary: 'run against the built-in emulator; no account needed' },
      ...LITELLM_OPTIONS,
    ],
    examples: [
      { line: 'jetway start --demo', says: 'try it without an account' },
      { line: 'jetway start --config config.yaml', says: 'serve what a LiteLLM file lists' },
    ],
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'login',
    summary: 'Sign in to GitHub with a code and a browser',
    options: [
      {
        name: 'gateway',
        value: 'URL',
        summary:
          "connect the seat to one's user at a team's gateway; your key in JETWAY_API_KEY or a pipe",
      },
      { name: 'user', value: 'ID', summary: 'with --gateway, for administrators: whose seat' },
      { name: 'json', summary: 'print one JSON object per event' },
      { name: 'no-browser', summary: 'do not open the page' },
      { name: 'no-clipboard', summary: 'do not copy the code' },
    ],
    examples: [
      { line: 'jetway login', says: 'show a code, open the page, wait' },
      { line: 'jetway login --json', says: 'let a program show the code' },
      {
        line: 'jetway login --gateway https://jetway.example.com',
        says: "one's own seat for one's keys there",
      },
    ],
    load: () => import('./commands/login.ts'),
  },
  {
    name: 'logout',
    summary: 'Forget the sign-in on this machine',
    options: [JSON_OPTION],
    examples: [
      { line: 'jetway logout', says: 'remove the stored token' },
      { line: 'jetway logout --json', says: 'say what was removed, for a program' },
    ],
    load: () => import('./commands/logout.ts'),
  },
  {
    name: 'status',
    summary: 'Show who is signed in, from which source, and for how long',
    options: [JSON_OPTION],
    examples: [
      { line: 'jetway status', says: 'account, plan, credential and its expiry' },
      { line: 'jetway status --json', says: 'the same for a program; exit code 3 when signed out' },
    ],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'models',
    summary: 'List the models of this account, live',
    options: [JSON_OPTION],
    examples: [
      { line: 'jetway models', says: 'limits, wires and prices as a table' },
      { line: 'jetway models --json | jq -r ".models[].id"', says: 'only the names' },
    ],
    load: () => import('./commands/models.ts'),
  },
  {
    name: 'chat',
    summary: 'Ask one question; the answer is streamed to stdout',
    arguments: [{ name: 'prompt', summary: 'the question; a pipe is read as well', many: true }],
    options: [
      MODEL_OPTION,
      { name: 'system', short: 's', value: 'TEXT', summary: 'instructions to begin with' },
      { name: 'json', summary: 'print the whole answer as one JSON object' },
    ],
    examples: [
      { line: 'jetway chat "What is a monad?"', says: 'one answer' },
      { line: 'git diff | jetway chat -m claude-sonnet-4.5 "Review this"', says: 'read a pipe' },
    ],
    load: () => import('./commands/chat.ts'),
  },
  ...CLIENT_COMMANDS,
  ...TEAM_COMMANDS,
  ...MACHINE_COMMANDS,
  {
    name: 'config',
    summary: 'Look at a configuration',
    examples: [{ line: 'jetway config check', says: 'find what is wrong in config.yaml' }],
    commands: [
      {
        name: 'check',
        summary: 'Find what is wrong, and where',
        arguments: [
          { name: 'file', summary: 'the file; config.yaml when left out', completes: 'file' },
        ],
        options: [JSON_OPTION],
        examples: [
          { line: 'jetway config check', says: 'check ./config.yaml' },
          { line: 'jetway config check team.yaml --json', says: 'problems with their positions' },
        ],
        load: () => import('./commands/config-check.ts'),
      },
    ],
  },
  {
    name: 'emulator',
    summary: 'Run the emulator of GitHub and Copilot alone',
    options: [
      { ...PORT_OPTION, fallback: 'any free' },
      { name: 'json', summary: 'print where it listens, and what to set, as one JSON object' },
    ],
    examples: [
      { line: 'jetway emulator --port 4010', says: 'listen, and print what to export' },
      { line: 'jetway emulator --json', says: 'for a test that starts it' },
    ],
    load: () => import('./commands/emulator.ts'),
  },
  {
    name: 'conformance',
    summary: 'Test any server of a dialect against what its documents require',
    options: [
      {
        name: 'dialect',
        value: 'NAME',
        summary: 'what the server speaks',
        choices: ['messages', 'gemini', 'chat', 'responses', 'ollama'],
      },
      { name: 'base-url', value: 'URL', summary: 'where it listens, as its SDK takes it' },
      { name: 'api-key-env', value: 'NAME', summary: 'variable that holds the key' },
      { name: 'model', short: 'm', value: 'MODEL', summary: 'model to ask; each check asks it' },
      JSON_OPTION,
    ],
    examples: [
      {
        line: 'jetway conformance --dialect messages --base-url http://127.0.0.1:4000',
        says: 'each requirement, and where it is written',
      },
      {
        line: 'jetway conformance --dialect gemini --base-url https://gateway.example --api-key-env KEY --json',
        says: 'the same for a program; exit code 1 when one is not met',
      },
    ],
    load: () => import('./commands/conformance.ts'),
  },
  {
    name: 'completion',
    summary: 'Print a completion script',
    arguments: [
      {
        name: 'shell',
        summary: 'the shell to complete in',
        required: true,
        choices: ['bash', 'zsh', 'fish', 'pwsh'],
      },
    ],
    examples: [
      { line: 'eval "$(jetway completion bash)"', says: 'in ~/.bashrc' },
      {
        line: 'jetway completion fish > ~/.config/fish/completions/jetway.fish',
        says: 'for fish',
      },
    ],
    load: () => import('./commands/completion.ts'),
  },
]
