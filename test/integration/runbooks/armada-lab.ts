import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunbookSetting } from '../../../src/main/ports/runbook.ts'
import type { Authority, Certificate } from '../../lab/certificates.ts'
import { startArmadaServer, type ArmadaLabServer } from '../../lab/masters/armada.ts'
import { armadaTokens } from '../../lab/masters/armada-session.ts'
import type { LabBucket } from './kiok-lab.ts'
import { openRunLab, type RunLab } from './run-lab.ts'

const tables = { orders: 400, users: 300 }

/** Every key of every table with its value. */
export type Contents = ReadonlyMap<string, readonly string[]>

/** A server that loses keys, as real ones do, with a backup of its first state and other contents since. */
export interface ArmadaRunLab extends RunLab {
  readonly server: ArmadaLabServer
  readonly backups: string
  readonly backupId: string
  /** As in the backup, and as it is since. */
  readonly before: Contents
  readonly wrong: Contents
  readonly contents: () => Contents
  readonly snapshot: () => Promise<string>
  /** As a run is begun with. */
  setting(inputs?: Readonly<Record<string, string>>): RunbookSetting
}

/** `bucket`: its backups lie there. */
export async function openArmadaLab(
  authority: Pick<Authority, 'file'>,
  certificate: Certificate,
  bucket?: Pick<LabBucket, 'address' | 'keys'>,
): Promise<ArmadaRunLab> {
  const backups = await mkdtemp(join(tmpdir(), 'holdfast-armada-'))
  const server = await startArmadaServer({
    tables,
    version: 1,
    logBytes: 16 * 1024,
    tls: certificate,
    maintenanceToken: armadaTokens.maintenance,
    tablesToken: armadaTokens.tables,
  })
  const lab = await openRunLab({
    system: 'armada',
    name: 'armada-edge',
    folder: backups,
    ...(bucket !== undefined && { bucket: { address: bucket.address, secret: 'bucket' } }),
    secrets: {
      ...(bucket !== undefined && { bucket: { kind: 's3' as const, ...bucket.keys } }),
      maintenance: { kind: 'token', token: armadaTokens.maintenance },
      tables: { kind: 'token', token: armadaTokens.tables },
    },
    connection: (ids) => ({
      servers: [server.origin],
      maintenanceToken: ids['maintenance'] ?? '',
      tablesToken: ids['tables'] ?? '',
      tls: { caFile: authority.file },
    }),
  })

  async function snapshot(): Promise<string> {
    const { client, clusterId } = lab
    const { id } = await client.masters.snapshot({ id: clusterId, way: 'direct' })
    for await (const _ of await client.jobs.events({ id, after: 0 })) continue
    const { result } = await client.jobs.get({ id })
    if (result?.kind !== 'snapshot' || result.backupId === null) throw new Error('no snapshot')
    return result.backupId
  }

  function contents(): Contents {
    return new Map(
      server.tables
        .names()
        .map((table) => [
          table,
          server.tables
            .from(table, new Uint8Array())
            .map((key) => `${key}=${server.tables.get(table, key)?.toString('hex') ?? ''}`),
        ]),
    )
  }

  const backupId = await snapshot()
  const before = contents()
  for (const table of Object.keys(tables)) {
    for (const key of server.tables.from(table, new Uint8Array()).slice(0, 50)) server.tables.drop(table, key)
    server.tables.put(table, Buffer.from('written since'), Buffer.from('new'))
  }
  return {
    ...lab,
    server,
    backups,
    backupId,
    before,
    wrong: contents(),
    contents,
    snapshot,
    setting(inputs = {}) {
      const { connection, name } = lab.running.desk.state.clusters.get(lab.clusterId) ?? {}
      return {
        cluster: { name: name ?? '', system: 'armada', connection: connection ?? null },
        inputs: { tables: '', ...inputs },
      }
    },
    async close() {
      await lab.close()
      await server.stop()
      await rm(backups, { recursive: true, force: true })
    },
  }
}
