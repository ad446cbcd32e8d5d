import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { kiseki } from '../../src/main/systems/kiseki/kiseki.ts'
import { kisekiDriver } from '../../src/main/systems/kiseki/live/driver.ts'
import { describeClusterDriver, type LabCluster } from '../conformance/cluster-driver.ts'
import { fakeHost } from '../fakes/remote-host.ts'
import { kisekiProblem, startKisekiBinary } from '../lab/masters/kiseki-binary.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { verifyRepository } from '../lab/verify-repository.ts'

const binary = process.env['KISEKI_BIN']
const problem = kisekiProblem(binary)

/**
 * The node writes into a folder. Where it is `shared`, that is the repository; else it is fetched from there, over a host that is this
 * machine: SSH is tested elsewhere.
 */
async function start(place: 'shared' | 'fetched'): Promise<LabCluster> {
  const node = await startKisekiBinary(binary ?? '')
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiseki-interop-'))
  const backups = place === 'shared' ? node.backupFolder : join(folder, 'backups')
  await mkdir(backups, { recursive: true })
  const sessions = labSessions(
    { name: 'kiseki-interop', system: 'kiseki', address: pathToFileURL(backups).href },
    {},
  )
  const host = fakeHost(
    ({ argv: [program, ...rest] }) => {
      const path = rest.at(-1) ?? ''
      const isThere = path.startsWith(`${node.backupFolder}/`) && existsSync(path)
      if (program === 'test') return { code: isThere ? 0 : 1 }
      return isThere ? { stdout: createReadStream(path) } : { code: 1, stderr: 'no such file' }
    },
    { clock: systemClock, name: 'kiseki-1' },
  )
  return {
    values: {
      nodes: [node.origin],
      dataPorts: [node.dataPort],
      hosts: ['kiseki-1'],
      backupFolder: node.backupFolder,
    },
    wrongCredentials: null,
    secrets: [],
    session: (signal) => ({ ...sessions(signal), host: async () => Promise.resolve(host) }),
    repository: async () => openFolderStore(backups),
    changes: () => node.changes(),
    breakNextSnapshot: () => node.breakNextAnswer(),
    keptSecret: () => null,
    kill: async () => node.kill(),
    async close() {
      await node.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

test('The gate to a real kiseki-server is open only for a binary that can be run, and says why not', () => {
  expect(kisekiProblem(undefined)).toBe('KISEKI_BIN names no kiseki-server')
  expect(kisekiProblem('/nowhere/kiseki-server')).toContain('cannot be run')
  expect(kisekiProblem(process.execPath)).toBeNull()
})

describe.skipIf(problem !== null)(
  `A real kiseki-server${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    describeClusterDriver({
      driver: kisekiDriver,
      ways: ['created', 'logged'],
      start: async () => start('shared'),
    })
    describeClusterDriver({ driver: kisekiDriver, ways: ['fetched'], start: async () => start('fetched') })

    test('writes a snapshot that is read to its end here, and called empty where it is', async () => {
      const cluster = await start('shared')
      const session = cluster.session()
      const outcome = await kisekiDriver
        .connect(cluster.values)
        .snapshot(session, 'created', { progress: () => undefined, log: () => undefined })
      await session.close()
      const store = await cluster.repository()
      const { said } = await verifyRepository(store, kiseki)
      await store.close()
      await cluster.close()
      expect(outcome).toMatchObject({ kind: 'made', backupId: Object.keys(said)[0] })
      // Its source has no shard to put in; a build that has is read as well, and is not empty.
      const [one] = Object.values(said)
      const shards = outcome.facts.find(({ name }) => name === 'shards')?.value
      expect(one?.verdict).not.toBe('bad')
      expect(one?.codes.includes('backup.empty')).toBe(shards === '0')
    })
  },
)
