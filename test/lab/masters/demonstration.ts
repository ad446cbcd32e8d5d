import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { DemonstrationMasters } from '../../../src/main/cli/context.ts'
import { HeldMasterKey } from '../../../src/main/engine/master-key.ts'
import { keyFingerprint } from '../../../src/main/systems/chango/key-fingerprint.ts'
import { makeChangoArchive } from '../chango.ts'
import { masterKey, withFolder, type LabPorts } from '../demonstration-fleet.ts'
import { makeKiokRepository, usualSizes } from '../kiok.ts'
import { writeKisekiSnapshot } from '../kiseki.ts'
import { startArmadaServer } from './armada.ts'
import { startChangoMasters } from './chango.ts'
import { takePgBackRestBackup } from './kindling-backup.ts'
import { startKindlingHosts } from './kindling-hosts.ts'
import { startKiokMasters } from './kiok.ts'
import { startKisekiNodes } from './kiseki.ts'

/** Made up, printed nowhere, worth nothing. */
const password = 'the password of the demonstration'
const login = {
  label: 'Login of the demonstration',
  secret: { kind: 'login', user: 'admin', password },
} as const
const token = 'the API key of the demonstration'
const users = { admin: { password } }

/**
 * Masters for the clusters of the demonstration, in this process: they take backups into the very folders that the desk reads. Those of one cluster are
 * dead, so that it shows what can be known and done without any.
 */
export async function startDemonstrationMasters(dir: string, ports: LabPorts): Promise<DemonstrationMasters> {
  const folder = (name: string): string => join(dir, 'fleet', name)
  const now = (): string => new Date(ports.clock.now()).toISOString().replace(/\.\d+/, '')
  const kiok = async (name: string) =>
    startKiokMasters({ users, takeBackup: async () => takeKiokBackup(folder(name), name, now(), ports) })
  const [production, stage] = [await kiok('kiok-prod'), await kiok('kiok-stage')]
  const core = await startChangoMasters({
    users,
    dialect: 'chango/2',
    keyFingerprint: keyFingerprint(new HeldMasterKey(Buffer.from(masterKey), 'the demonstration')),
    takeBackup: async () => takeChangoBackup(folder('chango-core'), now(), ports),
  })
  const nodes = await startKisekiNodes({
    takeSnapshot: async () => takeKisekiSnapshot(folder('kiseki-lab'), now(), ports),
  })
  const armada = await startArmadaServer({ tables: { accounts: 260, sessions: 400, limits: 24 } })
  const kindling = await startKindlingHosts({
    repository: folder('kindling-eu'),
    keyFile: join(dir, 'kindling.ssh-key'),
    token,
    takeBackup: async (type) =>
      withFolder(folder('kindling-eu'), ports, async (store) =>
        takePgBackRestBackup(folder('kindling-eu'), { type, at: new Date(ports.clock.now()) }, store),
      ),
  })
  const gone = await startKiokMasters({ users, takeBackup: async () => Promise.reject(new Error('gone')) })
  await gone.kill()
  return {
    connections: [
      { cluster: 'kiok-prod', values: { masters: [...production.origins] }, credentials: { login } },
      { cluster: 'kiok-stage', values: { masters: [...stage.origins] }, credentials: { login } },
      { cluster: 'chango-core', values: { masters: [...core.origins] }, credentials: { login } },
      { cluster: 'chango-dr', values: { masters: [...gone.origins] }, credentials: { login } },
      {
        cluster: 'kiseki-lab',
        values: { nodes: [...nodes.origins], dataPorts: [nodes.dataPort] },
        credentials: {},
      },
      { cluster: 'armada-edge', values: { servers: [armada.origin] }, credentials: {} },
      {
        cluster: 'kindling-eu',
        values: kindling.values,
        credentials: {
          token: { label: 'API key of the demonstration', secret: { kind: 'token', token } },
        },
      },
    ],
    async close() {
      await Promise.all([
        ...[production, stage, core, nodes, kindling].map(async (masters) => masters.kill()),
        armada.stop(),
      ])
    },
  }
}

async function takeKiokBackup(folder: string, cluster: string, at: string, ports: LabPorts): Promise<string> {
  return withFolder(folder, ports, async (store) => {
    const byteWork = await ports.openByteWork(null)
    try {
      const [id = ''] = await makeKiokRepository(
        // The seed of its nights: a cluster keeps its salt.
        {
          seed: cluster,
          cluster,
          masterKey,
          storeSizes: usualSizes,
          iterations: 1000,
          nights: [{ at, changed: 'all' }],
        },
        { store, byteWork },
      )
      return id
    } finally {
      await byteWork.close()
    }
  })
}

async function takeChangoBackup(folder: string, when: string, ports: LabPorts) {
  return withFolder(folder, ports, async (store) => {
    const archive = await makeChangoArchive({ dialect: 2, seed: when, when, masterKey, patches: 2 })
    const bytes = await buffer(archive.pieces())
    await store.put(archive.key, bytes)
    return {
      backupId: archive.backupId,
      objectKey: `chango-backups/${archive.key}`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
    }
  })
}

async function takeKisekiSnapshot(folder: string, at: string, ports: LabPorts) {
  return withFolder(folder, ports, async (store) => ({
    snapshotId: await writeKisekiSnapshot({ seed: at, at, shards: [] }, store),
    shards: 0,
    metadataBytes: 0,
    dataBytes: 0,
  }))
}
