import * as z from 'zod'
import { NotFoundError } from '../../core/errors.ts'
import {
  newTeamSchema,
  newUserSchema,
  updateTeamSchema,
  updateUserSchema,
} from '../../policy/admin/fields.ts'
import type { KeyAdministration } from '../../policy/admin/key-administration.ts'
import type { SeatService } from '../../policy/seats/seat-service.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { pageSchema } from './paging.ts'

const name = () => z.string().min(1).max(200)
const names = () => z.array(name()).min(1).max(500)

/** Users and teams. */
export function memberRoutes(
  admin: KeyAdministration,
  seats: SeatService | undefined,
): readonly AdminRoute[] {
  return [
    adminRoute({
      method: 'POST',
      path: '/user/new',
      summary: 'Make a user',
      may: 'administrator',
      writes: true,
      body: newUserSchema,
      handle: ({ body, who }) => admin.createUser(body, who.actor),
    }),
    adminRoute({
      method: 'GET',
      path: '/user/info',
      summary: 'A user, with limits and spend; without `user_id` the one that asks',
      may: 'owner',
      query: () => z.strictObject({ user_id: name().optional() }),
      handle: ({ query, who }) =>
        admin.userInfo(ownName(query.user_id, who.userId, who.administrator, 'user', 'user_id')),
    }),
    adminRoute({
      method: 'GET',
      path: '/user/list',
      summary: 'Users, by id',
      may: 'administrator',
      query: pageSchema,
      handle: ({ query }) => admin.listUsers(query),
    }),
    adminRoute({
      method: 'POST',
      path: '/user/update',
      summary: 'Change what is named, leave the rest',
      may: 'administrator',
      writes: true,
      body: updateUserSchema,
      handle: ({ body, who }) => admin.updateUser(body, who.actor),
    }),
    adminRoute({
      method: 'POST',
      path: '/user/delete',
      summary: 'Delete users; their keys stop working, their seats are disconnected',
      may: 'administrator',
      writes: true,
      body: () => z.strictObject({ user_ids: names() }),
      async handle({ body, who }) {
        for (const id of body.user_ids) await admin.userInfo(id)
        for (const id of body.user_ids) {
          if (await seats?.ofUser(id)) await seats?.disconnect(id, who.actor)
          await admin.deleteUser(id, who.actor)
        }
        return { deleted_users: body.user_ids }
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/team/new',
      summary: 'Make a team',
      may: 'administrator',
      writes: true,
      body: newTeamSchema,
      handle: ({ body, who }) => admin.createTeam(body, who.actor),
    }),
    adminRoute({
      method: 'GET',
      path: '/team/info',
      summary: 'A team, with limits and spend; without `team_id` the one of the key that asks',
      may: 'owner',
      query: () => z.strictObject({ team_id: name().optional() }),
      handle: ({ query, who }) =>
        admin.teamInfo(ownName(query.team_id, who.teamId, who.administrator, 'team', 'team_id')),
    }),
    adminRoute({
      method: 'GET',
      path: '/team/list',
      summary: 'Teams, by id',
      may: 'administrator',
      query: pageSchema,
      handle: ({ query }) => admin.listTeams(query),
    }),
    adminRoute({
      method: 'POST',
      path: '/team/update',
      summary: 'Change what is named, leave the rest',
      may: 'administrator',
      writes: true,
      body: updateTeamSchema,
      handle: ({ body, who }) => admin.updateTeam(body, who.actor),
    }),
    adminRoute({
      method: 'POST',
      path: '/team/delete',
      summary: 'Delete teams; their keys stop working',
      may: 'administrator',
      writes: true,
      body: () => z.strictObject({ team_ids: names() }),
      async handle({ body, who }) {
        for (const id of body.team_ids) await admin.teamInfo(id)
        for (const id of body.team_ids) await admin.deleteTeam(id, who.actor)
        return { deleted_teams: body.team_ids }
      },
    }),
  ]
}

/** The one asked for, if it may be seen; another's looks like none at all. */
function ownName(
  asked: string | undefined,
  own: string | undefined,
  administrator: boolean,
  kind: string,
  param: string,
): string {
  const wanted = asked ?? own
  if (wanted !== undefined && (administrator || wanted === own)) return wanted
  throw new NotFoundError(
    wanted === undefined ? `this key belongs to no ${kind}` : `there is no such ${kind} of yours`,
    { code: `${kind}_not_found`, param },
  )
}
