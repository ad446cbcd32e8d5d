import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareRestore } from '../../../src/main/desk/prepare-restore.ts'
import { restorePhases, restoreWork, rollbackWork } from '../../../src/main/desk/restore-work.ts'
import { testRepository } from '../../../src/main/desk/test-repository.ts'
import { findAnywhere } from '../../../src/main/desk/find-anywhere.ts'
import { listContents } from '../../../src/main/desk/list-contents.ts'
import { verifyCost } from '../../../src/main/desk/verify-cost.ts'
import { keyCheckWork, verifyWork } from '../../../src/main/desk/verify-work.ts'
import { browseRepository, repositoryUsage } from '../../../src/main/desk/repository-usage.ts'
import { withStore } from '../../../src/main/desk/cluster-repository.ts'
import { demandVault } from '../../../src/main/desk/demand-vault.ts'
import { savedCluster, savedRepository } from '../../../src/main/desk/saved.ts'
import { backupDetails } from '../../../src/main/operations/backup-details.ts'
import { chainOf } from '../../../src/main/operations/chain.ts'
import type { Plan, PrepareEvent } from '../../../src/shared/contract/restore.ts'
import { jobContext, openDeskLab, type DeskLab } from './desk-lab.ts'

let lab: DeskLab
beforeAll(async () => {
  lab = await openDeskLab()
})
afterAll(async () => lab.close())

const all = { selection: { kind: 'all' }, level: null, recheck: false } as const

async function collected<T>(events: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = []
  for await (const event of events) list.push(event)
  return list
}

test('The demonstration has five systems, each with three weeks of backups', async () => {
  const systems = new Set<string>()
  for (const { id, system } of lab.ports.state.clusters.list()) {
    const { backups } = await lab.ports.views.view(id)
    const at = backups.flatMap(({ backup }) =>
      backup.createdAt === null ? [] : [Date.parse(backup.createdAt)],
    )
    const days = (Math.max(...at) - Math.min(...at)) / 86_400_000
    // The last night of one of them did not come.
    expect(days, id).toBeGreaterThanOrEqual(19)
    expect(days, id).toBeLessThan(22)
    systems.add(system)
  }
  expect([...systems].toSorted()).toEqual(['armada', 'chango', 'kindling', 'kiok', 'kiseki'])
})

describe('A cluster whose shared object is damaged', () => {
  test('is not proved before anything was read, and a missed night shows', async () => {
    await lab.ports.views.refresh('kiok-prod')
    const look = lab.ports.views.look('kiok-prod')
    expect(look).toMatchObject({
      failure: null,
      backups: 20,
      restorable: 0,
      notProved: 20,
      newestRestorable: null,
      proved: { level: 'present', failedAt: null, verifiedAt: null },
      keyProof: { state: 'notTried' },
    })
    expect(look?.days.filter(({ outcome }) => outcome === 'missed')).toHaveLength(1)
  })

  test('has a verification whose cost is told before it starts, each object counted once', async () => {
    const view = await lab.ports.views.view('kiok-prod')
    const chain = chainOf(view)
    const cost = verifyCost(all, view, { cluster: { name: 'kiok-prod' }, jobs: [] })
    expect(cost).toMatchObject({
      backups: 20,
      objects: chain.objects.length,
      remembered: 0,
      level: 'matches',
    })
    expect(cost.bytes).toBe(chain.storedBytes)
    expect(cost.commandLine).toMatch(/^holdfast verify --cluster kiok-prod --all$/)
  })

  test('is found by a verification of all, which reads each object once and writes every verdict down', async () => {
    const context = jobContext()
    const { outcome, tone, result } = await verifyWork({ clusterId: 'kiok-prod', ...all }, context, lab.ports)
    expect(outcome.replaceAll('\u00a0', ' ')).toBe('13 backups cannot be restored, 7 backups good.')
    expect(tone).toBe('bad')
    expect(result).toMatchObject({ kind: 'verify', backups: 20, good: 7, bad: 13, warning: 0, unknown: 0 })
    expect(lab.ports.audit.entries.filter(({ action }) => action === 'backup.judged')).toHaveLength(20)
    await lab.ports.views.refresh('kiok-prod')
    expect(lab.ports.views.look('kiok-prod')).toMatchObject({
      restorable: 7,
      notRestorable: 13,
      notProved: 0,
      keyProof: { state: 'opens', opens: 20, of: 20 },
      worst: { code: 'object.hashMismatch', lead: 'Damaged object.', backups: 13 },
    })
  })

  test('shows one damaged object with its users, and what stands without it', async () => {
    const view = await lab.ports.views.view('kiok-prod')
    const chain = chainOf(view)
    const damaged = chain.objects.filter(({ state }) => state === 'damaged')
    expect(damaged).toHaveLength(1)
    expect(damaged[0]).toMatchObject({ users: 13, key: expect.stringMatching(/\/kms\.enc$/) })
    const place = damaged[0] === undefined ? -1 : chain.objects.indexOf(damaged[0])
    const dying = chain.backups.filter(({ holds }) => holds.includes(place))
    expect(dying.map(({ restorability }) => restorability)).toEqual(Array(13).fill('notRestorable'))
    expect(chain.backups.filter(({ restorability }) => restorability === 'restorable')).toHaveLength(7)
    expect(chain.withoutSharingBytes).toBeGreaterThan(chain.storedBytes)
  })

  test('tells of one backup which store fails at which level, and the newest that can be restored', async () => {
    const view = await lab.ports.views.view('kiok-prod')
    const [newest] = view.backups
    const details = backupDetails(newest?.backup.backupId ?? '', view)
    expect(details.stores.find(({ store }) => store === 'kms')).toMatchObject({
      state: 'damaged',
      failedAt: 'intact',
      heldByItself: false,
      users: 13,
      recorded: [
        { of: 'plain', algorithm: 'SHA-256' },
        { of: 'stored', algorithm: 'SHA-256' },
      ],
      intactAt: null,
    })
    expect(details.stores.find(({ store }) => store === 'iam')).toMatchObject({
      state: 'intact',
      level: 'matches',
      plainSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const iam = details.stores.find(({ store }) => store === 'iam')
    expect(iam?.intactAt).toBe(iam?.verifiedAt)
    expect(iam?.recorded.map(({ hex }) => hex)).toEqual([iam?.plainSha256, iam?.sha256])
    expect(details.newestRestorable?.backupId).toBe(
      view.backups.find(({ verdict }) => verdict === 'good')?.backup.backupId,
    )
    expect(details.contents.kind).toBe('none')
  })

  test('is found by a hash, also by the recorded one of bytes that are not there any more', async () => {
    const view = await lab.ports.views.view('kiok-prod')
    const details = backupDetails(view.backups[0]?.backup.backupId ?? '', view)
    const kms = details.stores.find(({ store }) => store === 'kms')
    const { state, views } = lab.ports
    // As where nothing else was ever looked at.
    const ofThis = {
      searchText: async (id: string) => (id === 'kiok-prod' ? views.searchText(id) : Promise.resolve(null)),
    }
    const hash = kms?.recorded[0]?.hex ?? ''
    expect(await findAnywhere(hash, { state, views: ofThis }, undefined)).toEqual({
      hits: [
        {
          kind: 'object',
          clusterId: 'kiok-prod',
          key: kms?.key,
          hash: kms?.recorded[0]?.hex,
          users: 13,
          newestBackupId: details.backupId,
        },
      ],
      lookedAt: 1,
      clusters: state.clusters.list().length,
    })
    expect((await findAnywhere('no such name', lab.ports, undefined)).hits).toEqual([])
  })

  test('costs nothing to verify again, unless everything is to be read again', async () => {
    const view = await lab.ports.views.view('kiok-prod')
    expect(verifyCost(all, view, { cluster: { name: 'kiok-prod' }, jobs: [] })).toMatchObject({
      objects: 0,
      bytes: 0,
    })
    expect(
      verifyCost({ ...all, recheck: true }, view, { cluster: { name: 'kiok-prod' }, jobs: [] }),
    ).toMatchObject({ remembered: 0 })
  })

  test('keeps a history of the verdicts on each backup', async () => {
    const [newest] = (await lab.ports.views.view('kiok-prod')).backups
    const { address } = savedRepository('kiok-prod', lab.ports.state)
    const [entry] = await lab.ports.state.verifications.list(address, newest?.backup.backupId ?? '')
    expect(entry).toMatchObject({ verdict: 'bad', jobId: 'job-1' })
    expect(entry?.findings[0]?.code).toBe('object.hashMismatch')
  })
})

test('A job that needs a secret is not begun while the vault is locked; one that needs none is', async () => {
  lab.secrets.isLocked = true
  await expect(demandVault(savedCluster('kiok-prod', lab.ports.state), lab.ports)).rejects.toMatchObject({
    code: 'vault.locked',
  })
  await expect(demandVault(savedCluster('kindling-eu', lab.ports.state), lab.ports)).resolves.toBeUndefined()
  lab.secrets.isLocked = false
  await expect(demandVault(savedCluster('kiok-prod', lab.ports.state), lab.ports)).resolves.toBeUndefined()
})

describe('A repository', () => {
  test('tells what it takes, what sharing saves, and what nothing points to', async () => {
    const saved = savedRepository('kiok-prod', lab.ports.state)
    const stray = join(lab.dir, 'fleet', 'kiok-prod', 'stray.tmp')
    await writeFile(stray, 'left over')
    const view = await lab.ports.views.view('kiok-prod')
    const usage = await withStore(saved, 'usage', lab.ports, 'read', async (store) =>
      repositoryUsage(store, view, { nowMs: Date.now() }),
    )
    expect(usage.orphans).toMatchObject({ objects: 1, bytes: 9, listed: [{ key: 'stray.tmp' }] })
    expect(usage.stores.map(({ store }) => store).sort()).toEqual([
      'connections',
      'iam',
      'joblog',
      'kms',
      'metadata',
    ])
    expect(usage.withoutSharingBytes).toBeGreaterThan(usage.storedBytes)
    const page = await withStore(saved, 'browse', lab.ports, 'read', async (store) =>
      browseRepository(store, '', view, { nowMs: Date.now() }),
    )
    expect(page.folders).toHaveLength(20)
    expect(page.objects.map(({ name }) => name)).toEqual(['stray.tmp'])
  })

  test('tests itself line by line, each line a sentence', async () => {
    const { address, access } = savedRepository('kiok-stage', lab.ports.state)
    const checks = await collected(
      testRepository({ system: 'kiok', address, access, masterKeys: ['key'] }, lab.ports, undefined),
    )
    const last = new Map(checks.map((check) => [check.id, check]))
    expect([...last.values()].map(({ id, state }) => `${id} ${state}`)).toEqual([
      'address passed',
      'credential passed',
      'list passed',
      'inventory passed',
      'keys warning',
    ])
    expect(last.get('keys')?.title.replaceAll('\u00a0', ' ')).toBe('The master key opens 20 of 21 backups')
  })

  test('that is not there, or has nothing of the system, says which of the two it is', async () => {
    const { access } = savedRepository('kiok-stage', lab.ports.state)
    const of = async (folder: string) =>
      (
        await collected(
          testRepository(
            { system: 'kiok', address: `file://${folder}`, access, masterKeys: [] },
            lab.ports,
            undefined,
          ),
        )
      ).filter(({ state }) => state === 'failed' || state === 'warning')
    expect(await of(join(lab.dir, 'nowhere'))).toMatchObject([{ id: 'list', state: 'failed' }])
    await mkdir(join(lab.dir, 'empty'))
    expect(await of(join(lab.dir, 'empty'))).toMatchObject([
      { id: 'inventory', state: 'warning', title: 'No kiok backup lies there' },
    ])
  })

  test('of kindling has the labels of pgBackRest and the volumes, judged by what is there', async () => {
    await lab.ports.views.refresh('kindling-eu')
    expect(lab.ports.views.look('kindling-eu')).toMatchObject({
      failure: null,
      backups: 23,
      // The disks of projects came later; the database has no newer backup by them.
      newest: { backupId: expect.stringMatching(/^\d{8}-\d{6}F/) },
    })
    const { backups } = await lab.ports.views.view('kindling-eu')
    expect(
      backups
        .filter(({ verdict }) => verdict === 'bad')
        .map(({ report }) => report.stores.at(-1)?.findings[0]?.code),
    ).toEqual(['chain.objectMissing'])
  })

  test('that disappears leaves the last look standing, with the reason that there is no newer one', async () => {
    await lab.ports.views.refresh('chango-dr')
    const folder = join(lab.dir, 'fleet', 'chango-dr')
    await rename(folder, `${folder}-away`)
    lab.changes.length = 0
    await lab.ports.views.refresh('chango-dr')
    // Who shows its backups and asked for them again at each of these would have it looked at without end.
    expect([...new Set(lab.changes.map(({ topic }) => topic))]).toEqual(['row'])
    expect(lab.ports.views.look('chango-dr')).toMatchObject({
      backups: 21,
      failure: { code: 'repository.notFound' },
    })
    await rename(`${folder}-away`, folder)
    await lab.ports.views.refresh('chango-dr')
    expect(lab.changes).toContainEqual({ topic: 'cluster', id: 'chango-dr' })
    expect(lab.ports.views.look('chango-dr')?.failure).toBeNull()
  })

  test('that somebody opens while all are looked at does not wait for all of them', async () => {
    const ids = lab.ports.state.clusters.list().map(({ id }) => id)
    const last = ids.at(-1) ?? ''
    lab.changes.length = 0
    const all = lab.ports.views.refreshAll(ids)
    await lab.ports.views.view(last, 0)
    await all
    const lookedAt = [...new Set(lab.changes.flatMap(({ topic, id = '' }) => (topic === 'row' ? [id] : [])))]
    expect(lookedAt.toSorted()).toEqual(ids.toSorted())
    expect(lookedAt.indexOf(last)).toBe(2)
  })

  test('that changes while it is looked at is looked at again', async () => {
    const before = lab.ports.views.look('chango-dr')?.backups ?? 0
    const looking = lab.ports.views.refresh('chango-dr')
    const folder = join(lab.dir, 'fleet', 'chango-dr')
    const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tar.gz'))
    await looking
    const another = lab.ports.views.refresh('chango-dr')
    await rename(join(folder, archive), join(lab.dir, archive))
    lab.ports.views.changed('chango-dr')
    await another
    await expect.poll(() => lab.ports.views.look('chango-dr')?.backups).toBe(before - 1)
    await rename(join(lab.dir, archive), join(folder, archive))
    await lab.ports.views.refresh('chango-dr')
  })

  test('whose key lies in a locked vault keeps its last look, too', async () => {
    lab.secrets.isLocked = true
    await lab.ports.views.refresh('chango-dr')
    lab.secrets.isLocked = false
    expect(lab.ports.views.look('chango-dr')).toMatchObject({
      backups: 21,
      failure: { code: 'vault.locked' },
    })
  })
})

describe('A backup under another key', () => {
  test('is known as such after a verification, without being read again', async () => {
    await verifyWork({ clusterId: 'kiok-stage', ...all }, jobContext(), lab.ports)
    await lab.ports.views.refresh('kiok-stage')
    expect(lab.ports.views.look('kiok-stage')).toMatchObject({
      restorable: 20,
      notRestorable: 1,
      notProved: 0,
      keyProof: { state: 'refused', opens: 20, of: 21 },
      worst: { code: 'envelope.wrongKey', backups: 1 },
    })
    expect(
      verifyCost(all, await lab.ports.views.view('kiok-stage'), {
        cluster: { name: 'kiok-stage' },
        jobs: [],
      }),
    ).toMatchObject({
      objects: 0,
    })
  })

  test('is found by a key check, which reads the beginning of each object only', async () => {
    const { outcome, result } = await keyCheckWork({ clusterId: 'kiok-stage' }, jobContext(), lab.ports)
    expect(outcome.replaceAll('\u00a0', ' ')).toMatch(
      /^The keys open 20 of 21 backups; 1 are under another key/,
    )
    expect(result).toMatchObject({ kind: 'keyCheck', opens: 20, refused: 1, backups: [{ proof: 'refused' }] })
  })
})

describe('An archive', () => {
  test('lists what is in it without being kept', async () => {
    const [newest] = (await lab.ports.views.view('chango-core')).backups
    const events = await collected(
      listContents(
        { clusterId: 'chango-core', backupId: newest?.backup.backupId ?? '' },
        lab.ports,
        undefined,
      ),
    )
    const paths = events.flatMap((event) =>
      event.type === 'entries' ? event.entries.map(({ path }) => path) : [],
    )
    expect(paths.some((path) => path.endsWith('/CURRENT'))).toBe(true)
    expect(events.at(-1)).toEqual({ type: 'end', entries: paths.length, reason: null })
  })
})

describe('A restore to a folder', () => {
  async function prepared(
    clusterId: string,
    backupId: string,
    targetDir: string,
  ): Promise<readonly PrepareEvent[]> {
    return collected(
      prepareRestore({ clusterId, backupId, targetDir }, lab.ports, { planned: () => undefined }),
    )
  }
  const request = (plan: Plan, clusterId: string, over: object = {}) => ({
    clusterId,
    backupId: plan.backupId,
    targetDir: plan.targetDir,
    planHash: plan.hash,
    confirm: plan.confirm,
    reason: null,
    ...over,
  })
  async function planOf(clusterId: string, backupId: string, targetDir: string): Promise<Plan> {
    const last = (await prepared(clusterId, backupId, targetDir)).at(-1)
    if (last?.type !== 'plan') throw new Error(`no plan: ${JSON.stringify(last)}`)
    return last.plan
  }

  test('of a backup that is bad is refused with the reason, and nothing is written', async () => {
    const [newest] = (await lab.ports.views.view('kiok-prod')).backups
    const events = await prepared('kiok-prod', newest?.backup.backupId ?? '', join(lab.dir, 'refused'))
    expect(events.at(-1)).toMatchObject({ type: 'refused', failure: { code: 'restore.refused' } })
    expect(await readdir(lab.dir)).not.toContain('refused')
  })

  test('is checked, planned, run as planned, written down, and taken back', async () => {
    const good = (await lab.ports.views.view('kiok-prod')).backups.find(({ verdict }) => verdict === 'good')
    const backupId = good?.backup.backupId ?? ''
    const dir = join(lab.dir, 'restored')
    await mkdir(dir)
    await writeFile(join(dir, 'iam'), 'what stood there')
    const plan = await planOf('kiok-prod', backupId, dir)
    expect(plan).toMatchObject({ confirm: 'kiok-prod', targetDir: dir, verdict: 'good' })
    expect(plan.rows.find(({ name }) => name === 'iam')?.becomes).toBe('replaced')
    expect(plan.rows.find(({ name }) => name === 'kms')?.becomes).toBe('new')

    const context = jobContext()
    const done = await restoreWork(request(plan, 'kiok-prod'), context, lab.ports)
    expect(done).toMatchObject({ tone: 'good', result: { kind: 'restore', targetDir: dir, backupId } })
    expect(context.phases).toEqual([...restorePhases])
    expect((await readFile(join(dir, 'iam'))).byteLength).toBe(9000)
    expect(lab.ports.audit.entries.slice(-2).map(({ action }) => action)).toEqual([
      'restore.started',
      'restore.finished',
    ])
    expect(lab.ports.state.targets.list().map((target) => target.dir)).toEqual([dir])

    const back = await rollbackWork({ targetDir: dir, reason: null }, jobContext(), lab.ports)
    expect(back).toMatchObject({ tone: 'good', result: { kind: 'rollback', backupId } })
    expect(await readFile(join(dir, 'iam'), 'utf8')).toBe('what stood there')
  })

  test('gone on with after its end was not written down is found done, and not run again', async () => {
    const good = (await lab.ports.views.view('kiok-prod')).backups.find(({ verdict }) => verdict === 'good')
    const dir = join(lab.dir, 'resumed')
    const plan = await planOf('kiok-prod', good?.backup.backupId ?? '', dir)
    const asked = request(plan, 'kiok-prod')
    await restoreWork(asked, jobContext(), lab.ports)
    const again = jobContext()
    expect(await restoreWork(asked, again, lab.ports)).toMatchObject({
      tone: 'good',
      result: { kind: 'restore' },
    })
    expect(again.phases).toEqual([restorePhases[0]])
    expect((await readdir(dir)).some((name) => name.includes('.before-restore-'))).toBe(false)
    // The same plan, asked for by another job, is another restore: the first one is not taken for it.
    const other = { ...jobContext(), jobId: 'job-2' }
    await expect(restoreWork(asked, other, lab.ports)).rejects.toMatchObject({ code: 'plan.changed' })
  })

  test.each([
    ['another plan', { planHash: 'f'.repeat(64) }, 'plan.changed'],
    ['a name that only looks right', { confirm: 'kiok-pr\u043ed' }, 'usage'],
  ])('with %s is refused by the work itself', async (_name, over, code) => {
    const good = (await lab.ports.views.view('kiok-prod')).backups.find(({ verdict }) => verdict === 'good')
    const dir = join(lab.dir, `refused-${code}`)
    const plan = await planOf('kiok-prod', good?.backup.backupId ?? '', dir)
    await expect(
      restoreWork(request(plan, 'kiok-prod', over), jobContext(), lab.ports),
    ).rejects.toMatchObject({ code })
    expect(await readdir(lab.dir)).not.toContain(`refused-${code}`)
  })

  test('is not begun where it cannot be written down', async () => {
    const good = (await lab.ports.views.view('kiok-prod')).backups.find(({ verdict }) => verdict === 'good')
    const dir = join(lab.dir, 'unwritten')
    const plan = await planOf('kiok-prod', good?.backup.backupId ?? '', dir)
    lab.ports.audit.refuse('The disk is full.')
    await expect(restoreWork(request(plan, 'kiok-prod'), jobContext(), lab.ports)).rejects.toMatchObject({
      code: 'audit.cannotWrite',
    })
    lab.ports.audit.refuse(null)
    expect(await readdir(lab.dir)).not.toContain('unwritten')
  })
})

describe('A cluster of kiseki', () => {
  test('has empty snapshots every day: only the one with shards is restorable, and nothing newer is', async () => {
    await verifyWork({ clusterId: 'kiseki-lab', ...all }, jobContext(), lab.ports)
    await lab.ports.views.refresh('kiseki-lab')
    const view = await lab.ports.views.view('kiseki-lab')
    // 84 runs, of which one left a tar alone.
    expect(lab.ports.views.look('kiseki-lab')).toMatchObject({
      failure: null,
      backups: 83,
      restorable: 1,
      notRestorable: 82,
      worst: { code: 'archive.truncated', backups: 1 },
    })
    const damaged = view.backups.filter(({ verdict }) => verdict === 'bad')
    expect(damaged.map(({ report }) => report.stores[0]?.findings[0]?.code)).toEqual(['archive.truncated'])
    const newest = view.backups[0]?.backup.backupId ?? ''
    const details = backupDetails(newest, view)
    expect(details).toMatchObject({ restorability: 'notRestorable', verdict: 'warning' })
    expect(details.restoreWarning).toMatch(/^kiseki has no restore/)
    const whole = backupDetails(details.newestRestorable?.backupId ?? '', view)
    expect(whole).toMatchObject({ verdict: 'good', stores: [{ store: 'shards', level: 'wellFormed' }] })
    const listed = await collected(
      listContents({ clusterId: 'kiseki-lab', backupId: whole.backupId }, lab.ports, undefined),
    )
    expect(listed.at(-1)).toEqual({ type: 'end', entries: 24, reason: null })
    expect(whole.contents).toMatchObject({ note: expect.stringContaining('jumped over') })
  })

  test('has a restore that says before it begins that kiseki loads nothing back', async () => {
    const view = await lab.ports.views.view('kiseki-lab')
    const backupId =
      backupDetails(view.backups[0]?.backup.backupId ?? '', view).newestRestorable?.backupId ?? ''
    const asked = { clusterId: 'kiseki-lab', backupId, targetDir: join(lab.dir, 'kiseki-export') }
    const events = await collected(prepareRestore(asked, lab.ports, { planned: () => {} }))
    const plan = events.find((event) => event.type === 'plan')
    expect(plan?.type === 'plan' && plan.plan.lost[0]).toMatchObject({
      text: expect.stringMatching(/^kiseki has no restore/),
      grave: true,
    })
  })
})

test('Nothing of all this was unexpected', () => {
  expect(lab.incidents).toEqual([])
})
