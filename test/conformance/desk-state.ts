import { describe, expect, test } from 'vitest'
import type { DeskState, SavedCluster, SavedRepository } from '../../src/main/ports/desk-state.ts'
import type { Look } from '../../src/shared/contract/clusters.ts'

/** A place for saved state that outlives the instances that open it. */
export interface StatePlace extends AsyncDisposable {
  open(): Promise<DeskState>
}

export const at = '2026-11-20T02:00:00.000Z'

export function savedCluster(id: string, name = id): SavedCluster {
  return {
    id,
    name,
    system: 'kiok',
    mode: 'protected',
    repositoryId: 'r1',
    masterKeys: ['k2', 'k1'],
    rpoMs: 86_400_000,
    rtoMs: null,
    addedAt: at,
    connection: { origins: ['https://master-1:8080'], login: 'k3' },
    ownSchedule: { cron: '0 2 * * *', zone: 'UTC', way: 'asked' },
    drillSchedule: {
      everyDays: 30,
      at: '03:00',
      zone: 'UTC',
      folder: null,
      host: null,
      firstAt: '2026-11-21T03:00:00.000Z',
    },
    hostKeys: [{ host: 'operator@h:2222', fingerprint: `SHA256:${'A'.repeat(43)}` }],
    retention: {
      rules: { keepLast: 7, keepDays: 30, atMost: null },
      sweepsOrphans: true,
      pins: [{ backupId: '20261119T020000Z-00000001', reason: 'Legal case 12', at }],
    },
  }
}

export function savedRepository(id: string): SavedRepository {
  return {
    id,
    name: `Repository ${id}`,
    address: `s3://bucket/${id}/`,
    system: 'chango',
    access: {
      credential: { source: 'vault', id: 'c1' },
      caFile: null,
      allowHttp: false,
      sshKeyFiles: [],
      hostKey: null,
      maxBytesPerSecond: 1_000_000,
    },
  }
}

const posture = {
  asOf: '2026-11-22T10:00:00.000Z',
  verdict: 'bad' as const,
  checks: [
    {
      id: 'keyLike' as const,
      state: 'bad' as const,
      sentence: 'A key lies there.',
      evidence: ['master.key'],
      next: 'Move it.',
    },
  ],
}

export function lookOf(backups: number): Look {
  return {
    asOf: at,
    failure: { code: 'repository.unreachable', what: 'It does not answer.' },
    backups,
    restorable: 0,
    notRestorable: 0,
    notProved: backups,
    newest: { backupId: 'b1', createdAt: at },
    newestRestorable: null,
    proved: null,
    days: [{ day: '2026-11-20', outcome: 'done', backups: 1 }],
    keyProof: { state: 'notTried', opens: 0, of: 1 },
    lastDrill: { backupId: 'b1', at, outcome: 'restored', rtoMs: 1_500 },
    storedBytes: 5,
    objects: 1,
    worst: null,
  }
}

export function verdictOf(backupId: string, jobId: string) {
  return {
    backupId,
    at,
    jobId,
    verdict: 'bad' as const,
    level: 'present' as const,
    findings: [
      { code: 'object.hashMismatch' as const, severity: 'error' as const, message: `${jobId} saw it.` },
    ],
  }
}

export function deskStateConformance(name: string, openPlace: () => Promise<StatePlace>): void {
  describe(`saved state: ${name}`, () => {
    test('What nobody saved yet is empty, the settings are at their defaults, and no vault is chosen', async () => {
      await using place = await openPlace()
      const state = await place.open()
      expect(state.readOnlyBecause).toBeNull()
      expect(state.problems).toEqual([])
      expect(state.clusters.list()).toEqual([])
      expect(state.clusters.get('c1')).toBeNull()
      expect(state.settings.get()).toMatchObject({ theme: 'system', workers: null })
      expect(state.vaultChoice.get()).toEqual({ backend: 'none' })
      expect(await state.verifications.list('s3://bucket/', 'b1')).toEqual([])
      await state.close()
    })

    test('All that was saved is there for the next instance, in the order in which it was added', async () => {
      await using place = await openPlace()
      const first = await place.open()
      const credential = {
        id: 'k1',
        kind: 'masterKey' as const,
        label: 'Key',
        hint: 'ab12cd34',
        addedAt: at,
        usedAt: null,
      }
      const target = { id: 'f'.repeat(32), dir: '/srv/a', usedAt: at, clusterId: null, backupId: 'b/1' }
      await Promise.all([
        first.clusters.put(savedCluster('c2')),
        first.clusters.put(savedCluster('c1')),
        first.clusters.put(savedCluster('c2', 'Renamed')),
        first.repositories.put(savedRepository('r1')),
        first.credentials.put(credential),
        first.targets.put(target),
        first.settings.set({ ...first.settings.get(), theme: 'dark', maxBytesPerSecond: 5 }),
        first.vaultChoice.set({ backend: 'sealedFile' }),
        first.looks.put({ id: 'c1', look: lookOf(3) }),
        first.postures.put({ id: 'r1', place: 'here', posture }),
        first.searchTexts.put('c1', { place: 'here', text: 'a line\nan ümlaut\n' }),
        first.clusters.putAll([savedCluster('c3'), savedCluster('c1', 'Other'), savedCluster('c4')]),
        first.clusters.putAll([]),
      ])
      await first.close()
      const state = await place.open()
      const ofAll = [savedCluster('c1', 'Other'), savedCluster('c3'), savedCluster('c4')]
      expect(state.clusters.list()).toEqual([savedCluster('c2', 'Renamed'), ...ofAll])
      expect(state.clusters.get('c1')).toEqual(savedCluster('c1', 'Other'))
      expect(state.repositories.list()).toEqual([savedRepository('r1')])
      expect(state.credentials.get('k1')).toEqual(credential)
      expect(state.targets.list()).toEqual([target])
      expect(state.settings.get()).toMatchObject({ theme: 'dark', maxBytesPerSecond: 5 })
      expect(state.vaultChoice.get()).toEqual({ backend: 'sealedFile' })
      expect(state.looks.get('c1')).toEqual({ id: 'c1', look: lookOf(3) })
      expect(state.postures.get('r1')).toEqual({ id: 'r1', place: 'here', posture })
      expect(await state.searchTexts.get('c1')).toEqual({ place: 'here', text: 'a line\nan ümlaut\n' })
      expect(await state.searchTexts.get('c2')).toBeNull()
      await state.close()
    })

    test('What is removed is gone, and removing it again is no error', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.clusters.put(savedCluster('c1'))
      await first.looks.put({ id: 'c1', look: lookOf(1) })
      await first.postures.put({ id: 'r1', place: 'here', posture })
      await first.searchTexts.put('c1', { place: 'here', text: 'a line\n' })
      for (let time = 0; time < 2; time += 1) {
        await first.clusters.remove('c1')
        await first.looks.remove('c1')
        await first.postures.remove('r1')
        await first.searchTexts.remove('c1')
        expect(first.clusters.list()).toEqual([])
        expect(first.looks.list()).toEqual([])
      }
      await first.close()
      const state = await place.open()
      expect(state.clusters.list()).toEqual([])
      expect(state.looks.list()).toEqual([])
      expect(state.postures.list()).toEqual([])
      expect(await state.searchTexts.get('c1')).toBeNull()
      await state.close()
    })

    test('Of two changes of one record at once both stay, and one that is gone is not brought back', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.clusters.putAll([savedCluster('c1'), savedCluster('c2')])
      const changed = await Promise.all([
        first.clusters.change('c1', (now) => ({ ...now, name: 'Renamed' })),
        first.clusters.change('c1', (now) => ({ ...now, rtoMs: 1 })),
        first.clusters.change('c9', (now) => now),
      ])
      const both = { ...savedCluster('c1', 'Renamed'), rtoMs: 1 }
      expect(changed).toEqual([savedCluster('c1', 'Renamed'), both, null])
      const refused = first.clusters.change('c2', () => {
        throw new Error('not so')
      })
      await expect(refused).rejects.toThrow('not so')
      // The demand sees what the change before it made, though both were asked for at once.
      const [, demanded] = await Promise.allSettled([
        first.clusters.change('c2', (now) => ({ ...now, name: 'Also renamed' })),
        first.clusters.putAll([savedCluster('c1'), savedCluster('c2')], (now) => {
          throw new Error(now.map(({ name }) => name).join())
        }),
      ])
      expect(demanded).toMatchObject({ reason: { message: 'Renamed,Also renamed' } })
      await first.clusters.putAll([savedCluster('c2')], () => undefined)
      await first.close()
      const state = await place.open()
      expect(state.clusters.list()).toEqual([both, savedCluster('c2')])
      await state.close()
    })

    test('A record that was handed in or out and is changed afterwards changes nothing that is saved', async () => {
      await using place = await openPlace()
      const state = await place.open()
      const masterKeys = ['k1']
      await state.clusters.put({ ...savedCluster('c1'), masterKeys })
      masterKeys.push('k9')
      expect(state.clusters.get('c1')?.masterKeys).toEqual(['k1'])
      await state.close()
    })

    test('Verdicts are listed by backup, the newest first, each repository for itself', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.verifications.append('s3://bucket/a/', [verdictOf('b1', 'j1'), verdictOf('b2', 'j1')])
      await first.verifications.append('s3://bucket/a/', [verdictOf('b1', 'j2')])
      await first.verifications.append('s3://bucket/b/', [verdictOf('b1', 'j3')])
      await first.close()
      const state = await place.open()
      const jobs = async (repository: string, backupId: string) =>
        (await state.verifications.list(repository, backupId)).map((entry) => entry.jobId)
      expect(await jobs('s3://bucket/a/', 'b1')).toEqual(['j2', 'j1'])
      expect(await jobs('s3://bucket/a/', 'b2')).toEqual(['j1'])
      expect(await jobs('s3://bucket/b/', 'b1')).toEqual(['j3'])
      const { backupId: _, ...entry } = verdictOf('b1', 'j3')
      expect(await state.verifications.list('s3://bucket/b/', 'b1')).toEqual([entry])
      await state.close()
    })

    test('At least the newest 50 verdicts of a backup are kept', async () => {
      await using place = await openPlace()
      const state = await place.open()
      await state.verifications.append(
        's3://bucket/',
        Array.from({ length: 60 }, (_, n) => verdictOf('b1', `j${n}`)),
      )
      const kept = await state.verifications.list('s3://bucket/', 'b1')
      expect(kept.slice(0, 50).map(({ jobId }) => jobId)).toEqual(
        Array.from({ length: 50 }, (_, n) => `j${59 - n}`),
      )
      await state.close()
    })

    test('A second instance reads what the first has saved so far, changes nothing, and names the holder', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.clusters.put(savedCluster('c1'))
      await first.verifications.append('s3://bucket/', [verdictOf('b1', 'j1')])
      const second = await place.open()
      expect(second.readOnlyBecause).toMatch(/process \d+/)
      expect(second.clusters.list()).toEqual([savedCluster('c1')])
      const refused = { code: 'state.readOnly' }
      await expect(second.clusters.put(savedCluster('c2'))).rejects.toMatchObject(refused)
      await expect(second.clusters.change('c1', (now) => now)).rejects.toMatchObject(refused)
      await expect(second.clusters.remove('c1')).rejects.toMatchObject(refused)
      await expect(second.settings.set(second.settings.get())).rejects.toMatchObject(refused)
      await expect(second.vaultChoice.set({ backend: 'keychain' })).rejects.toMatchObject(refused)
      await expect(second.looks.put({ id: 'c1', look: lookOf(1) })).rejects.toMatchObject(refused)
      await expect(second.postures.put({ id: 'r1', place: 'here', posture })).rejects.toMatchObject(refused)
      await expect(second.searchTexts.put('c1', { place: '', text: '' })).rejects.toMatchObject(refused)
      await expect(
        second.verifications.append('s3://bucket/', [verdictOf('b1', 'j2')]),
      ).rejects.toMatchObject(refused)
      expect(second.clusters.list()).toEqual([savedCluster('c1')])
      await first.clusters.put(savedCluster('c3'))
      await first.close()
      await second.close()
      const third = await place.open()
      expect(third.readOnlyBecause).toBeNull()
      expect(third.clusters.list()).toEqual([savedCluster('c1'), savedCluster('c3')])
      expect(await third.verifications.list('s3://bucket/', 'b1')).toHaveLength(1)
      await third.close()
    })

    test('An instance that was closed changes nothing any more', async () => {
      await using place = await openPlace()
      const state = await place.open()
      await state.close()
      await expect(state.clusters.put(savedCluster('c1'))).rejects.toMatchObject({ code: 'state.readOnly' })
    })
  })
}
