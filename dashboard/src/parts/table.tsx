import type { ComponentChildren } from 'preact'

export interface Column<Row> {
  readonly title: string
  readonly show: (row: Row) => ComponentChildren
  readonly number?: boolean
  /** Left out on a phone. */
  readonly extra?: boolean
}

/** A table that scrolls sideways in its own frame, reachable by keyboard. */
export function Table<Row>(props: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
}) {
  const classOf = ({ number, extra }: Column<Row>): string =>
    [number ? 'number' : '', extra ? 'extra' : ''].filter(Boolean).join(' ')
  return (
    <div class="table-frame" role="region" aria-label={props.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col" class={classOf(column)} key={column.title}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((column) => (
                <td class={classOf(column)} key={column.title}>
                  {column.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
