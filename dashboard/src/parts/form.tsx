import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { messageOf } from '../data/api.ts'
import { Problem } from './card.tsx'

export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'number' | 'select' | 'email' | 'list'
  readonly options?: readonly (readonly [value: string, label: string])[]
  readonly value?: string | number | null
  readonly required?: boolean
  readonly fixed?: boolean
}

/** Fields, a button, and what went wrong. `onSend` gets what was filled in: numbers as numbers, lists as lists, empty as `null`. */
export function Form(props: {
  fields: readonly Field[]
  send: string
  onSend: (values: Record<string, unknown>) => Promise<void>
  children?: ComponentChildren
}) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    setBusy(true)
    setProblem(undefined)
    try {
      await props.onSend(
        Object.fromEntries(props.fields.map((field) => [field.name, valueOf(field, form)])),
      )
    } catch (error) {
      setProblem(messageOf(error))
    }
    setBusy(false)
  }
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {props.fields.map((field) => (
        <Input field={field} key={field.name} />
      ))}
      {props.children}
      {problem !== undefined && <Problem text={problem} />}
      <div class="actions">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Sending…' : props.send}
        </button>
      </div>
    </form>
  )
}

function Input({ field }: { field: Field }) {
  const id = `field-${field.name}`
  const common = {
    id,
    name: field.name,
    required: field.required ?? false,
    readOnly: field.fixed ?? false,
    'aria-describedby': field.hint === undefined ? undefined : `${id}-hint`,
  }
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      {field.type === 'select' ? (
        <select id={id} name={field.name}>
          {field.options?.map(([value, label]) => (
            <option value={value} selected={value === field.value} key={value}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          {...typeOf(field)}
          autocomplete="off"
          defaultValue={
            field.value === null || field.value === undefined ? '' : String(field.value)
          }
        />
      )}
      {field.hint !== undefined && (
        <p class="note" id={`${id}-hint`}>
          {field.hint}
        </p>
      )}
    </div>
  )
}

function typeOf({ type }: Field) {
  if (type === 'number') return { type: 'number' as const, step: 'any', min: 0 }
  return type === 'email' ? { type: 'email' as const } : { type: 'text' as const }
}

function valueOf({ name, type }: Field, form: FormData): unknown {
  const given = form.get(name)
  const text = typeof given === 'string' ? given.trim() : ''
  if (type === 'list') {
    return text === ''
      ? []
      : text
          .split(',')
          .map((word) => word.trim())
          .filter(Boolean)
  }
  if (text === '') return null
  return type === 'number' ? Number(text) : text
}

/** Limits and a budget, as keys, people and teams have them. */
export function limitFields(values?: {
  readonly models?: readonly string[]
  readonly rpm_limit?: number | null
  readonly tpm_limit?: number | null
  readonly max_parallel_requests?: number | null
  readonly max_budget_credits?: number | null
  readonly budget_duration?: string | null
}): readonly Field[] {
  return [
    {
      name: 'max_budget_credits',
      label: 'Budget in AI credits',
      type: 'number',
      value: values?.max_budget_credits ?? null,
      hint: 'One credit is $0.01. Empty: none.',
    },
    {
      name: 'budget_duration',
      label: 'The budget returns',
      type: 'select',
      value: values?.budget_duration ?? '',
      options: [
        ['', 'Never'],
        ['1d', 'Every day'],
        ['7d', 'Every week'],
        ['1mo', 'Every month'],
      ],
    },
    {
      name: 'models',
      label: 'Models',
      type: 'list',
      value: values?.models?.join(', ') ?? '',
      hint: 'Names or patterns, separated by commas: gpt-4*, claude-sonnet-4.5. Empty: all.',
    },
    {
      name: 'rpm_limit',
      label: 'Requests a minute',
      type: 'number',
      value: values?.rpm_limit ?? null,
    },
    {
      name: 'max_parallel_requests',
      label: 'Calls at once',
      type: 'number',
      value: values?.max_parallel_requests ?? null,
    },
  ]
}
