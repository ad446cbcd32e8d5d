import type { KiokState } from '../lab/runbooks/kiok-state.ts'
import { startKiokSite, type KiokSiteLab } from '../lab/runbooks/kiok.ts'
import { addSealedCluster, atDesk, makeRepository, masterKey } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { writeBackup } from './kiok-masters.ts'
import type { StepAnswer } from './operator/errand.ts'
import { operatorAt } from './operator/operator.ts'

const login = { user: 'admin', password: 'a password of the backup that is shown nowhere' }

const production: KiokState = {
  dags: ['hello', 'nightly'],
  cron: '0 2 * * *',
  maintenance: false,
  users: { admin: { password: login.password, mustChange: false } },
  connections: ['warehouse'],
  logs: [],
}
const older: KiokState = { ...production, dags: ['hello'] }

interface Site extends KiokSiteLab {
  readonly name: string
  /** Of the backups that were there before. */
  readonly backupIds: readonly string[]
  /** Of those that were taken since. */
  readonly taken: readonly string[]
  readonly repository: { readonly folder: string }
  /** The next backup is made, and only then answered. */
  holdBackup(): HeldBackup
}

interface HeldBackup {
  readonly begun: Promise<void>
  /** Once it is made. */
  end(): Promise<void>
}

/** Masters whose newest backup holds what production does, and the console that knows them. */
async function siteOf(
  holdfast: Holdfast,
  of: {
    readonly name: string
    readonly hosts: readonly (KiokState | null)[]
    readonly roots?: readonly string[]
  },
): Promise<Site> {
  const { name, hosts, roots } = of
  const repository = await makeRepository(holdfast, name, { nights: 2 })
  const [first = '', newest = ''] = repository.backupIds
  const taken: string[] = []
  let held = async (): Promise<void> => Promise.resolve()
  const site = await startKiokSite({
    masterKey,
    hosts,
    ...(roots !== undefined && { roots }),
    backups: { [first]: older, [newest]: production },
    takeBackup: async () => {
      await held()
      const id = await writeBackup(repository, name)
      taken.push(id)
      return id
    },
  })
  test.skip('skip' in site, 'skip' in site ? site.skip : '')
  if ('skip' in site) throw new Error(site.skip)
  await atDesk(holdfast, async (client) => {
    const { id } = await addSealedCluster(client, { name, address: repository.address })
    const saved = await client.vault.add({ label: 'kiok login', secret: { kind: 'login', ...login } })
    await client.masters.save({ id, values: { ...site.values, login: saved.id } })
  })
  return {
    ...site,
    name,
    backupIds: repository.backupIds,
    taken,
    repository,
    holdBackup() {
      const begun = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      held = async () => {
        begun.resolve()
        await released.promise
      }
      return {
        begun: begun.promise,
        async end() {
          const before = taken.length
          released.resolve()
          await expect.poll(() => taken.length).toBe(before + 1)
        },
      }
    },
  }
}

/** What a runbook of kiok asks before it begins, as it is here. */
function knownOf({ inputs }: Site): Readonly<Record<string, string>> {
  return {
    'Folder of kiok on the hosts': inputs['installFolder'] ?? '',
    'User that runs kiok': inputs['osUser'] ?? '',
    JAVA_HOME: inputs['javaHome'] ?? '',
    ZooKeeper: inputs['zooKeeper'] ?? '',
    'PBKDF2 iterations': inputs['iterations'] ?? '',
  }
}

function restored(site: Site, backupId: () => string): StepAnswer {
  return {
    first: () => site.restoreInUi(backupId(), login),
    get note() {
      return backupId()
    },
  }
}

const commands = (site: Site, host: number): readonly (string | undefined)[] =>
  site.hosts[host]?.record().map((line) => line.split(' ')[0]) ?? []

test('A kiok that lives is opened again, given its lost master back, taken to an older state and back, and a lost password is set anew', async ({
  page,
  holdfast,
}) => {
  const site = await siteOf(holdfast, {
    name: 'kiok-alive',
    hosts: [production, { ...production, dags: ['left'] }],
  })
  const { name: cluster } = site
  const known = knownOf(site)
  const [first, second] = site.hosts
  try {
    const operator = operatorAt(page, holdfast)
    await site.startedBefore(0)
    await site.killZooKeeper(0)
    await operator.sitDown()

    await operator.recover({
      cluster,
      runbook: 'KI-2',
      known,
      steps: { 'Choose what to do': { choose: 'Start a worker' } },
    })
    expect(commands(site, 0)).toEqual(['start-worker'])

    const backup = site.holdBackup()
    await operator.recover({
      cluster,
      runbook: 'KI-1',
      form: { 'Host of the lost master': second?.address ?? '' },
      known,
      death: {
        during: 'Take a backup of the master that lives',
        underWay: async () => backup.begun,
        meanwhile: async () => backup.end(),
      },
    })
    expect(
      site.changes.filter((change) => change === 'POST /api/v1/admin/backup'),
      'asked for once before and once after, though the console died',
    ).toHaveLength(2)
    expect(site.state(1)).toMatchObject({ ...production })
    expect(commands(site, 0)).toEqual(['start-worker'])
    expect(commands(site, 1)).toEqual(['start-master'])

    const wanted = (): string => site.backupIds[0] ?? ''
    const before = site.taken.length
    await operator.recover({
      cluster,
      runbook: 'KI-4',
      form: { 'Harmless DAG': 'hello' },
      known,
      steps: { 'Choose the backup': { choose: wanted() }, 'Restore the backup in': restored(site, wanted) },
    })
    expect(site.state(0)).toMatchObject({ ...older })
    const safety = (): string => site.taken[before] ?? ''
    expect(site.changes.indexOf(`restore ${wanted()}`)).toBeGreaterThan(
      site.changes.indexOf('POST /api/v1/admin/backup'),
    )

    await operator.recover({
      cluster,
      runbook: 'KI-5',
      known,
      steps: { 'Choose the backup': { choose: safety() }, 'Restore the backup in': restored(site, safety) },
    })
    expect(site.state(0)).toMatchObject({ ...production })

    site.changePassword(login.user, 'nobody knows it')
    await operator.recover({
      cluster,
      runbook: 'KI-6',
      form: { 'Host of the leader': first?.address ?? '' },
      known,
    })
    expect(site.state(0)?.users).toEqual(production.users)
    expect(commands(site, 0)).toEqual(['start-worker', 'kiok-cli'])
    expect(holdfast.said()).not.toContain(login.password)
  } finally {
    await site.close()
  }
})
