import { existsSync, readdirSync } from 'node:fs'
import { memoryRunPlace } from '../../fakes/run-journal.ts'
import { startChangoHosts, type ChangoHosts } from '../../lab/runbooks/chango.ts'
import { old, restored, rootOf, storesOn } from '../../lab/runbooks/chango-stores.ts'
import type { RgwAccess } from '../../lab/rgw.ts'
import { fillDisk } from '../../lab/small-disk.ts'
import { openChangoDesk } from '../../support/chango-runs.ts'
import { bucket, login, masterKey } from '../../support/chango-secrets.ts'
import { openCutBucket } from './bucket.ts'
import { begin, type RunbookScene } from './lab.ts'

type Disk = { readonly diskBytes?: number }

/** How the two hosts stand before a runbook, and which state they have after it. */
interface Story {
  readonly name: string
  readonly scenario: 'CH-4' | 'CH-6'
  readonly dialect: 1 | 2
  readonly prepare: (hosts: ChangoHosts) => Promise<void>
  readonly end: (hosts: ChangoHosts) => Promise<'old' | 'new' | 'between'>
}

/** CH-4: both masters are down, and an older state of theirs stands there. */
export function changoRestore(dialect: 1 | 2, rgw: RgwAccess | null, disk: Disk): RunbookScene {
  return scene(
    {
      name: `CH-4, version ${dialect}`,
      scenario: 'CH-4',
      dialect,
      prepare: async () => Promise.resolve(),
      async end(hosts) {
        const stores = await storesOnBoth(hosts)
        if (stores.every((each) => each === restored)) return 'new'
        return stores.every((each) => each === old) ? 'old' : 'between'
      },
    },
    rgw,
    disk,
  )
}

const wrong = 'MANIFEST-000009'
const patches = '/opt/chango/data/master/patches'
/** The older version’s restore names its patches by the beginning of its run, and the stores by the moment of their swap. */
const placedMs = 1_790_000_000_000
const swappedMs = placedMs + 60_000

/** CH-6: a restore has put a wrong state into place; what stood there before lies aside, the patches apart from the stores. */
export function changoRollback(rgw: RgwAccess | null, disk: Disk): RunbookScene {
  return scene(
    {
      name: 'CH-6, version 1',
      scenario: 'CH-6',
      dialect: 1,
      async prepare(hosts) {
        for (const store of ['kms', 'iam', 'metadata']) {
          const at = `${rootOf[1]}/${store}`
          await hosts.writeFile(1, `${at}.before-restore-${swappedMs}/CURRENT`, `${old}\n`)
          for (const place of [1, 2]) await hosts.writeFile(place, `${at}/CURRENT`, `${wrong}\n`)
        }
        await hosts.writeFile(1, `${patches}/restored.jar`, 'restored')
        await hosts.writeFile(1, `${patches}.before-restore-${placedMs}/own.jar`, 'own')
      },
      async end(hosts) {
        const stores = (await storesOnBoth(hosts)).join()
        const at = hosts.pathOn(1, patches)
        const found = existsSync(at) ? readdirSync(at).join() : 'none'
        if (stores === `${old},${old}` && found === 'own.jar') return 'new'
        return stores === `${wrong},${wrong}` && found === 'restored.jar' ? 'old' : 'between'
      },
    },
    rgw,
    disk,
  )
}

async function storesOnBoth(hosts: ChangoHosts): Promise<readonly string[]> {
  return [await storesOn(hosts, 1), await storesOn(hosts, 2)]
}

function scene(
  { name, scenario, dialect, prepare, end }: Story,
  rgw: RgwAccess | null,
  disk: Disk,
): RunbookScene {
  return {
    name,
    async open({ isInBucket }) {
      if (isInBucket && rgw === null) return { skip: 'no bucket' }
      const repository = isInBucket && rgw !== null ? await openCutBucket(rgw) : null
      const hosts = await startChangoHosts({
        dialect,
        masterKey,
        login,
        ...disk,
        afterBackup: async () => copyBackups(),
      })
      if ('skip' in hosts) return hosts
      const copyBackups = async (): Promise<void> => repository?.copyFrom(hosts.repository)
      await copyBackups()
      await prepare(hosts)
      const desk = await openChangoDesk(hosts, {
        masterKeys: { key: masterKey },
        login,
        bucket,
        ...(repository !== null && { repository }),
      })
      const places = new Map<string, ReturnType<typeof memoryRunPlace>>()
      return {
        begin: begin(scenario, 'lab', desk.setting),
        async openRunner(journal, bend) {
          const place = places.get(journal) ?? memoryRunPlace()
          places.set(journal, place)
          return (await desk.open(bend, place)).runner
        },
        answers: {
          'accept-canary': () => ({ kind: 'did', note: 'trino-prod' }),
          'stores-lost': () => ({ kind: 'skip', reason: 'They are known to be damaged.' }),
          'accept-stray': () => ({ kind: 'skip', reason: 'Nothing else runs on these hosts.' }),
        },
        sent: async () => hosts.record(),
        end: async () => end(hosts),
        hosts: hosts.sshd.map((sshd, index) => ({
          killSessions: () => sshd.killSessions(),
          started: () => sshd.started(),
          fill: disk.diskBytes === undefined ? null : () => fillDisk(hosts.pathOn(index + 1, '/')),
          async reboot() {
            sshd.killStarted()
            sshd.killSessions()
            await hosts.killProcess(index + 1, 'master')
            await hosts.killProcess(index + 1, 'zookeeper')
          },
        })),
        bucket: repository?.way ?? null,
        async close() {
          await desk.close()
          await hosts.stop()
          await repository?.close()
        },
      }
    },
  }
}
