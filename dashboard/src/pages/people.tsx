import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import type { Person } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Empty, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Form, limitFields } from '../parts/form.tsx'
import type { Field } from '../parts/form.tsx'
import { Budget, given, modelsText } from '../parts/limits.tsx'
import { ManagedList, Named } from '../parts/managed-list.tsx'
import type { Column } from '../parts/table.tsx'

type Open = { readonly what: 'edit' | 'delete'; readonly person?: Person }

export function PeoplePage() {
  const data = useData<{ users: readonly Person[] }>('/user/list?limit=1000')
  const [open, setOpen] = useState<Open>()
  const close = (): void => {
    setOpen(undefined)
  }
  return (
    <>
      <PageHead title="People" note="Each has keys, a seat and a budget of their own.">
        <button type="button" class="primary" onClick={() => setOpen({ what: 'edit' })}>
          New person
        </button>
      </PageHead>
      <ManagedList
        label="People"
        data={data}
        rowsOf={({ users }) => users}
        keyOf={(person) => person.user_id}
        nameOf={(person) => person.user_id}
        columns={COLUMNS}
        actions={[
          { label: 'Edit', press: (person) => setOpen({ what: 'edit', person }) },
          { label: 'Delete', press: (person) => setOpen({ what: 'delete', person }) },
        ]}
        empty={
          <Empty title="Nobody yet.">
            Add a person, then <a href="#/keys">make a key</a> for them.
          </Empty>
        }
      />
      {open?.what === 'edit' && (
        <PersonForm
          known={open.person}
          onClose={close}
          onDone={() => {
            close()
            data.reload()
          }}
        />
      )}
      {open?.what === 'delete' && open.person && (
        <Confirm
          title={`Delete ${open.person.user_id}`}
          action="Delete"
          onClose={close}
          onDo={async () => {
            const body = { user_ids: [open.person?.user_id] }
            await ask('/user/delete', { method: 'POST', body })
            data.reload()
          }}
        >
          Their keys stop working and their seat is disconnected. Their requests stay in the ledger.
        </Confirm>
      )}
    </>
  )
}

const COLUMNS: readonly Column<Person>[] = [
  {
    title: 'Person',
    show: (person) => (
      <Named name={person.user_alias ?? person.user_id} note={person.user_email ?? person.user_id}>
        {person.blocked && <Badge tone="warn">blocked</Badge>}
      </Named>
    ),
  },
  { title: 'Role', show: (person) => person.user_role, extra: true },
  { title: 'Credits spent', show: (person) => <Budget of={person} />, number: true },
  { title: 'Models', show: (person) => modelsText(person.models), extra: true },
]

function PersonForm(props: {
  known?: Person | undefined
  onClose: () => void
  onDone: () => void
}) {
  const { known } = props
  const fields: readonly Field[] = [
    {
      name: 'user_id',
      label: 'Id',
      value: known?.user_id ?? '',
      fixed: known !== undefined,
      hint: 'Short and lasting: ada. Made when left empty.',
    },
    { name: 'user_alias', label: 'Name', value: known?.user_alias ?? '' },
    { name: 'user_email', label: 'Mail', type: 'email', value: known?.user_email ?? '' },
    {
      name: 'user_role',
      label: 'Role',
      type: 'select',
      value: known?.user_role ?? 'member',
      options: [
        ['member', 'Member: sees their own'],
        ['administrator', 'Administrator: sees and changes all'],
      ],
    },
    ...limitFields(known),
  ]
  const save = async (values: Record<string, unknown>): Promise<void> => {
    if (known) {
      const body = { ...values, version: known.version }
      await ask('/user/update', { method: 'POST', body })
    } else await ask('/user/new', { method: 'POST', body: given(values) })
    props.onDone()
  }
  return (
    <Dialog title={known ? `Edit ${known.user_id}` : 'New person'} onClose={props.onClose}>
      <Form fields={fields} send={known ? 'Save' : 'Add'} onSend={save} />
    </Dialog>
  )
}
