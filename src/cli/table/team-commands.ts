import type { CommandSpec, OptionSpec } from '../command.ts'
import { LONG_PORT, STORE_OPTIONS } from './options.ts'

const CREATE_OPTIONS: readonly OptionSpec[] = [
  { name: 'alias', value: 'NAME', summary: 'a name for people' },
  { name: 'user', value: 'ID', summary: 'whose it is; made when new' },
  { name: 'team', value: 'ID', summary: 'the team it counts against; made when new' },
  { name: 'models', value: 'LIST', summary: 'names or patterns with *, separated by commas' },
  { name: 'routes', value: 'LIST', summary: 'paths it may use, such as /v1/messages' },
  { name: 'expires', value: 'DURATION', summary: 'how long it is good: 12h, 30d, 1mo' },
  { name: 'rpm', value: 'N', summary: 'calls a minute' },
  { name: 'tpm', value: 'N', summary: 'tokens a minute' },
  { name: 'parallel', value: 'N', summary: 'calls at once' },
  { name: 'budget', value: 'CREDITS', summary: 'credits it may spend; 1 credit = $0.01' },
  { name: 'budget-usd', value: 'DOLLARS', summary: 'the same in US dollars' },
  { name: 'soft-budget', value: 'CREDITS', summary: 'mark that is reported, not enforced' },
  { name: 'per', value: 'DURATION', summary: 'when the budget returns: 1d, 7d, 1mo' },
]

/** What concerns those who share a gateway. */
export const TEAM_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'keys',
    summary: 'Virtual keys of the gateway',
    examples: [
      { line: 'jetway keys create --alias ci --budget 500 --per 1mo', says: 'a key with a budget' },
      { line: 'jetway keys list', says: 'who holds one, and what it has spent' },
    ],
    commands: [
      {
        name: 'create',
        summary: 'Make a key; it is printed this once',
        options: [...CREATE_OPTIONS, ...STORE_OPTIONS],
        examples: [
          { line: 'jetway keys create --alias laptop', says: 'may do everything' },
          {
            line: 'jetway keys create --user ada --models "claude-*" --budget 500 --per 1mo',
            says: "a person's, for some models, with a monthly budget",
          },
        ],
        load: () => import('../commands/keys-create.ts'),
      },
      {
        name: 'list',
        summary: 'List keys with owner, state, spend and limits',
        options: [
          { name: 'user', value: 'ID', summary: 'only of this user' },
          { name: 'team', value: 'ID', summary: 'only of this team' },
          ...STORE_OPTIONS,
        ],
        examples: [
          { line: 'jetway keys list', says: 'all of them' },
          { line: 'jetway keys list --team web --json', says: "one team's, for a program" },
        ],
        load: () => import('../commands/keys-list.ts'),
      },
      {
        name: 'revoke',
        summary: 'Delete keys; they stop working within a second',
        arguments: [
          { name: 'key', summary: 'id or alias; - reads a pipe', required: true, many: true },
        ],
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway keys revoke laptop ci', says: 'by their aliases' },
          { line: 'pbpaste | jetway keys revoke -', says: 'the very key, from a pipe' },
        ],
        load: () => import('../commands/keys-revoke.ts'),
      },
      {
        name: 'rotate',
        summary: 'Put a new secret in place of a key',
        arguments: [{ name: 'key', summary: 'id or alias; - reads a pipe', required: true }],
        options: [
          { name: 'grace', value: 'DURATION', summary: 'how long the old one stays good' },
          ...STORE_OPTIONS,
        ],
        examples: [
          { line: 'jetway keys rotate ci --grace 24h', says: 'time to change it everywhere' },
          { line: 'jetway keys rotate ci', says: 'the old one ends at once' },
        ],
        load: () => import('../commands/keys-rotate.ts'),
      },
    ],
  },
  {
    name: 'seats',
    summary: 'Seats of the gateway, and those that were stopped because they ran wild',
    examples: [
      { line: 'jetway seats list', says: 'who has connected one, and what is stopped and why' },
      { line: 'jetway seats resume', says: 'after a look at the client: lift the stop' },
    ],
    commands: [
      {
        name: 'list',
        summary: 'List connected seats, and what is stopped',
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway seats list', says: 'all of them' },
          { line: 'jetway seats list --json', says: 'for a program' },
        ],
        load: () => import('../commands/seats-list.ts'),
      },
      {
        name: 'resume',
        summary: 'Lift a stop: calls are taken again within a second',
        arguments: [{ name: 'seat', summary: 'as `list` shows it; needless where one is stopped' }],
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway seats resume', says: 'the only one that is stopped' },
          { line: 'jetway seats resume seat:own', says: "the gateway's own sign-in" },
        ],
        load: () => import('../commands/seats-resume.ts'),
      },
    ],
  },
  {
    name: 'usage',
    summary: "Show what is left of GitHub's quota, and what the gateway has counted",
    options: [
      { name: 'days', value: 'N', summary: "days of the gateway's count", fallback: '14' },
      ...STORE_OPTIONS,
    ],
    examples: [
      { line: 'jetway usage', says: 'quota, a bar for each day, models, the difference explained' },
      { line: 'jetway usage --days 31 --json', says: 'the same for a program' },
    ],
    load: () => import('../commands/usage.ts'),
  },
  {
    name: 'explain',
    summary: 'Show what became of a request',
    arguments: [{ name: 'request', summary: "its answer's x-request-id", required: true }],
    options: [
      { name: 'text', summary: 'with what was asked and answered, where it is kept' },
      ...STORE_OPTIONS,
    ],
    examples: [
      {
        line: 'jetway explain 0f8e2c1a-93d4-4d7b-a1c5-6b1f0e2d3c4b',
        says: 'wire and initiator with their reasons, rewrites, attempts, cost',
      },
      { line: 'jetway explain my-request-1 --json', says: 'the same for a program' },
    ],
    load: () => import('../commands/explain.ts'),
  },
  {
    name: 'top',
    summary: 'Show calls and spend, live',
    options: [
      { name: 'gateway', value: 'URL', summary: 'a gateway elsewhere; your key in JETWAY_API_KEY' },
      LONG_PORT,
      { name: 'once', summary: 'show it once, and end' },
      { name: 'interval', value: 'SECONDS', summary: 'how often', fallback: '2' },
      ...STORE_OPTIONS,
    ],
    examples: [
      { line: 'jetway top', says: 'until Ctrl-C' },
      { line: 'jetway top --once --json', says: 'for a program; without --once one object a line' },
    ],
    load: () => import('../commands/top.ts'),
  },
]
