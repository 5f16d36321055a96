/**
 * What outlives a process and what processes share: one schema on SQLite and PostgreSQL; memory or Redis for counters.
 * @module
 */
export { openStore, storePlaces, MigrationsPending } from './open-store.ts'
export type { Store, StoreOptions, StoreStatus } from './open-store.ts'
export type { Ledger } from './ledger/ledger.ts'
export type { CallFilter, Page, StoredCall } from './ledger/read.ts'
export type { SummaryBy, SummaryFilter, SummaryRow } from './ledger/summarize.ts'
export type { Retention } from './upkeep/retention.ts'
export { isPostgres } from './database/open.ts'
export { isStoreFailure, reasonOf } from './database/failure.ts'
export { dataFolder } from './data-folder.ts'
export { findSealKeys } from './seats/seal-keys.ts'
