import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { fakeHost } from '../../fakes/remote-host.ts'
import { makeKisekiSnapshot } from '../../lab/kiseki.ts'
import { startKisekiNodes } from '../../lab/masters/kiseki.ts'
import { labSessions } from '../../lab/masters/lab-session.ts'
import type { LabCluster } from '../cluster-driver.ts'

/** Nodes with one of the two backends: a snapshot lies in the bucket, or in the folder of the host. */
export async function startKisekiLab(backend: 's3' | 'fs'): Promise<LabCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiseki-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const store = await openFolderStore(backups)
  const files = new Map<string, Buffer>()
  let made = 0
  const nodes = await startKisekiNodes({
    async takeSnapshot() {
      made += 1
      const at = `2026-11-20T02:00:0${made}Z`
      const { backupId: id, tar, manifest } = makeKisekiSnapshot({ seed: `lab ${made}`, at, shards: [] })
      files.set(`/var/backup/${id}/snapshot.tar`, Buffer.from(tar))
      files.set(`/var/backup/${id}/manifest.json`, Buffer.from(manifest))
      if (backend === 's3') {
        await store.put(`${id}/snapshot.tar`, tar)
        await store.put(`${id}/manifest.json`, manifest)
      }
      return { snapshotId: id, shards: 0, metadataBytes: 0, dataBytes: 0 }
    },
  })
  const sessions = labSessions(
    { name: 'kiseki-lab', system: 'kiseki', address: pathToFileURL(backups).href },
    {},
  )
  const host = fakeHost(
    ({ argv: [program, ...rest] }) => {
      const content = files.get(rest.at(-1) ?? '')
      if (program === 'test') return { code: content === undefined ? 1 : 0 }
      return content === undefined ? { code: 1, stderr: 'no such file' } : { stdout: bytesOf(content) }
    },
    { clock: systemClock, name: 'kiseki-1' },
  )
  return {
    values: {
      nodes: [...nodes.origins],
      dataPorts: [nodes.dataPort],
      hosts: ['kiseki-1'],
      backupFolder: '/var/backup',
    },
    wrongCredentials: null,
    secrets: [],
    session(signal) {
      return { ...sessions(signal), host: async () => Promise.resolve(host) }
    },
    repository: async () => openFolderStore(backups),
    changes: () => nodes.changes(),
    breakNextSnapshot: () => nodes.breakNextSnapshot(),
    keptSecret: () => null,
    kill: async () => nodes.kill(),
    async close() {
      await nodes.kill()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function* bytesOf(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content
}
