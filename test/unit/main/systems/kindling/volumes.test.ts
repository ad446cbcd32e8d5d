import { describe, expect, test } from 'vitest'
import type { Session } from '../../../../../src/main/ports/cluster-driver.ts'
import type { HttpReply, HttpRequest } from '../../../../../src/main/ports/http-client.ts'
import { kindlingDriver } from '../../../../../src/main/systems/kindling/live/driver.ts'
import { openVolumes } from '../../../../../src/main/systems/kindling/live/volumes.ts'
import { operationEnd } from '../../../../../src/main/systems/kindling/live/volume-operation.ts'
import { probeVolumes } from '../../../../../src/main/systems/kindling/live/volume-snapshot.ts'
import { readConnection } from '../../../../../src/main/systems/kindling/live/connection.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { labVolume } from '../../../../lab/kindling.ts'

const project = '00000000-0000-4000-8000-000000000021'
const volumeId = '00000000-0000-4000-8000-000000000011'
const backupId = '00000000-0000-4000-8000-000000000031'
const operation = { id: 'op', kind: 'backup', status: 'running', backup_id: backupId }
const cold = { id: volumeId, project_id: project, status: 'detached', health: 'healthy' }

type Reply = { readonly status?: number; readonly body?: unknown } | HoldfastError

/** kindling's API as a script plays it, on a clock that only moves when somebody waits. */
function played(script: (line: string, request: HttpRequest) => Reply) {
  const clock = fakeClock()
  const store = memoryStore()
  const asked: string[] = []
  const notHere = (): never => {
    throw new Error('the script has no such thing')
  }
  const session: Session = {
    cluster: { name: 'eu', system: 'kindling' },
    clock,
    random: { bytes: (length) => new Uint8Array(length) },
    signal: new AbortController().signal,
    http: async () =>
      Promise.resolve({
        async send(request): Promise<HttpReply> {
          const line = `${request.method} ${request.path}`
          asked.push(line)
          expect(request.authorization).toBe('Bearer knd_key')
          const reply =
            line === 'GET /api/projects' ? { body: [{ id: project, name: 'shop' }] } : script(line, request)
          if (reply instanceof HoldfastError) throw reply
          const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? null)
          return Promise.resolve({
            status: reply.status ?? 200,
            header: () => null,
            text,
            origin: 'https://api',
          })
        },
        close: async () => undefined,
      }),
    grpc: notHere,
    host: notHere,
    login: notHere,
    token: async () => Promise.resolve('knd_key'),
    replaceToken: async () => Promise.resolve(),
    keySalt: () => new Uint8Array(16),
    password: notHere,
    s3: notHere,
    byteWork: notHere,
    bucket: notHere,
    masterKeys: notHere,
    repository: async () => Promise.resolve(store),
  }
  const values = { hosts: ['db'], api: ['https://api'], token: 'key' }
  const live = kindlingDriver.connect(values)
  const config = readConnection(values)
  return {
    asked,
    store,
    snapshot: async () =>
      clock.run(live.snapshot(session, 'volumes', { progress: () => undefined, log: () => undefined })),
    before: async () => {
      const probes: Probe[] = []
      for await (const probe of live.beforeSnapshot(session, 'volumes')) probes.push(probe)
      return probes[0]
    },
    volumesProbe: async () => {
      const probes: Probe[] = []
      await probeVolumes(session, config, (probe) => probes.push(probe), { needsOne: false })
      return probes[0]
    },
    end: async (kind: 'backup' | 'restore') =>
      clock.run(
        (async () =>
          operationEnd(
            { ...operation, kind },
            project,
            await openVolumes(session, config),
            session,
            () => undefined,
          ))(),
      ),
    volumes: async () => openVolumes(session, config),
  }
}

const volumePath = `GET /api/projects/${project}/volume`
const post = `POST /api/projects/${project}/volume/backups`
const row = {
  id: backupId,
  kind: 'manual',
  status: 'succeeded',
  storage_url: 's3://b/key',
  size_bytes: 65536,
}

/** Busy for some looks after it was asked for, then as `after` says. */
function backupThat(after: { readonly volume?: object; readonly backups?: readonly object[] }, looks = 2) {
  let left = -1
  return (line: string): Reply => {
    if (line === post) {
      left = looks
      return { status: 202, body: { ...operation, status: 'pending' } }
    }
    if (line === volumePath) {
      left -= 1
      return {
        body: {
          ...cold,
          ...(left >= 0 ? { status: 'backing_up', current_operation: operation } : after.volume),
        },
      }
    }
    return { body: after.backups ?? [row] }
  }
}

describe('a cold backup of volumes', () => {
  test('is asked for once, waited for, and held against its object', async () => {
    const api = played(backupThat({}))
    await api.store.put(`project-volumes/${volumeId}/backups/${backupId}.qcow2`, labVolume())
    expect(await api.snapshot()).toMatchObject({
      kind: 'made',
      backupId,
      facts: [{ name: 'volume of shop', value: `${backupId}, 65536 bytes, s3://b/key` }],
    })
    expect(api.asked.filter((line) => line === post)).toHaveLength(1)
  })

  test('whose row stays pending has failed, as kindling leaves it when it fails early', async () => {
    const api = played(
      backupThat({
        volume: { last_error: 'volume backup object storage is not configured' },
        backups: [{ ...row, status: 'pending', size_bytes: 0 }],
      }),
    )
    await expect(api.snapshot()).rejects.toMatchObject({
      code: 'master.refused',
      text: { why: expect.stringMatching(/Its row stays pending\. It says: volume backup object storage/) },
    })
  })

  test('of another size, or without the beginning of an image, is told; outside of the repository it is said to be there', async () => {
    const key = `eu/project-volumes/${volumeId}/backups/${backupId}.qcow2`
    const short = played(backupThat({}))
    await short.store.put(key, labVolume({ sizeBytes: 4096 }))
    await expect(short.snapshot()).rejects.toMatchObject({
      code: 'object.unreadable',
      text: { why: 'It has 4096 bytes; kindling recorded 65536.' },
    })
    const other = played(backupThat({}))
    await other.store.put(key, new Uint8Array(65536))
    await expect(other.snapshot()).rejects.toMatchObject({
      text: { why: 'It does not begin as a qcow2 image.' },
    })
    expect(await played(backupThat({})).snapshot()).toMatchObject({
      kind: 'made',
      keptElsewhere: expect.stringContaining('s3://b/key outside'),
    })
  })

  test('whose answer is lost is not asked for again, and its end is not known', async () => {
    const api = played((line) =>
      line === post
        ? new HoldfastError('master.outcomeUnknown', { what: 'The answer was lost.' })
        : { body: cold },
    )
    expect(await api.snapshot()).toMatchObject({ kind: 'unknown', sentence: 'shop: The answer was lost.' })
    expect(api.asked.filter((line) => line === post)).toHaveLength(1)
  })

  test.each<[string, Reply]>([
    ['is taken on with words that cannot be read', { status: 202, body: { accepted: true } }],
    ['fails in the middle of the request', { status: 500, body: { error: 'tx: commit' } }],
    ['is given up on by somebody on the way', { status: 504, body: '<html>Gateway Time-out' }],
    ['is answered by a page for people', { status: 200, body: '<!DOCTYPE html><title>Log in' }],
  ])('that %s may have been begun, and is not asked for again', async (_, reply) => {
    const api = played((line) => (line === post ? reply : { body: cold }))
    expect(await api.snapshot()).toMatchObject({
      kind: 'unknown',
      sentence: expect.stringContaining('Whether the operation on the volume is begun is not known'),
    })
    expect(api.asked.filter((line) => line === post)).toHaveLength(1)
  })

  test('that is turned down for a key that is no longer taken says what was made before, and what was not', async () => {
    const api = played((line) => (line === post ? { status: 401, body: {} } : { body: cold }))
    await expect(api.snapshot()).rejects.toMatchObject({
      code: 'master.refusedLogin',
      text: { what: expect.stringContaining('shop'), unchanged: 'No backup was made.' },
    })
  })

  test.each<[string, Reply]>([
    ['the key is no longer taken', { status: 401, body: {} }],
    ['a page for people answers', { body: '<html>' }],
  ])('whose end cannot be looked at because %s is not called failed', async (_, reply) => {
    const api = played(() => reply)
    expect(await api.end('restore')).toMatchObject({
      kind: 'unknown',
      sentence: expect.stringContaining('The operation op was begun, and its end cannot be looked at.'),
    })
  })

  test('goes on while the API is away, and is unknown after 50 min', async () => {
    let looks = 0
    const away = new HoldfastError('master.unreachable', { what: 'Nobody answers.' })
    const api = played((line) => {
      if (line === volumePath && (looks += 1) < 4) return away
      return line === volumePath ? { body: cold } : { body: [row] }
    })
    expect(await api.end('backup')).toMatchObject({ kind: 'succeeded' })
    const stuck = played(() => ({ body: { ...cold, current_operation: operation } }))
    expect(await stuck.end('backup')).toMatchObject({
      kind: 'unknown',
      sentence: expect.stringContaining('did not end within 50'),
    })
  })

  test('is refused before it is begun, in words, and nothing is detached by itself', async () => {
    const attached = played(() => ({ body: { ...cold, status: 'attached', attached_vm_id: 'vm' } }))
    expect(await attached.before()).toMatchObject({
      state: 'bad',
      answer: 'None is detached: shop (attached).',
      next: expect.stringContaining('cancel'),
    })
    await expect(attached.snapshot()).rejects.toMatchObject({
      code: 'master.notReady',
      text: { unchanged: 'Nothing was asked for.' },
    })
    expect(attached.asked.some((line) => line.startsWith('POST'))).toBe(false)
    for (const [code, why] of [
      ['volume_attached', 'attached'],
      ['volume_busy', 'under way'],
      ['volume_unavailable', 'no worker'],
      ['backup_store_unavailable', 'no bucket'],
    ] as const) {
      const refused = played((line) =>
        line === post ? { status: 409, body: { error: 'no', code } } : { body: cold },
      )
      await expect(refused.snapshot()).rejects.toMatchObject({
        code: 'master.busy',
        text: { why: expect.stringContaining(why) },
      })
    }
  })

  test('beside another operation is refused with what runs and since when; who began it kindling does not tell', async () => {
    let isAsked = false
    const began = '2026-11-20T01:58:00Z'
    const busy = played((line) => {
      if (line === post) {
        isAsked = true
        return { status: 409, body: { error: 'no', code: 'volume_busy' } }
      }
      return {
        body: isAsked
          ? { ...cold, current_operation: { ...operation, kind: 'restore', started_at: began } }
          : cold,
      }
    })
    await expect(busy.snapshot()).rejects.toMatchObject({
      code: 'master.busy',
      text: {
        why: `Another operation of this volume is under way. It is a restore, since ${began}; kindling does not tell who began it.`,
      },
    })
  })

  test('of nothing is refused: no project has a volume', async () => {
    const api = played(() => ({ status: 404, body: { code: 'not_found' } }))
    expect(await api.before()).toMatchObject({
      state: 'bad',
      answer: 'No project of this organisation has a volume.',
    })
  })
})

test('a restore of a volume is over when its operation is gone, and well only where the volume is healthy', async () => {
  const well = played(() => ({ body: cold }))
  expect(await well.end('restore')).toMatchObject({ kind: 'succeeded' })
  const ill = played(() => ({
    body: { ...cold, health: 'corrupt', status: 'unavailable', last_error: 'qemu-img: no' },
  }))
  expect(await ill.end('restore')).toMatchObject({
    kind: 'failed',
    sentence: 'The volume is unavailable and corrupt. It says: qemu-img: no',
  })
  const asked: unknown[] = []
  const api = played((line, { body }) => {
    asked.push(line, body)
    return { status: 202, body: { ...operation, kind: 'restore' } }
  })
  const volumes = await api.volumes()
  await volumes.queueRestore(project, backupId, 'server-2')
  expect(asked).toEqual([
    `POST /api/projects/${project}/volume/restore`,
    { backup_id: backupId, target_server_id: 'server-2' },
  ])
})

test('A row that stays pending without an operation is a backup that failed; beside an operation it is one that goes on', async () => {
  const left = [{ ...row, status: 'pending' }, { ...row, id: 'another', status: 'running' }, row]
  const of = (volume: object) =>
    played((line) => ({ body: line === volumePath ? volume : left })).volumesProbe()
  const proved = { ...cold, last_successful_backup_at: '2026-11-20T00:00:00Z' }
  expect(await of(proved)).toMatchObject({
    state: 'warning',
    answer: expect.stringMatching(/shop has 2\sbackups that failed, though the row says they are pending/),
  })
  expect(await of({ ...proved, current_operation: operation })).toMatchObject({ state: 'ok' })
  expect(await of({ ...proved, health: 'corrupt' })).toMatchObject({
    state: 'warning',
    answer: expect.stringContaining('shop is corrupt'),
  })
})
