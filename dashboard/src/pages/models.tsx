import { useState } from 'preact/hooks'
import { compact, credits } from '../data/format.ts'
import type { Model } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Empty, Loaded, PageHead } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'

/** Nano-credits a token as credits a million tokens. */
const perMillion = (nano: number | undefined): string =>
  nano === undefined ? '–' : credits((nano * 1e6) / 1e9)

export function ModelsPage() {
  const data = useData<{ models: readonly Model[] }>('/ui/api/models')
  const [wanted, setWanted] = useState('')
  return (
    <>
      <PageHead
        title="Models"
        note="What your seat can call now. Prices in AI credits a million tokens."
      />
      <Card>
        <div class="field">
          <label for="wanted">Find a model</label>
          <input
            id="wanted"
            type="search"
            placeholder="claude, gpt-5, vision, messages…"
            value={wanted}
            onInput={({ currentTarget }) => {
              setWanted(currentTarget.value)
            }}
          />
        </div>
        <Loaded data={data}>
          {({ models }) => {
            const found = models.filter((model) => matches(model, wanted))
            return (
              <>
                <p class="note" role="status">
                  {found.length} of {models.length} models
                </p>
                {found.length === 0 ? (
                  <Missing name={wanted} />
                ) : (
                  <Table label="Models" rows={found} keyOf={({ name }) => name} columns={COLUMNS} />
                )}
              </>
            )
          }}
        </Loaded>
      </Card>
      <WhyMissing />
    </>
  )
}

const COLUMNS: readonly Column<Model>[] = [
  {
    title: 'Model',
    show: (model) => (
      <>
        <a href={`#/playground?model=${encodeURIComponent(model.name)}`}>
          <strong>{model.name}</strong>
        </a>{' '}
        <State model={model} />
        <div class="note">{[model.display_name, model.vendor].filter(Boolean).join(' · ')}</div>
      </>
    ),
  },
  { title: 'Context', show: ({ limits }) => tokens(limits?.contextTokens), number: true },
  {
    title: 'Prompt',
    show: ({ limits }) => tokens(limits?.promptTokens),
    number: true,
    extra: true,
  },
  {
    title: 'Output',
    show: ({ limits }) => tokens(limits?.outputTokens),
    number: true,
    extra: true,
  },
  { title: 'Wires', show: ({ wires }) => wires?.join(', ') ?? '–', extra: true },
  { title: 'Can', show: (model) => abilities(model), extra: true },
  { title: 'Input', show: ({ prices }) => perMillion(prices?.inputNanoCredits), number: true },
  {
    title: 'Cached',
    show: ({ prices }) => perMillion(prices?.cachedInputNanoCredits),
    number: true,
    extra: true,
  },
  {
    title: 'Output price',
    show: ({ prices }) => perMillion(prices?.outputNanoCredits),
    number: true,
  },
]

function State({ model }: { model: Model }) {
  const state = model.policy?.state
  return (
    <>
      {model.preview && <Badge>preview</Badge>}{' '}
      {state === 'disabled' && <Badge tone="bad">disabled by policy</Badge>}
      {state === 'unconfigured' && <Badge tone="warn">terms not accepted yet</Badge>}
    </>
  )
}

const tokens = (value: number | undefined): string => (value === undefined ? '–' : compact(value))

function abilities({ supports }: Model): string {
  if (!supports) return '–'
  return [
    supports.toolCalls && 'tools',
    supports.vision && 'images',
    supports.structuredOutputs && 'schemas',
    supports.reasoningEfforts.length > 0 && `reasoning (${supports.reasoningEfforts.join(', ')})`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** Dots and dashes are the same to whoever looks for a name. */
function matches(model: Model, wanted: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll('.', '-')
  const text = plain(
    [
      model.name,
      model.display_name,
      model.vendor,
      model.kind,
      model.wires?.join(' '),
      abilities(model),
    ].join(' '),
  )
  return plain(wanted)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function Missing({ name }: { name: string }) {
  const [asked, setAsked] = useState<string>()
  return (
    <>
      <Empty title={`No model here is called “${name}”.`}>
        <button type="button" class="small" onClick={() => setAsked(name)}>
          Why?
        </button>
      </Empty>
      {asked !== undefined && asked === name && <Why name={asked} />}
    </>
  )
}

interface Finding {
  readonly reason: string
  readonly certain: boolean
  readonly what: string
  readonly mend: string
}

function Why({ name }: { name: string }) {
  const data = useData<{ findings: readonly Finding[] }>(
    `/ui/api/models/why?name=${encodeURIComponent(name)}`,
  )
  return (
    <Loaded data={data}>
      {({ findings }) => (
        <ul class="findings" aria-label="Why it is missing">
          {findings.map(({ reason, certain, what, mend }) => (
            <li key={reason}>
              <Badge tone={certain ? 'warn' : 'plain'}>
                {reason}
                {certain ? '' : ', perhaps'}
              </Badge>{' '}
              {what} <strong>{mend}</strong>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  )
}

function WhyMissing() {
  return (
    <Card title="Why a model may be missing">
      <dl class="facts">
        <div>
          <dt>Plan</dt>
          <dd>
            The largest models come with larger plans. <a href="#/seats">Seats</a> shows yours.
          </dd>
        </div>
        <div>
          <dt>Policy</dt>
          <dd>
            “Disabled by policy” is a setting of the account or organisation: GitHub, Settings,
            Copilot, Policies. “Terms not accepted yet” goes away when its terms are accepted there.
          </dd>
        </div>
        <div>
          <dt>Organisation</dt>
          <dd>
            With a seat from an organisation its owners decide which models there are; ask one of
            them.
          </dd>
        </div>
        <div>
          <dt>Application</dt>
          <dd>
            GitHub lists models by the application that signed in. After <code>jetway login</code>{' '}
            the list is that of an editor; another tool’s sign-in can have fewer.
          </dd>
        </div>
        <div>
          <dt>Configuration</dt>
          <dd>
            Where a <code>config.yaml</code> has a <code>model_list</code>, only its names are
            served. Add <code>github_copilot/*</code> to serve all.
          </dd>
        </div>
      </dl>
    </Card>
  )
}
