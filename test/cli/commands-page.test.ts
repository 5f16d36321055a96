import { test } from 'vitest'
import { commandsPage } from '../../src/cli/commands-page.ts'
import { expectPage } from '../support/page.ts'

test('docs/commands.md is what the table of commands says', () => {
  expectPage('commands.md', commandsPage())
})
