import { expect, test } from 'vitest'
import type { BackupSystem } from '../../../../src/main/ports/backup-system.ts'
import { armada } from '../../../../src/main/systems/armada/armada.ts'
import { kiok } from '../../../../src/main/systems/kiok/kiok.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { hostileArmada, hostileKiok, type HostileManifest } from '../../../lab/hostile-manifests.ts'
import { verifyRepository } from '../../../lab/verify-repository.ts'

const all: readonly (readonly [BackupSystem, HostileManifest])[] = [
  ...hostileKiok.map((made) => [kiok, made] as const),
  ...hostileArmada.map((made) => [armada, made] as const),
]

test.each(all.map(([system, made]) => [system.name, made.what, system, made] as const))(
  '%s: a manifest with %s is judged, is not good, and reaches nothing',
  async (_name, _what, system, { folder, text }) => {
    const store = memoryStore()
    await store.put(`${folder ?? 'usual'}/manifest.json`, Buffer.from(text))
    const asked: string[] = []
    const watched = {
      ...store,
      get: async (...[key, options]: Parameters<typeof store.get>) => {
        asked.push(key)
        return store.get(key, options)
      },
    }
    const { backups } = await verifyRepository(watched, system, { keys: ['a key'] })
    expect(backups.map(({ verdict }) => verdict)).not.toContain('good')
    expect(backups.map(({ verdict }) => verdict)).not.toContain('warning')
    expect(backups).toHaveLength(1)
    expect(new Set(asked)).toEqual(new Set([`${folder ?? 'usual'}/manifest.json`]))
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  },
)
