import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import type { RouteGap } from '../../src/main/ports/gaps.ts'
import { driverOf } from '../../src/main/systems/drivers.ts'
import type { ConnectionValues } from '../../src/shared/contract/connection-fields.ts'
import type { ClusterSchedule, Probe } from '../../src/shared/contract/masters.ts'
import { systemNames, type SystemName } from '../../src/shared/domain/system-name.ts'
import { startChangoMasters } from '../lab/masters/chango.ts'
import { startKiokMasters } from '../lab/masters/kiok.ts'
import { labSessions } from '../lab/masters/lab-session.ts'

const password = 'a password that is shown nowhere'
const users = { admin: { password } }
const takeBackup = async () => Promise.reject(new Error('nobody asked for a backup'))

interface Offered {
  readonly probes: readonly Probe[]
  readonly schedule: ClusterSchedule
}

interface GapLab {
  /** What a GET of any route that fills the gap answers. */
  readonly answers: () => unknown
  /** What is told once it is filled, by whichever route. */
  readonly filled: (offered: Offered) => void
}

const id = '20261120T020000Z-0000000a'
const archive = '20261119T020000-59e9eb89'
const isListed = ({ probes }: Offered): void =>
  expect(probes.find((probe) => probe.id === 'listed')).toMatchObject({ state: 'ok', mark: 'gap' })
const settingOf = ({ schedule }: Offered, name: string): string | null | undefined =>
  schedule.settings.find((setting) => setting.name === name)?.value

interface SystemLab {
  readonly gaps: Readonly<Record<string, GapLab>>
  /** The object that makes the listed backup one in the repository. */
  readonly manifest: string
  start(unpublished: Readonly<Record<string, () => unknown>>): Promise<{
    readonly origins: readonly string[]
    readonly requests: readonly string[]
    changes(): number
    kill(): Promise<void>
  }>
}

/** The doubles of the systems whose pages leave routes open, one answer a gap. */
const labs: Partial<Readonly<Record<SystemName, SystemLab>>> = {
  kiok: {
    manifest: `${id}/manifest.json`,
    gaps: {
      list: { answers: () => ({ backups: [{ backupId: id }] }), filled: isListed },
      config: {
        answers: () => ({ enabled: false, target: 'archive-s3' }),
        filled: (offered) => {
          expect(settingOf(offered, 'target')).toBe('archive-s3')
          expect(offered.schedule).toMatchObject({
            state: 'off',
            words: expect.stringContaining('backups are switched off in its settings'),
          })
        },
      },
    },
    start: async (unpublished) => startKiokMasters({ users, takeBackup, masters: 1, unpublished }),
  },
  chango: {
    manifest: `${archive}.tar.gz`,
    gaps: {
      list: { answers: () => [{ objectKey: `chango-backups/${archive}.tar.gz` }], filled: isListed },
      config: {
        answers: () => ({ endpoint: 'http://127.0.0.1:1', bucket: 'b', cron: '0 3 * * *' }),
        filled: ({ schedule }) => expect(schedule).toMatchObject({ state: 'on', cron: '0 3 * * *' }),
      },
    },
    start: async (unpublished) =>
      startChangoMasters({ users, takeBackup, masters: 1, dialect: 'chango/1', unpublished }),
  },
}

const drivers = await Promise.all(systemNames.map(async (name) => driverOf(name)))

describe.each(drivers)('The gaps of $system', (driver) => {
  const { system, gaps } = driver
  const table = Object.entries(gaps)
  const routes = table.flatMap(([name, gap]): (readonly [string, RouteGap])[] =>
    'routes' in gap ? [[name, gap]] : [],
  )
  const lab = labs[system]
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-gaps-'))
    const store = await openFolderStore(folder)
    await store.put(lab?.manifest ?? 'nothing', Buffer.from('{}'))
    await store.close()
  })
  afterAll(async () => rm(folder, { recursive: true }))

  test('stand in one table, each with its mark, what is open, and what is tried', () => {
    for (const [name, gap] of table) {
      expect(gap.mark, name).toBe('gap')
      expect(gap.what, name).toMatch(/\.$/)
      const tried = 'routes' in gap ? gap.routes.map(({ path }) => path) : gap.names
      expect(tried.length, name).toBeGreaterThan(0)
      expect(new Set(tried).size, name).toBe(tried.length)
    }
    for (const [, gap] of routes) for (const { because } of gap.routes) expect(because).not.toBe('')
    // A gap that is added comes with an answer of the double, or its alternatives are tried by nobody.
    expect(Object.keys(lab?.gaps ?? {}).toSorted()).toEqual(routes.map(([name]) => name).toSorted())
  })

  async function asked(unpublished: Readonly<Record<string, () => unknown>>) {
    if (lab === undefined) throw new Error(`${system} has no double for its gaps`)
    const masters = await lab.start(unpublished)
    const values: ConnectionValues = { masters: [...masters.origins], login: 'login' }
    const session = labSessions(
      { name: 'gaps', system, address: pathToFileURL(folder).href },
      { logins: { login: { user: 'admin', password } } },
    )()
    try {
      const live = driver.connect(values)
      const probes: Probe[] = []
      for await (const probe of live.probe(session)) probes.push(probe)
      const schedule = await live.schedule(session)
      return { offered: { probes, schedule }, requests: masters.requests, changes: masters.changes() }
    } finally {
      await session.close()
      await masters.kill()
    }
  }

  const cases = routes.flatMap(([name, gap]) =>
    gap.routes.map(({ path }, place) => ({ name, gap, path, place, nth: place + 1 })),
  )
  test.each(cases)(
    '$name is filled by its alternative $nth, $path, after those before it, with GET alone',
    async ({ name, gap, path, place }) => {
      const of = lab?.gaps[name]
      if (of === undefined) throw new Error(`no double answers ${name}`)
      const { offered, requests, changes } = await asked({ [path]: of.answers })
      of.filled(offered)
      const paths = gap.routes.map((route) => route.path)
      const tried = requests.flatMap((request) => {
        const [method, at = ''] = request.split(' ')
        return paths.includes(at) ? [{ method, at }] : []
      })
      expect(tried.every(({ method }) => method === 'GET')).toBe(true)
      expect([...new Set(tried.map(({ at }) => at))]).toEqual(paths.slice(0, place + 1))
      expect(changes).toBe(0)
    },
  )

  // Three of the systems leave no route open.
  if (cases.some(({ place }) => place > 0))
    test('A route that answers with something else is passed over, too', async () => {
      for (const [name, gap] of routes) {
        const [first, second] = gap.routes
        const of = lab?.gaps[name]
        if (first === undefined || second === undefined || of === undefined) continue
        const { offered } = await asked({
          [first.path]: () => ({ enabled: true }),
          [second.path]: of.answers,
        })
        of.filled(offered)
      }
    })

  if (cases.length > 0)
    test('Where none of them is there nothing is found by a call that changes something', async () => {
      const { offered, requests, changes } = await asked({})
      expect(offered.probes.some((probe) => probe.id === 'listed')).toBe(false)
      expect(offered.probes.filter(({ state }) => state === 'bad')).toEqual([])
      expect(
        requests.filter((request) => !request.startsWith('GET ') && !request.endsWith('/login')),
      ).toEqual([])
      expect(changes).toBe(0)
    })
})
