import * as z from 'zod'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { jsonOrNull } from '../../../../shared/domain/strict-json.ts'
import {
  demandSuccess,
  firstText,
  isTurnedDown,
  objectOf,
  refusal,
  replyAs,
  undecided,
} from '../../../engine/live/http-replies.ts'
import { mapInParallel } from '../../../../shared/domain/parallel.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { KindlingConnection } from './connection.ts'
import { openPlatform } from './platform.ts'

/** All of this from source: internal/rpc/project_volumes.go, project_volume_ops.go. One volume a project. */
const operationForm = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  backup_id: z.string().nullish(),
  error: z.string().nullish(),
  created_at: z.string().nullish(),
  started_at: z.string().nullish(),
})
export type VolumeOperation = z.infer<typeof operationForm>

const volumeForm = z.object({
  id: z.string(),
  project_id: z.string(),
  server_id: z.string().nullish(),
  attached_vm_id: z.string().nullish(),
  status: z.string(),
  health: z.string(),
  current_operation: operationForm.nullish(),
  backup_policy: z.object({ retention_count: z.int().nullish() }).nullish(),
  last_successful_backup_at: z.string().nullish(),
  last_error: z.string().nullish(),
})
export type Volume = z.infer<typeof volumeForm>

const backupForm = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.string(),
  storage_url: z.string().nullish(),
  size_bytes: z.number(),
  error: z.string().nullish(),
  completed_at: z.string().nullish(),
})
export type VolumeBackup = z.infer<typeof backupForm>

const project = z.object({ id: z.string().min(1), name: z.string().nullish(), slug: z.string().nullish() })
const projects = z.union([
  z.array(project),
  z.object({ projects: z.array(project) }).transform(({ projects: all }) => all),
])

export interface ProjectVolume {
  /** The project's name, or its id where it has none. */
  readonly project: string
  readonly volume: Volume
}

/** The volumes of the organisation that the API key is of. */
export interface Volumes {
  list(): Promise<readonly ProjectVolume[]>
  /** Null: the project has none. */
  volume(projectId: string): Promise<Volume | null>
  /** The newest first. */
  backups(projectId: string): Promise<readonly VolumeBackup[]>
  /** Asked once. `master.busy` where kindling refuses now, with its reason; `master.outcomeUnknown` where the answer was lost or does not say. */
  queueBackup(projectId: string): Promise<VolumeOperation>
  /** `serverId` null: kindling chooses a worker. */
  queueRestore(projectId: string, backupId: string, serverId: string | null): Promise<VolumeOperation>
  /** As `queueRestore`: the volume is copied to another worker, and is pinned there. */
  queueMove(projectId: string, serverId: string | null): Promise<VolumeOperation>
  close(): Promise<void>
}

const deadlineMs = 10_000
const volumesAtOnce = 8

/** Throws `connection.missing` where the connection has no API or no key. */
export async function openVolumes(session: Session, config: KindlingConnection): Promise<Volumes> {
  const { token } = config
  if (config.api.length === 0 || token === null) {
    throw new HoldfastError('connection.missing', {
      what: 'The volumes of kindling are asked for over its API.',
      why: `The connection has no ${config.api.length === 0 ? 'API' : 'API key'}.`,
      unchanged: 'Nothing was asked for.',
      next: 'Add it to the connection of this cluster.',
    })
  }
  const client = await openPlatform(session, config)
  const { signal } = session
  const send = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<HttpReply> =>
    client.send(
      {
        method,
        path,
        authorization: `Bearer ${await session.token(token)}`,
        ...(body !== undefined && { body }),
        deadlineMs,
      },
      signal,
    )
  const volume = async (projectId: string): Promise<Volume | null> => {
    const reply = await send('GET', pathOf(projectId, 'volume'))
    if (reply.status === 404) return null
    demandSuccess(reply, 'The volume is not told.')
    return replyAs(volumeForm, reply, unreadable)
  }
  const underWay = async (projectId: string): Promise<string> => {
    const current = (await volume(projectId))?.current_operation ?? null
    if (current === null) return 'It has ended by now.'
    const since = current.started_at ?? current.created_at ?? null
    const began = since === null ? 'since when is not told' : `since ${printable(since)}`
    return `It is a ${printable(current.kind)}, ${began}; kindling does not tell who began it.`
  }
  const queue = async (projectId: string, rest: string, body: unknown): Promise<VolumeOperation> => {
    const reply = await send('POST', pathOf(projectId, rest), body)
    const operation = reply.status === 202 ? operationForm.safeParse(jsonOrNull(reply.text)) : null
    if (operation?.success === true) return operation.data
    throw isTurnedDown(reply)
      ? await refusedWork(reply, async () => underWay(projectId))
      : undecided(reply, 'Whether the operation on the volume is begun is not known')
  }
  return {
    async list() {
      const reply = await send('GET', '/api/projects')
      demandSuccess(reply, 'The projects are not told.')
      const rows = replyAs(projects, reply, 'The list of projects cannot be read:')
      const found = await mapInParallel(rows, volumesAtOnce, async ({ id, name, slug }) => {
        const own = await volume(id)
        return own === null ? [] : [{ project: printable([name, slug, id].find(Boolean) ?? id), volume: own }]
      })
      return found.flat()
    },
    volume,
    async backups(projectId) {
      const reply = await send('GET', pathOf(projectId, 'volume/backups'))
      demandSuccess(reply, 'The backups of a volume are not told.')
      return replyAs(z.array(backupForm), reply, unreadable)
    },
    queueBackup: async (projectId) => queue(projectId, 'volume/backups', {}),
    queueRestore: async (projectId, backupId, serverId) =>
      queue(projectId, 'volume/restore', {
        backup_id: backupId,
        ...(serverId !== null && { target_server_id: serverId }),
      }),
    queueMove: async (projectId, serverId) =>
      queue(projectId, 'volume/move', serverId === null ? {} : { target_server_id: serverId }),
    close: async () => client.close(),
  }
}

export async function withVolumes<T>(
  config: KindlingConnection,
  { session }: { readonly session: Session },
  work: (volumes: Volumes) => Promise<T>,
): Promise<T> {
  const volumes = await openVolumes(session, config)
  try {
    return await work(volumes)
  } finally {
    await volumes.close()
  }
}

function pathOf(projectId: string, rest: string): string {
  return `/api/projects/${encodeURIComponent(projectId)}/${rest}`
}

const unreadable = 'What is told of a volume cannot be read:'

/** From source (project_volume_ops.go): each of these is said before anything was begun. */
const conflicts: Readonly<Record<string, string>> = {
  volume_attached: 'The volume is attached: kindling backs up a detached one alone.',
  volume_busy: 'Another operation of this volume is under way.',
  volume_unavailable: 'The volume lies on no worker that is healthy.',
  backup_store_unavailable:
    'kindling has no bucket for volumes: its settings volume_backup_s3_… are not set.',
}

async function refusedWork(reply: HttpReply, underWay: () => Promise<string>): Promise<HoldfastError> {
  const code =
    reply.status === 409 ? firstText(objectOf(reply, 'The refusal cannot be read:'), ['code']) : null
  const why = code === null ? undefined : conflicts[code]
  if (why === undefined) return refusal(reply, 'The operation on the volume is not begun.')
  return new HoldfastError('master.busy', {
    what: 'The operation on the volume is not begun.',
    why: code === 'volume_busy' ? `${why} ${await told(underWay)}` : why,
    unchanged: 'Nothing was begun.',
    next: code === 'volume_attached' ? detaching : 'Mend that first.',
  })
}

async function told(underWay: () => Promise<string>): Promise<string> {
  try {
    return await underWay()
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return 'Who began it and since when could not be asked.'
  }
}

/** Inferred from source: there is no call that detaches; scaling to zero suspends the guest and keeps the volume attached. */
export const detaching =
  'Detach it: POST /api/deployments/ID/cancel stops the application of that project; deploy it again afterwards.'
