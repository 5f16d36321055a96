import type { ComponentChildren } from 'preact'
import type { Data } from '../data/use-data.ts'
import { Card, Loaded } from './card.tsx'
import { Table } from './table.tsx'
import type { Column } from './table.tsx'

/** What can be done with one row; `undefined` as a label: not with this one. */
export interface Action<Row> {
  readonly label: string | ((row: Row) => string | undefined)
  readonly press: (row: Row) => void
}

export interface ManagedListProps<Shape, Row> {
  readonly label: string
  readonly title?: string
  readonly data: Data<Shape>
  readonly rowsOf: (value: Shape) => readonly Row[]
  readonly keyOf: (row: Row) => string
  /** What its buttons are told apart by, for who does not see the row. */
  readonly nameOf: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly actions: readonly Action<Row>[]
  /** In place of the table while there is nothing. */
  readonly empty: ComponentChildren
}

/** The one shape of keys, people, teams and seats: what there is, and the buttons of each. */
export function ManagedList<Shape, Row>(props: ManagedListProps<Shape, Row>) {
  const { label, title, data, rowsOf, keyOf, columns, empty } = props
  const withActions: readonly Column<Row>[] = [
    ...columns,
    { title: 'Actions', show: (row) => <Actions row={row} {...props} /> },
  ]
  return (
    <Card {...(title === undefined ? {} : { title })}>
      <Loaded data={data}>
        {(value) => {
          const rows = rowsOf(value)
          if (rows.length === 0) return empty
          return <Table label={label} rows={rows} keyOf={keyOf} columns={withActions} />
        }}
      </Loaded>
    </Card>
  )
}

function Actions<Shape, Row>(props: { row: Row } & ManagedListProps<Shape, Row>) {
  const { row, nameOf, actions } = props
  return (
    <div class="actions">
      {actions.map(({ label, press }) => {
        const text = typeof label === 'string' ? label : label(row)
        if (text === undefined) return null
        return (
          <button
            type="button"
            class="small"
            key={text}
            aria-label={`${text} ${nameOf(row)}`}
            onClick={() => {
              press(row)
            }}
          >
            {text}
          </button>
        )
      })}
    </div>
  )
}

/** Its name, whether it is blocked, and what else tells it apart. */
export function Named(props: { name: string; note: string; children?: ComponentChildren }) {
  return (
    <>
      <strong>{props.name}</strong> {props.children}
      <div class="note">{props.note}</div>
    </>
  )
}
