import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { deployFiles, read, yamlDocuments } from './files.ts'

/** What alerts, dashboard and autoscaler ask for is what `/metrics` prints: names, and the labels of each. */
const NAME = /\b(?:jetway|process|nodejs)_[a-z_]+\b(?!\s*:)/g
const SERIES = /^([a-z_]+)(?:\{(.*)\})? \S+$/gm
/** Given by Prometheus itself. */
const OWN_LABELS = ['instance', 'job', 'le']

interface Expression {
  readonly from: string
  readonly text: string
}

const expressions = [...alertExpressions(), ...dashboardExpressions(), ...autoscalerMetrics()]

describe('metrics that deploy/ asks for', () => {
  let house: House
  /** By name: the labels that its series carry. */
  const known = new Map<string, Set<string>>()

  beforeAll(async () => {
    house = await startHouse()
    const ask = (model: string, key: string): Promise<Response> =>
      fetch(`${house.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] }),
      })
    const made = await fetch(`${house.url}/key/generate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rpm_limit: 1 }),
    })
    const { key: limited } = (await made.json()) as { key: string }
    const statuses = []
    for (const [model, key] of [
      ['gpt-4o', house.key],
      ['no-such-model', house.key],
      ['gpt-4o', 'sk-wrong'],
      ['gpt-4o', limited],
      ['gpt-4o', limited],
    ] as const) {
      const answer = await ask(model, key)
      await answer.text()
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([200, 404, 401, 200, 429])
    const page = await (await fetch(`${house.url}/metrics`)).text()
    for (const [, name = ''] of page.matchAll(/^# TYPE (\S+)/gm)) known.set(name, new Set())
    for (const [, name = '', labels = ''] of page.matchAll(SERIES)) {
      const set = known.get(baseName(name))
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) set?.add(label)
    }
  })
  afterAll(() => house.stop())

  const baseName = (name: string): string =>
    known.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')

  test('there are some', () => {
    expect(expressions.length).toBeGreaterThan(30)
    expect(known.size).toBeGreaterThan(10)
  })

  test.each(expressions)('$from: $text', ({ text }) => {
    const names = [...text.matchAll(NAME)].map(([name]) => name)
    expect(names.filter((name) => !known.has(baseName(name)))).toEqual([])
    for (const [, name = '', matchers = ''] of text.matchAll(/\b(\w+)\{([^}]*)\}/g)) {
      const labels = [...(known.get(baseName(name)) ?? []), ...OWN_LABELS]
      const asked = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1])
      expect(labels).toEqual(expect.arrayContaining(asked))
    }
    const all = names.flatMap((name) => Array.from(known.get(baseName(name)) ?? []))
    all.push(...OWN_LABELS)
    for (const [, by = ''] of text.matchAll(/\bby \(([^)]*)\)/g)) {
      expect(all).toEqual(expect.arrayContaining(by.split(/,\s*/)))
    }
  })
})

test('no other file names a metric', () => {
  const checked = new Set(['prometheus/alerts.yml', 'grafana/dashboards/jetway.json'])
  const asked = new Set(expressions.flatMap(({ text }) => text.match(NAME) ?? []))
  for (const file of deployFiles().filter((name) => !checked.has(name))) {
    const names = (read(file).match(/\bjetway_[a-z]+_[a-z_]+\b/g) ?? []) as string[]
    expect(names.filter((name) => !asked.has(name))).toEqual([])
  }
})

function alertExpressions(): readonly Expression[] {
  const [{ groups }] = yamlDocuments(read('prometheus', 'alerts.yml')) as [
    { groups: { rules: { alert: string; expr: string }[] }[] },
  ]
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ from: alert, text: expr.replaceAll(/\s+/g, ' ').trim() })),
  )
}

function dashboardExpressions(): readonly Expression[] {
  const { panels, templating } = JSON.parse(read('grafana', 'dashboards', 'jetway.json')) as {
    panels: { title: string; targets: { expr: string }[] }[]
    templating: { list: { name: string; type: string; query: string }[] }
  }
  return [
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ from: title, text: expr })),
    ),
    ...templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => ({ from: name, text: query })),
  ]
}

function autoscalerMetrics(): readonly Expression[] {
  const text = read('helm', 'jetway', 'templates', 'horizontalpodautoscaler.yaml')
  return [...text.matchAll(/metric: \{ name: (\w+) \}/g)].map((match) => ({
    from: 'autoscaler',
    text: match[1] ?? '',
  }))
}
