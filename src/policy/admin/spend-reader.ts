/** What keys, users or teams have cost altogether, as the ledger counts it. */
export interface SpendReader {
  /** Nano-credits by id; who has spent nothing is absent. */
  spentBy(
    kind: 'key' | 'user' | 'team',
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, number>>
}
