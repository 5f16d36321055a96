import { ask } from '../data/api.ts'
import type { Key, Person, Team } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Code } from '../parts/copy.tsx'
import { Form, limitFields } from '../parts/form.tsx'
import type { Field } from '../parts/form.tsx'

/** Makes a key, or changes one. */
export function KeyForm(props: {
  known?: Key
  onClose: () => void
  onMade: (key: string) => void
  onDone: () => void
}) {
  const { known } = props
  const people = useData<{ users: readonly Person[] }>('/user/list?limit=1000')
  const teams = useData<{ teams: readonly Team[] }>('/team/list?limit=1000')
  const fields: readonly Field[] = [
    {
      name: 'key_alias',
      label: 'Name',
      value: known?.key_alias ?? '',
      hint: 'For people: what or whom it is for.',
    },
    choice(
      'user_id',
      'Person',
      (people.value?.users ?? []).map((one) => one.user_id),
      known?.user_id,
    ),
    choice(
      'team_id',
      'Team',
      (teams.value?.teams ?? []).map((one) => one.team_id),
      known?.team_id,
    ),
    ...limitFields(known),
    ...(known
      ? []
      : [
          {
            name: 'duration',
            label: 'Good for',
            hint: '30d, 12h, 1mo. Empty: until it is revoked.',
          },
        ]),
  ]
  const save = async (values: Record<string, unknown>): Promise<void> => {
    if (known) {
      const body = { ...values, key: known.key_id, version: known.version }
      await ask('/key/update', { method: 'POST', body })
      props.onDone()
      props.onClose()
    } else {
      const made = await ask<Key>('/key/generate', { method: 'POST', body: values })
      props.onMade(made.key ?? '')
    }
  }
  return (
    <Dialog
      title={known ? `Edit ${known.key_alias ?? known.key_name}` : 'New key'}
      onClose={props.onClose}
    >
      <Form fields={fields} send={known ? 'Save' : 'Make the key'} onSend={save} />
    </Dialog>
  )
}

function choice(
  name: string,
  label: string,
  known: readonly string[],
  value: string | null | undefined,
): Field {
  const names = value && !known.includes(value) ? [value, ...known] : known
  const options = [['', 'None'] as const, ...names.map((one) => [one, one] as const)]
  return { name, label, type: 'select', value: value ?? '', options }
}

/** The only moment at which the key itself can be seen. */
export function NewKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="Copy the key now" onClose={onClose}>
      <p>It is shown once: only its hash is kept, and nobody can show it again.</p>
      <Code text={secret} />
      <p class="note">For tools that read the environment:</p>
      <Code
        text={`export OPENAI_BASE_URL=${location.origin}/v1\nexport OPENAI_API_KEY=${secret}`}
      />
      <div class="actions end">
        <button type="button" class="primary" onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  )
}
