import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import { dateOf } from '../data/format.ts'
import type { Key, Session } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Empty, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Budget, modelsText } from '../parts/limits.tsx'
import { ManagedList, Named } from '../parts/managed-list.tsx'
import type { Action } from '../parts/managed-list.tsx'
import type { Column } from '../parts/table.tsx'
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
  const edit: Action<Key> = { label: 'Edit', press: (key) => setOpen({ what: 'edit', key }) }
  const block: Action<Key> = {
    label: (key) => (key.blocked ? 'Unblock' : 'Block'),
    press: (key) => {
      const body = { key: key.key_id }
      void ask(key.blocked ? '/key/unblock' : '/key/block', { method: 'POST', body }).then(
        data.reload,
      )
    },
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
      <ManagedList
        label="Keys"
        data={data}
        rowsOf={({ keys }) => keys}
        keyOf={(key) => key.key_id}
        nameOf={nameOf}
        columns={COLUMNS}
        actions={[
          ...(isAdministrator ? [edit, block] : []),
          { label: 'Replace', press: (key) => setOpen({ what: 'rotate', key }) },
          { label: 'Revoke', press: (key) => setOpen({ what: 'revoke', key }) },
        ]}
        empty={<Empty title="No keys yet.">Make one for a colleague, a tool or a build.</Empty>}
      />
      {open && <KeyDialog open={open} onClose={close} onMade={made} onDone={data.reload} />}
    </>
  )
}

const COLUMNS: readonly Column<Key>[] = [
  {
    title: 'Key',
    show: (key) => (
      <Named name={nameOf(key)} note={key.key_name}>
        {key.blocked && <Badge tone="warn">blocked</Badge>}
        {key.deleted_owner && <Badge tone="warn">{key.deleted_owner} deleted</Badge>}
      </Named>
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
]

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
