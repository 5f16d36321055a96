import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import { dateOf } from '../data/format.ts'
import type { Key, Session } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Empty, Loaded, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Budget, modelsText } from '../parts/limits.tsx'
import { Table } from '../parts/table.tsx'
import { KeyForm, NewKey } from './key-form.tsx'

type Open =
  | { readonly what: 'new' }
  | { readonly what: 'made'; readonly key: string }
  | { readonly what: 'edit' | 'revoke' | 'rotate'; readonly key: Key }

const MOST = 1000

export function KeysPage({ session }: { session: Session }) {
  const data = useData<{ keys: readonly Key[] }>(`/key/list?limit=${MOST}`)
  const [open, setOpen] = useState<Open>()
  const isAdministrator = session.role === 'administrator'
  const close = (): void => {
    setOpen(undefined)
  }
  const made = (key: string): void => {
    setOpen({ what: 'made', key })
    data.reload()
  }
  return (
    <>
      <PageHead
        title="Keys"
        note={
          isAdministrator
            ? 'One for each person and each tool, so that each can be limited and revoked alone.'
            : 'Your keys. An administrator makes new ones.'
        }
      >
        {isAdministrator && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              setOpen({ what: 'new' })
            }}
          >
            New key
          </button>
        )}
      </PageHead>
      <Card>
        <Loaded data={data}>
          {({ keys }) =>
            keys.length === 0 ? (
              <Empty title="No keys yet.">Make one for a colleague, a tool or a build.</Empty>
            ) : (
              <Keys
                keys={keys}
                isAdministrator={isAdministrator}
                onOpen={setOpen}
                onDone={data.reload}
              />
            )
          }
        </Loaded>
      </Card>
      {open && <KeyDialog open={open} onClose={close} onMade={made} onDone={data.reload} />}
    </>
  )
}

function Keys(props: {
  keys: readonly Key[]
  isAdministrator: boolean
  onOpen: (open: Open) => void
  onDone: () => void
}) {
  const { keys, isAdministrator, onOpen, onDone } = props
  const block = async (key: Key): Promise<void> => {
    await ask(key.blocked ? '/key/unblock' : '/key/block', {
      method: 'POST',
      body: { key: key.key_id },
    })
    onDone()
  }
  const button = (label: string, key: Key, press: () => void) => (
    <button type="button" class="small" aria-label={`${label} ${nameOf(key)}`} onClick={press}>
      {label}
    </button>
  )
  return (
    <Table
      label="Keys"
      rows={keys}
      keyOf={(key) => key.key_id}
      columns={[
        {
          title: 'Key',
          show: (key) => (
            <>
              <strong>{nameOf(key)}</strong> {key.blocked && <Badge tone="warn">blocked</Badge>}
              <div class="note">{key.key_name}</div>
            </>
          ),
        },
        {
          title: 'Whose',
          show: (key) => [key.user_id, key.team_id].filter(Boolean).join(', ') || '–',
          extra: true,
        },
        { title: 'Credits spent', show: (key) => <Budget of={key} />, number: true },
        { title: 'Models', show: (key) => modelsText(key.models), extra: true },
        {
          title: 'Good until',
          show: (key) => (key.expires === null ? 'no end' : dateOf(key.expires)),
          extra: true,
        },
        {
          title: 'Actions',
          show: (key) => (
            <div class="actions">
              {isAdministrator && button('Edit', key, () => onOpen({ what: 'edit', key }))}
              {isAdministrator &&
                button(key.blocked ? 'Unblock' : 'Block', key, () => void block(key))}
              {button('Replace', key, () => onOpen({ what: 'rotate', key }))}
              {button('Revoke', key, () => onOpen({ what: 'revoke', key }))}
            </div>
          ),
        },
      ]}
    />
  )
}

function KeyDialog(props: {
  open: Open
  onClose: () => void
  onMade: (key: string) => void
  onDone: () => void
}) {
  const { open, onClose, onMade, onDone } = props
  switch (open.what) {
    case 'new':
      return <KeyForm onClose={onClose} onMade={onMade} onDone={onDone} />
    case 'edit':
      return <KeyForm known={open.key} onClose={onClose} onMade={onMade} onDone={onDone} />
    case 'made':
      return <NewKey secret={open.key} onClose={onClose} />
    case 'rotate':
      return (
        <Confirm
          title={`Replace ${nameOf(open.key)}`}
          action="Replace"
          onClose={() => {}}
          onDo={async () => {
            const body = { key: open.key.key_id }
            onMade((await ask<Key>('/key/regenerate', { method: 'POST', body })).key ?? '')
          }}
        >
          It gets a new secret. The old one stops working at once, and whatever uses it must be told
          the new one.
        </Confirm>
      )
    case 'revoke':
      return (
        <Confirm
          title={`Revoke ${nameOf(open.key)}`}
          action="Revoke"
          onClose={onClose}
          onDo={async () => {
            await ask('/key/delete', { method: 'POST', body: { keys: [open.key.key_id] } })
            onDone()
          }}
        >
          It stops working everywhere within a second. Its requests stay in the ledger. This cannot
          be undone.
        </Confirm>
      )
  }
}

function nameOf(key: Key): string {
  return key.key_alias ?? key.key_name
}
