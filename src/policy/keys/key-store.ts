import type { DeletedOwner, Grant, Team, User, VirtualKey } from './key.ts'

/** Where keys, users and teams are kept. `store/keys` implements it on both databases. */
export interface KeyStore {
  /** By the hash of a secret, or of one that was rotated away and is still in its grace time. */
  findGrant(hash: string, nowMs: number): Promise<Grant | undefined>
  insertKey(key: VirtualKey, hash: string): Promise<'saved' | 'alias-taken'>
  findKey(idOrHashOrAlias: string): Promise<VirtualKey | undefined>
  listKeys(filter: KeyFilter): Promise<KeyPage>
  /** For each of the keys, in their order. */
  findDeletedOwners(
    keys: readonly Pick<VirtualKey, 'userId' | 'teamId'>[],
  ): Promise<readonly (DeletedOwner | undefined)[]>
  /** `undefined` when the key is gone or was changed since `expectedVersion`. */
  updateKey(
    id: string,
    expectedVersion: number,
    change: KeyChange,
    nowMs: number,
  ): Promise<VirtualKey | undefined>
  /** Puts another secret in place of the key's; the old one stays good until `graceUntilMs`. */
  rotateKey(
    id: string,
    hash: string,
    display: string,
    graceUntilMs: number,
    nowMs: number,
  ): Promise<VirtualKey | undefined>
  deleteKey(id: string, nowMs: number): Promise<boolean>

  saveUser(user: User): Promise<'saved' | 'conflict'>
  findUser(id: string): Promise<User | undefined>
  listUsers(page: PageRequest): Promise<MemberPage<User>>
  deleteUser(id: string, nowMs: number): Promise<boolean>
  saveTeam(team: Team): Promise<'saved' | 'conflict'>
  findTeam(id: string): Promise<Team | undefined>
  listTeams(page: PageRequest): Promise<MemberPage<Team>>
  deleteTeam(id: string, nowMs: number): Promise<boolean>
}

export interface PageRequest {
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** In the order of their ids. */
export interface MemberPage<Kind> {
  readonly members: readonly Kind[]
  readonly next?: string | undefined
}

export interface KeyFilter extends PageRequest {
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
}

export interface KeyPage {
  readonly keys: readonly VirtualKey[]
  readonly next?: string | undefined
}

/** Fields left out stay; `null` clears one. */
export interface KeyChange {
  readonly alias?: string | null | undefined
  readonly userId?: string | null | undefined
  readonly teamId?: string | null | undefined
  readonly models?: readonly string[] | undefined
  readonly routes?: readonly string[] | undefined
  readonly limits?: VirtualKey['limits'] | undefined
  readonly expiresAtMs?: number | null | undefined
  readonly blocked?: boolean | undefined
  readonly metadata?: VirtualKey['metadata'] | undefined
}
