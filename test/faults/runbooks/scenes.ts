import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allNotes, writeAround } from '../../lab/runbooks/kindling.ts'
import { postgresProblem } from '../../lab/postgres.ts'
import { sampleObject } from '../../lab/runbooks/kiseki.ts'
import type { RgwAccess } from '../../lab/rgw.ts'
import { fillDisk } from '../../lab/small-disk.ts'
import { openArmadaLab } from '../../integration/runbooks/armada-lab.ts'
import { openKiokLab, password, production } from '../../integration/runbooks/kiok-lab.ts'
import { openKindlingLab } from '../../integration/runbooks/kindling-lab.ts'
import { openKisekiLab } from '../../integration/runbooks/kiseki-lab.ts'
import { stepOf } from '../../integration/runbooks/run-lab.ts'
import { makeAuthority } from '../../lab/certificates.ts'
import { openCutBucket } from './bucket.ts'
import { changoRestore, changoRollback } from './chango-scenes.ts'
import { faultyHost } from './faulty-hosts.ts'
import { begin, type RunbookScene } from './lab.ts'

/** Of the hosts of a lab, where they have disks of their own. */
const diskBytes = 48 * 1024 * 1024
/** With room for its WAL, and for what it holds twice. */
const databaseBytes = 512 * 1024 * 1024

/** `rgw`: for those whose backups lie in a bucket; null where there is none. */
export function scenesOf(of: {
  readonly rgw: RgwAccess | null
  readonly canMount: boolean
}): readonly RunbookScene[] {
  const disk = of.canMount ? { diskBytes } : {}
  return [
    kiok('KI-3', of.rgw, disk),
    changoRestore(1, of.rgw, disk),
    changoRestore(2, of.rgw, disk),
    changoRollback(of.rgw, disk),
    kiseki(disk),
    armada(of.rgw),
    kindling(of.canMount),
    kiok('X-2', of.rgw, disk),
  ]
}

type Disk = { readonly diskBytes?: number }

/** KI-3: both masters have lost their disks. X-2: a backup is to be found that is good; nothing is changed. */
function kiok(scenario: 'KI-3' | 'X-2', rgw: RgwAccess | null, disk: Disk): RunbookScene {
  return {
    name: scenario,
    async open({ isInBucket }) {
      if (isInBucket && rgw === null) return { skip: 'no bucket' }
      const inBucket = isInBucket && rgw !== null ? await openCutBucket(rgw) : null
      const lab = await openKiokLab({
        hosts: [null, null],
        ...disk,
        ...(inBucket !== null && { bucket: inBucket }),
      })
      if ('skip' in lab) return lab
      const connection = lab.running.desk.state.clusters.get(lab.clusterId)?.connection ?? null
      const { backupIds, site } = lab
      const wanted = backupIds[1] ?? ''
      const inputs = scenario === 'KI-3' ? { ...lab.usualInputs } : {}
      return {
        begin: begin(scenario, lab.clusterId, {
          cluster: { name: 'kiok-lab', system: 'kiok', connection },
          inputs,
        }),
        openRunner: async (journal, bend) => lab.bentRunner(journal, bend),
        answers: {
          'choose-backup': () => ({ kind: 'choose', option: wanted }),
          deadlock: () => ({ kind: 'choose', option: 'reset' }),
          'deadlock-after-reset': () => ({ kind: 'choose', option: 'other-root' }),
          'restore-in-ui': () => {
            site.restoreInUi(wanted, { user: 'admin', password })
            return { kind: 'did', note: wanted }
          },
        },
        sent: async () => Promise.resolve([...site.hosts.flatMap((host) => host.record()), ...site.changes]),
        async end() {
          const states = [site.state(0), site.state(1)]
          if (scenario === 'X-2')
            return Promise.resolve(states.every((state) => state === null) ? 'new' : 'between')
          if (states.every((state) => JSON.stringify(state?.dags) === JSON.stringify(production.dags)))
            return Promise.resolve('new')
          return Promise.resolve(states.every((state) => state === null) ? 'old' : 'between')
        },
        hosts: site.hosts.map((host) => faultyHost(host, {})),
        bucket: inBucket?.way ?? null,
        async close() {
          await lab.close()
          await inBucket?.close()
        },
      }
    },
  }
}

/** KS-7: a node whose metadata is halted. */
function kiseki(disk: Disk): RunbookScene {
  return {
    name: 'KS-7',
    async open() {
      const up = { isUp: true, committed: 1_500n }
      const lab = await openKisekiLab({ nodes: [up, up, { ...up, isHalted: true }], ...disk })
      if ('skip' in lab) return lab
      const { hosts } = lab.site
      const setting = lab.setting({ node: hosts[2]?.address ?? '', samples: sampleObject })
      return {
        begin: begin('KS-7', lab.clusterId, setting),
        openRunner: async (journal, bend) => lab.bentRunner(journal, bend),
        answers: {},
        sent: async () => Promise.resolve(hosts.flatMap((host) => host.record())),
        async end() {
          const file = join(hosts[2]?.tree ?? '', 'kiseki/data/metadata/compositions.redb')
          const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
          return Promise.resolve(text === 'rebuilt' ? 'new' : text === 'halted' ? 'old' : 'between')
        },
        hosts: hosts.map((host) => faultyHost(host, { begins: ['lab/node.up'] })),
        bucket: null,
        close: async () => lab.close(),
      }
    },
  }
}

/** AR-2: the tables hold something else than the backup, and the server loses keys when it restores. */
function armada(rgw: RgwAccess | null): RunbookScene {
  return {
    name: 'AR-2',
    async open({ isInBucket }) {
      if (isInBucket && rgw === null) return { skip: 'no bucket' }
      const bucket = isInBucket && rgw !== null ? await openCutBucket(rgw) : null
      const authority = makeAuthority()
      if (authority === null) return { skip: 'openssl is not here' }
      const lab = await openArmadaLab(authority, authority.issue('IP:127.0.0.1', 2), bucket ?? undefined)
      return {
        begin: begin('AR-2', lab.clusterId, lab.setting()),
        openRunner: async (journal, bend) => lab.bentRunner(journal, bend),
        answers: {
          'choose-backup': () => ({ kind: 'choose', option: lab.backupId }),
          'accept-backup': async (run) => {
            if (stepOf(run, 'accept-backup')?.state !== 'done') await lab.snapshot()
            return { kind: 'go' }
          },
        },
        sent: async () => Promise.resolve(Array.from({ length: lab.server.changes() }, () => 'a change')),
        async end() {
          const [now, fresh, stale] = [lab.contents(), lab.before, lab.wrong].map((each) =>
            JSON.stringify([...each]),
          )
          return Promise.resolve(now === fresh ? 'new' : now === stale ? 'old' : 'between')
        },
        hosts: [],
        bucket: bucket?.way ?? null,
        async close() {
          await lab.close()
          authority.remove()
          await bucket?.close()
        },
      }
    },
  }
}

/** KD-2: the database of kindling goes back to a moment, by its own tool. */
function kindling(canMount: boolean): RunbookScene {
  return {
    name: 'KD-2',
    async open() {
      const problem = postgresProblem()
      if (problem !== null) return { skip: problem }
      const lab = await openKindlingLab('pgbackrest', canMount ? { diskBytes: databaseBytes } : {})
      const { kindling } = lab
      const { postgres } = kindling
      await postgres.pgBackRest('stanza-create')
      await postgres.pgBackRest('backup', '--type=full')
      const time = await writeAround(postgres)
      const connection = lab.running.desk.state.clusters.get(lab.clusterId)?.connection ?? null
      const before = kindling.changes()
      return {
        begin: begin('KD-2', lab.clusterId, {
          cluster: { name: lab.name, system: 'kindling', connection },
          inputs: { time },
        }),
        openRunner: async (journal, bend) => lab.bentRunner(journal, bend),
        answers: {},
        sent: async () => [
          ...[...(await kindling.unitLog(0)), ...(await kindling.unitLog(1))].filter(
            // Nobody asked for what a boot starts.
            (line) => !line.startsWith('boot '),
          ),
          ...Array.from({ length: kindling.changes() - before }, () => 'a run of pgBackRest'),
        ],
        async end() {
          for (const host of [0, 1]) if (startedByItself(await kindling.unitLog(host))) return 'between'
          // Taken back, it stands still, as everything does that was stopped.
          await postgres.begin()
          const notes = (await lab.notes()).join()
          return notes === allNotes.slice(0, 2).join() ? 'new' : notes === allNotes.join() ? 'old' : 'between'
        },
        hosts: kindling.servers.map((sshd, host) => ({
          killSessions: () => sshd.killSessions(),
          started: () => sshd.started(),
          reboot: async () => kindling.reboot(host),
          fill: host > 0 || postgres.disk === null ? null : fillDisk.bind(null, postgres.disk),
        })),
        bucket: null,
        close: async () => lab.close(),
      }
    },
  }
}

/** Whether a boot started what the run had stopped, before the run did. */
function startedByItself(log: readonly string[]): boolean {
  const stopped = new Set<string>()
  for (const line of log) {
    const [verb = '', unit = ''] = line.split(' ')
    if (verb === 'stop') stopped.add(unit)
    else if (verb === 'boot' && stopped.has(unit)) return true
    else stopped.delete(unit)
  }
  return false
}
