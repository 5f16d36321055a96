import type { Compilable, CompiledQuery } from 'kysely'

/** A query that is asked again and again, with other values each time. */
export interface Repeated<Item, Row> {
  readonly build: (items: readonly Item[]) => Compilable<Row>
  /** The values of one item, in the order in which the built query binds them. */
  readonly valuesOf: (item: Item) => readonly unknown[]
}

/** Queries of more items are built each time: their number is hardly twice the same, and many share what the building takes. */
const MOST_ITEMS = 16

/**
 * Builds such a query once for each number of items, and then only changes its values. To build one takes several times as long as
 * SQLite needs for it; and the builder, which runs a few times a second and each time for another query, V8 optimizes and gives up again and again.
 */
export function createRepeated<Item, Row>({
  build,
  valuesOf,
}: Repeated<Item, Row>): (items: readonly Item[]) => CompiledQuery<Row> {
  const built = new Map<number, CompiledQuery<Row>>()
  return (items) => {
    const known = built.get(items.length)
    if (known) return { ...known, parameters: items.flatMap(valuesOf) }
    const query = build(items).compile()
    if (items.length <= MOST_ITEMS) {
      refuseOtherOrder(query, items.flatMap(valuesOf))
      built.set(items.length, query)
    }
    return query
  }
}

/** Else the next values would go into the wrong columns, and nobody would see it. */
function refuseOtherOrder({ sql, parameters }: CompiledQuery, values: readonly unknown[]): void {
  const isSame =
    parameters.length === values.length &&
    parameters.every((parameter, index) => Object.is(parameter, values[index]))
  if (!isSame) throw new Error(`the values are not in the order of this query: ${sql}`)
}
