import { dateTime } from '../data/format.ts'
import type { AuditEntry } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Card, Empty, Loaded, PageHead } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'

const SHOWN = 200

export function AuditPage() {
  const data = useData<{ entries: readonly AuditEntry[] }>(`/audit?limit=${SHOWN}`)
  return (
    <>
      <PageHead title="Audit" note={`Who changed what: the latest ${SHOWN} changes.`} />
      <Card>
        <Loaded data={data}>
          {({ entries }) =>
            entries.length === 0 ? (
              <Empty title="Nothing was changed yet." />
            ) : (
              <Table
                label="Changes"
                rows={entries}
                keyOf={(entry) => entry.id}
                columns={[
                  { title: 'Time', show: (entry) => dateTime(entry.at) },
                  { title: 'Who', show: (entry) => entry.actor },
                  { title: 'Did', show: (entry) => entry.action },
                  { title: 'To', show: (entry) => entry.subject },
                  { title: 'Detail', show: (entry) => detailText(entry.detail), extra: true },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </>
  )
}

function detailText(detail: unknown): string {
  if (detail === null || detail === undefined) return ''
  if (typeof detail !== 'object') return JSON.stringify(detail)
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
