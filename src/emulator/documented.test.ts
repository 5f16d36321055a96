import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FAULT_KINDS } from './faults/fault.ts'
import { NAMED_ERRORS } from './faults/named-errors.ts'
import { settingsFromOptions } from './options.ts'
import { QUIRKS_BY_MANNER } from './quirks/quirk.ts'
import { ROUTES } from './routes.ts'
import { OAUTH_APPS } from './tokens/oauth-apps.ts'

const PAGE = readFileSync(new URL('../../docs/emulator.md', import.meta.url), 'utf8')

const NAMES: Readonly<Record<string, readonly string[]>> = {
  quirk: Object.keys(QUIRKS_BY_MANNER.plain),
  error: Object.keys(NAMED_ERRORS),
  fault: FAULT_KINDS,
  setting: Object.keys(settingsFromOptions({})),
  route: [...ROUTES.map((route) => route.name), 'responses-ws', 'responses-ws-message', 'unknown'],
  'client id': OAUTH_APPS.map((app) => app.clientId),
}

for (const [kind, names] of Object.entries(NAMES)) {
  test(`the page names every ${kind}`, () => {
    expect(names.filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([])
  })
}
