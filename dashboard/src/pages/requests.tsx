import { useEffect, useState } from 'preact/hooks'
import { ask, messageOf, query, send } from '../data/api.ts'
import { compact, credits, dateTime, duration } from '../data/format.ts'
import { go } from '../data/router.ts'
import type { CallRow } from '../data/types.ts'
import { Card, Empty, Loading, PageHead, Problem } from '../parts/card.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'

const PAGE = 50
const FILTERS = ['model', 'outcome', 'key_id', 'user_id', 'start_date', 'end_date'] as const
const LABELS: Readonly<Record<(typeof FILTERS)[number], string>> = {
  model: 'Model',
  outcome: 'Outcome',
  key_id: 'Key id',
  user_id: 'Person',
  start_date: 'From day',
  end_date: 'Until day',
}

export function RequestsPage({ search }: { search: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, search.get(name) ?? '']))
  const asked = query({ ...filters, limit: PAGE })
  const { rows, next, problem, loading, more } = usePages(asked)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const toggle = (id: string): void => {
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2))
  }
  return (
    <>
      <PageHead
        title="Requests"
        note="Every finished call, the newest first. No prompt and no answer is kept."
      >
        <button
          type="button"
          disabled={chosen.length !== 2}
          onClick={() => {
            go(`/requests/compare${query({ a: chosen[0], b: chosen[1] })}`)
          }}
        >
          Compare two
        </button>
        <button type="button" onClick={() => void exportRows(filters)}>
          Export CSV
        </button>
      </PageHead>
      <Card>
        <FindById />
        <Filters values={filters} />
      </Card>
      <Card>
        {problem !== undefined && <Problem text={problem} />}
        {rows.length === 0 && !loading && problem === undefined ? (
          <Empty title="No requests match.">
            {asked === `?limit=${PAGE}` ? (
              <>
                Send one from the <a href="#/playground">playground</a>, or point a tool at this
                gateway.
              </>
            ) : (
              <a href="#/requests">Show all</a>
            )}
          </Empty>
        ) : (
          <Table
            label="Requests"
            rows={rows}
            keyOf={(row) => row.call_id}
            columns={columns(chosen, toggle)}
          />
        )}
        {loading && <Loading />}
        {next !== null && !loading && (
          <div class="actions end">
            <button type="button" onClick={more}>
              Show more
            </button>
          </div>
        )}
      </Card>
    </>
  )
}

function columns(
  chosen: readonly string[],
  toggle: (id: string) => void,
): readonly Column<CallRow>[] {
  return [
    {
      title: 'Time',
      show: (row) => (
        <a href={`#/requests/${encodeURIComponent(row.call_id)}`}>{dateTime(row.startTime)}</a>
      ),
    },
    { title: 'Model', show: (row) => row.model ?? row.model_asked },
    { title: 'Outcome', show: (row) => <Outcome call={row} /> },
    { title: 'Key', show: (row) => row.key_alias ?? row.key_id ?? 'master key', extra: true },
    {
      title: 'Way',
      show: (row) => (row.wire === null ? row.dialect : `${row.dialect} → ${row.wire}`),
      extra: true,
    },
    { title: 'Tokens', show: (row) => compact(row.total_tokens), number: true, extra: true },
    { title: 'Credits', show: (row) => credits(row.spend_credits), number: true },
    { title: 'First byte', show: (row) => duration(row.first_byte_ms), number: true, extra: true },
    { title: 'Total', show: (row) => duration(row.total_ms), number: true, extra: true },
    {
      title: 'Compare',
      extra: true,
      show: (row) => (
        <input
          type="checkbox"
          aria-label={`Compare the request of ${dateTime(row.startTime)}`}
          checked={chosen.includes(row.call_id)}
          onChange={() => {
            toggle(row.call_id)
          }}
        />
      ),
    },
  ]
}

function FindById() {
  const find = (event: SubmitEvent): void => {
    event.preventDefault()
    const id = new FormData(event.target as HTMLFormElement).get('id')
    if (typeof id === 'string' && id.trim() !== '') go(`/requests/${encodeURIComponent(id.trim())}`)
  }
  return (
    <form class="row" role="search" aria-label="By id" onSubmit={find}>
      <div class="field grow">
        <label for="request-id">Request id</label>
        <input
          id="request-id"
          name="id"
          placeholder="As x-request-id of an answer says"
          autocomplete="off"
        />
      </div>
      <button type="submit">Explain</button>
    </form>
  )
}

function Filters({ values }: { values: Readonly<Record<string, string | undefined>> }) {
  const apply = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const fields = Object.fromEntries(
      FILTERS.map((name) => {
        const value = form.get(name)
        return [name, typeof value === 'string' ? value.trim() : '']
      }),
    )
    go(`/requests${query(fields)}`)
  }
  return (
    <form class="filters" aria-label="Filter" onSubmit={apply} key={JSON.stringify(values)}>
      {FILTERS.map((name) => (
        <div class="field" key={name}>
          <label for={`filter-${name}`}>{LABELS[name]}</label>
          {name === 'outcome' ? (
            <select id={`filter-${name}`} name={name}>
              {['', 'ok', 'failed', 'refused', 'aborted'].map((one) => (
                <option value={one} selected={one === values[name]} key={one}>
                  {one === '' ? 'Any' : one}
                </option>
              ))}
            </select>
          ) : (
            <input
              id={`filter-${name}`}
              name={name}
              {...(name.endsWith('date') ? { type: 'date' as const } : { type: 'text' as const })}
              defaultValue={values[name] ?? ''}
              autocomplete="off"
            />
          )}
        </div>
      ))}
      <div class="actions">
        <button type="submit">Filter</button>
        <a class="button quiet" href="#/requests">
          Clear
        </a>
      </div>
    </form>
  )
}

interface Pages {
  readonly rows: readonly CallRow[]
  readonly next: string | null
  readonly problem: string | undefined
  readonly loading: boolean
  readonly more: () => void
}

/** Page after page of what the filters ask for; begins anew when they change. */
function usePages(asked: string): Pages {
  const [state, setState] = useState<Omit<Pages, 'more'>>(nothing)
  const [cursor, setCursor] = useState<string | undefined>()
  useEffect(() => {
    setState(nothing)
    setCursor(undefined)
  }, [asked])
  useEffect(() => {
    const controller = new AbortController()
    const path = `/spend/logs${asked}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    setState((before) => ({ ...before, loading: true, problem: undefined }))
    ask<{ logs: CallRow[]; next: string | null }>(path, { signal: controller.signal }).then(
      ({ logs, next }) => {
        setState((before) => ({
          rows: cursor === undefined ? logs : [...before.rows, ...logs],
          next,
          problem: undefined,
          loading: false,
        }))
      },
      (error: unknown) => {
        if (controller.signal.aborted) return
        setState((before) => ({ ...before, loading: false, problem: messageOf(error) }))
      },
    )
    return () => {
      controller.abort()
    }
  }, [asked, cursor])
  return {
    ...state,
    more: () => {
      setCursor(state.next ?? undefined)
    },
  }
}

const nothing = { rows: [], next: null, problem: undefined, loading: true }

/** The session cannot follow a plain link, which carries no header of ours: the file is fetched, then handed over. */
async function exportRows(filters: Readonly<Record<string, string>>): Promise<void> {
  const response = await send(`/spend/logs${query({ ...filters, format: 'csv' })}`)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = 'requests.csv'
  link.click()
  URL.revokeObjectURL(url)
}
