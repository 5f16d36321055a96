import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import type { Team } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Empty, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Form, limitFields } from '../parts/form.tsx'
import { Budget, given, modelsText } from '../parts/limits.tsx'
import { ManagedList, Named } from '../parts/managed-list.tsx'
import type { Column } from '../parts/table.tsx'

type Open = { readonly what: 'edit' | 'delete'; readonly team?: Team }

export function TeamsPage() {
  const data = useData<{ teams: readonly Team[] }>('/team/list?limit=1000')
  const [open, setOpen] = useState<Open>()
  const close = (): void => {
    setOpen(undefined)
  }
  return (
    <>
      <PageHead
        title="Teams and budgets"
        note="A team’s budget holds for all of its keys together."
      >
        <button type="button" class="primary" onClick={() => setOpen({ what: 'edit' })}>
          New team
        </button>
      </PageHead>
      <ManagedList
        label="Teams"
        data={data}
        rowsOf={({ teams }) => teams}
        keyOf={(team) => team.team_id}
        nameOf={(team) => team.team_id}
        columns={COLUMNS}
        actions={[
          { label: 'Edit', press: (team) => setOpen({ what: 'edit', team }) },
          { label: 'Delete', press: (team) => setOpen({ what: 'delete', team }) },
        ]}
        empty={
          <Empty title="No teams yet.">
            Make one, then choose it when you <a href="#/keys">make a key</a>.
          </Empty>
        }
      />
      {open?.what === 'edit' && (
        <TeamForm
          known={open.team}
          onClose={close}
          onDone={() => {
            close()
            data.reload()
          }}
        />
      )}
      {open?.what === 'delete' && open.team && (
        <Confirm
          title={`Delete ${open.team.team_id}`}
          action="Delete"
          onClose={close}
          onDo={async () => {
            const body = { team_ids: [open.team?.team_id] }
            await ask('/team/delete', { method: 'POST', body })
            data.reload()
          }}
        >
          Its keys stop working. Their requests stay in the ledger.
        </Confirm>
      )}
    </>
  )
}

const COLUMNS: readonly Column<Team>[] = [
  {
    title: 'Team',
    show: (team) => (
      <Named name={team.team_alias ?? team.team_id} note={team.team_id}>
        {team.blocked && <Badge tone="warn">blocked</Badge>}
      </Named>
    ),
  },
  { title: 'Credits spent', show: (team) => <Budget of={team} />, number: true },
  { title: 'Models', show: (team) => modelsText(team.models), extra: true },
]

function TeamForm(props: { known?: Team | undefined; onClose: () => void; onDone: () => void }) {
  const { known } = props
  const save = async (values: Record<string, unknown>): Promise<void> => {
    if (known) {
      const body = { ...values, version: known.version }
      await ask('/team/update', { method: 'POST', body })
    } else await ask('/team/new', { method: 'POST', body: given(values) })
    props.onDone()
  }
  return (
    <Dialog title={known ? `Edit ${known.team_id}` : 'New team'} onClose={props.onClose}>
      <Form
        fields={[
          {
            name: 'team_id',
            label: 'Id',
            value: known?.team_id ?? '',
            fixed: known !== undefined,
            hint: 'Short and lasting: engineering. Made when left empty.',
          },
          { name: 'team_alias', label: 'Name', value: known?.team_alias ?? '' },
          ...limitFields(known),
        ]}
        send={known ? 'Save' : 'Add'}
        onSend={save}
      />
    </Dialog>
  )
}
