import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../support/run.ts'
import { deploy, read, yamlDocuments } from './files.ts'
import { tool } from './tools.ts'

const promtool = tool('promtool')
const folder = join(deploy, 'prometheus')

describe.skipIf(promtool.reason)(
  `Prometheus’ own checker (${promtool.reason ?? 'promtool'})`,
  () => {
    test.each([
      ['check', 'rules', 'alerts.yml'],
      ['check', 'config', '--syntax-only', 'prometheus.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ])('%s %s %s', async (...args) => {
      const env = { PATH: process.env['PATH'] ?? '' }
      const ran = await run(promtool.path, args, { env, cwd: folder })
      expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(0)
    })
  },
)

test('each alert says what happened and how bad it is', () => {
  const [{ groups }] = yamlDocuments(read('prometheus', 'alerts.yml')) as [
    { groups: { rules: { alert: string; labels: object; annotations: object }[] }[] },
  ]
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.length).toBeGreaterThan(10)
  for (const { alert, labels, annotations } of rules) {
    expect(alert).toMatch(/^Jetway/)
    expect(Object.keys(labels)).toEqual(['severity'])
    expect(Object.keys(annotations)).toContain('summary')
  }
})
