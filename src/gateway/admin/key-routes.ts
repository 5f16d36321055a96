import * as z from 'zod'
import { BadRequestError, NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  generateKeySchema,
  nameKeysSchema,
  rotateKeySchema,
  updateKeySchema,
} from '../../policy/admin/fields.ts'
import type { KeyAdministration } from '../../policy/admin/key-administration.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { pageFields } from './paging.ts'
import { requireAdministrator, type Who } from './who.ts'

const oneKey = () =>
  z.strictObject({ key: z.string().min(1).max(300).describe('Id, alias or the key') })

export function keyRoutes(admin: KeyAdministration): readonly AdminRoute[] {
  /** Another's key looks like none at all. */
  const visible = (answer: JsonObject, who: Who): JsonObject => {
    const own =
      answer['key_id'] === who.keyId ||
      (who.userId !== undefined && answer['user_id'] === who.userId)
    if (who.administrator || own) return answer
    throw new NotFoundError('there is no such key of yours', {
      code: 'key_not_found',
      param: 'key',
    })
  }
  const info = async (name: string, who: Who): Promise<JsonObject> => {
    try {
      return visible(await admin.keyInfo(name), who)
    } catch (error) {
      if (who.administrator || !(error instanceof NotFoundError)) throw error
      return visible({}, who)
    }
  }
  /** Seeing another key of one's own is harmless; a new secret for it would be a way around what this key may. */
  const requireSelf = async (name: string, who: Who): Promise<void> => {
    const answer = await info(name, who)
    if (answer['key_id'] !== who.keyId) requireAdministrator(who)
  }
  const setBlocked = (path: string, summary: string, blocked: boolean): AdminRoute =>
    adminRoute({
      method: 'POST',
      path,
      summary,
      may: 'administrator',
      writes: true,
      body: oneKey,
      handle: ({ body, who }) => admin.updateKey({ key: body.key, blocked }, who.actor),
    })

  return [
    adminRoute({
      method: 'POST',
      path: '/key/generate',
      summary: 'Make a key; the only answer that holds it',
      may: 'administrator',
      writes: true,
      body: generateKeySchema,
      handle: ({ body, who }) => admin.generateKey(body, who.actor),
    }),
    adminRoute({
      method: 'GET',
      path: '/key/info',
      summary: 'What a key may, and what it has spent; without `key` the one that asks',
      may: 'owner',
      query: () => oneKey().partial(),
      async handle({ query, who }) {
        const name = query.key ?? who.keyId
        if (name === undefined) {
          throw new BadRequestError('which key? add ?key= with its id or alias', { param: 'key' })
        }
        const answer = await info(name, who)
        // LiteLLM nests what it knows under `info`; both readers find theirs.
        return { key: answer['key_id'] ?? null, info: answer, ...answer }
      },
    }),
    adminRoute({
      method: 'GET',
      path: '/key/list',
      summary: 'Keys, the newest first; without the role, one’s own',
      may: 'owner',
      query: () =>
        z.strictObject({
          user_id: z.string().optional(),
          team_id: z.string().optional(),
          ...pageFields(),
        }),
      async handle({ query, who }) {
        const { user_id: userId, team_id: teamId, limit, cursor } = query
        if (who.administrator) return admin.listKeys({ userId, teamId, limit, cursor })
        if (who.userId !== undefined)
          return admin.listKeys({ userId: who.userId, teamId, limit, cursor })
        return { keys: [await info(who.keyId ?? '', who)], next: null }
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/key/update',
      summary:
        'Change what is named, leave the rest; `version` refuses to overwrite another’s change',
      may: 'administrator',
      writes: true,
      body: updateKeySchema,
      handle: ({ body, who }) => admin.updateKey(body, who.actor),
    }),
    adminRoute({
      method: 'POST',
      path: '/key/regenerate',
      summary:
        'Put a new secret in place of a key’s; the old one stays good for the grace period; without the role, the one that asks',
      may: 'owner',
      writes: true,
      body: rotateKeySchema,
      async handle({ body, who }) {
        await requireSelf(body.key, who)
        return admin.rotateKey(body.key, body.grace_period, who.actor, body.version)
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/key/delete',
      summary:
        'Revoke keys: they stop working everywhere within a second; without the role, the one that asks',
      may: 'owner',
      writes: true,
      body: nameKeysSchema,
      async handle({ body, who }) {
        const names = [...(body.keys ?? []), ...(body.key_aliases ?? [])]
        for (const name of names) await requireSelf(name, who)
        return admin.deleteKeys(names, who.actor)
      },
    }),
    setBlocked('/key/block', 'Refuse a key until it is unblocked', true),
    setBlocked('/key/unblock', 'Take a blocked key again', false),
  ]
}
