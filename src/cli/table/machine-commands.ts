import type { CommandSpec } from '../command.ts'
import { CONFIG_OPTION, PORT_OPTION, STORE_OPTIONS } from './options.ts'

/** What concerns the machine the gateway runs on. */
export const MACHINE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'doctor',
    summary: 'Find what is wrong, and say how to mend it',
    options: STORE_OPTIONS,
    examples: [
      { line: 'jetway doctor', says: 'network, sign-in, seat, models, port, files, clients' },
      {
        line: 'jetway doctor --json',
        says: 'the same for a program; the exit code says what kind',
      },
    ],
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'db',
    summary: "The gateway's database",
    examples: [
      { line: 'jetway db backup jetway-2026-11-21.db', says: 'a copy while the gateway runs' },
      {
        line: 'jetway db migrate --from ~/.local/share/jetway/jetway.db',
        says: 'into DATABASE_URL',
      },
    ],
    commands: [
      {
        name: 'migrate',
        summary: 'Bring the database to this version, or move one into it',
        options: [
          {
            name: 'from',
            value: 'FILE',
            summary: 'move all of this SQLite file into DATABASE_URL',
            completes: 'file',
          },
          ...STORE_OPTIONS,
        ],
        examples: [
          {
            line: 'jetway db migrate',
            says: 'the steps that are missing; the gateway does it, too',
          },
          {
            line: 'DATABASE_URL=postgres://… jetway db migrate --from jetway.db',
            says: 'from SQLite to PostgreSQL',
          },
        ],
        load: async () => ({ run: (await import('../commands/db.ts')).migrate }),
      },
      {
        name: 'backup',
        summary: 'Copy an SQLite database while the gateway runs on it',
        arguments: [{ name: 'file', summary: 'the copy', required: true, completes: 'file' }],
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway db backup jetway-2026-11-21.db', says: 'whole, and of one moment' },
          { line: 'jetway db backup /backup/jetway.db --json', says: 'for a script' },
        ],
        load: async () => ({ run: (await import('../commands/db.ts')).backup }),
      },
      {
        name: 'export',
        summary: 'Write everything as lines of JSON; tokens stay sealed, keys hashed',
        arguments: [
          {
            name: 'file',
            summary: 'packed when it ends in .gz',
            required: true,
            completes: 'file',
          },
        ],
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway db export jetway.jsonl.gz', says: 'from SQLite or PostgreSQL' },
          { line: 'jetway db export /backup/all.jsonl --json', says: 'for a script' },
        ],
        load: async () => ({ run: (await import('../commands/db.ts')).exportAll }),
      },
      {
        name: 'import',
        summary: 'Read an export into an empty database',
        arguments: [
          { name: 'file', summary: 'what export wrote', required: true, completes: 'file' },
        ],
        options: STORE_OPTIONS,
        examples: [
          { line: 'jetway db import jetway.jsonl.gz', says: 'into SQLite or DATABASE_URL' },
          { line: 'jetway db import all.jsonl --json', says: 'how many rows of each table' },
        ],
        load: async () => ({ run: (await import('../commands/db.ts')).importAll }),
      },
    ],
  },
  {
    name: 'service',
    summary: 'Run the gateway as a service of yours, from login on',
    examples: [{ line: 'jetway service install', says: 'systemd or launchd' }],
    commands: [
      {
        name: 'install',
        summary: 'Write a systemd user unit or a launchd agent, and start it',
        options: [
          CONFIG_OPTION,
          PORT_OPTION,
          { name: 'yes', short: 'y', summary: 'write without asking' },
          { name: 'no-start', summary: 'write only' },
        ],
        examples: [
          { line: 'jetway service install', says: 'shows what it writes, asks, starts it' },
          { line: 'jetway service install --config team.yaml --yes', says: 'for a script' },
        ],
        load: async () => ({ run: (await import('../commands/service.ts')).install }),
      },
      {
        name: 'uninstall',
        summary: 'Stop the service and remove its file',
        options: [{ name: 'yes', short: 'y', summary: 'remove without asking' }],
        examples: [
          { line: 'jetway service uninstall', says: 'asks first; data and sign-in stay' },
          { line: 'jetway service uninstall --yes', says: 'for a script' },
        ],
        load: async () => ({ run: (await import('../commands/service.ts')).uninstall }),
      },
    ],
  },
]
