import { expect, test } from 'vitest'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { chooseBackup } from '../../../../../src/main/engine/runbook/choose-backup.ts'
import { whatIsLost } from '../../../../../src/main/engine/runbook/restore-into.ts'
import type { Clock } from '../../../../../src/main/ports/clock.ts'
import type { Option, Runbook, Step, StepContext } from '../../../../../src/main/ports/runbook.ts'
import { armadaRunbooks } from '../../../../../src/main/systems/armada/runbooks/runbooks.ts'
import { changoRunbooks } from '../../../../../src/main/systems/chango/runbooks/runbooks.ts'
import { kiokRunbooks } from '../../../../../src/main/systems/kiok/runbooks/runbooks.ts'
import { fakeRecovery } from '../../../../fakes/recovery.ts'
import { fakeSession } from '../../../../fakes/session.ts'

const failedMs = Date.parse('2026-11-20T12:00:00Z')
const backups = [
  { backupId: '20261120T123000Z-0b-before-restore', createdAt: '2026-11-20T12:30:00Z', objects: [] },
  { backupId: 'since', createdAt: '2026-11-20T12:10:00Z', objects: [] },
  { backupId: 'kept-before-restore', createdAt: '2026-11-20T11:59:00Z', objects: [] },
  { backupId: 'good', createdAt: '2026-11-20T02:00:00Z', objects: [] },
]

const now = '2026-11-21T12:00:00.000Z'
const fixedClock = (at: string): Clock => ({ ...systemClock, now: () => Date.parse(at) })
const session = fakeSession({ name: 'eu', system: 'kiok' }, new AbortController().signal, {
  clock: fixedClock(now),
})

async function optionsOf(steps: readonly Step[]): Promise<readonly Option[]> {
  const step = steps.find(({ id }) => id === 'choose-backup')
  if (step?.kind !== 'choice') throw new Error('nothing is chosen')
  const context: Partial<StepContext> = {
    recovery: fakeRecovery(backups),
    failedMs,
    known: new Map(),
    session,
  }
  return step.options(context as StepContext)
}

const advised = (options: readonly Option[]): readonly string[] =>
  options.flatMap(({ id, advised: isAdvised }) => (isAdvised ? [id] : []))

function stepsOf(runbooks: readonly Runbook[], id: string, connection: object, inputs = {}) {
  const runbook = runbooks.find((each) => each.id === id)
  const setting = {
    cluster: { name: 'eu', system: 'armada' as const, connection: { ...connection } },
    inputs,
  }
  return runbook?.steps(setting) ?? []
}

test('the newest backup of before the failure is advised; of a later one it is said what may be in it', async () => {
  const options = await optionsOf(chooseBackup())
  expect(advised(options)).toEqual(['kept-before-restore'])
  expect(options.map(({ says }) => says[0]?.replaceAll('\u00a0', ' '))).toEqual([
    'It was made after the failure: it may hold what went wrong, or nothing.',
    'It was made after the failure: it may hold what went wrong, or nothing.',
    '1 m of changes are lost.',
    '10 h 00 m of changes are lost.',
  ])
})

test('nothing is lost with a backup that is only rehearsed with', async () => {
  const steps = chooseBackup({ isRehearsal: true })
  expect(steps[0]?.why).toContain('stay as they are')
  const [, , kept] = await optionsOf(steps)
  expect(kept?.says[0]?.replaceAll('\u00a0', ' ')).toBe('1 m of changes would be lost.')
  expect(kept?.learnt).toEqual({
    backup: 'kept-before-restore',
    'backup.createdAt': '2026-11-20T11:59:00Z',
    'backup.onlyTried': 'yes',
  })
})

test('where the cluster goes on until it is restored, what was changed after the failure is lost with it', async () => {
  const steps = chooseBackup({ livesUntilRestored: true })
  const [, , kept] = await optionsOf(steps)
  expect(kept?.says[0]?.replaceAll('\u00a0', ' ')).toBe('24 h 01 m of changes are lost.')
  expect(kept?.learnt).toMatchObject({ 'backup.lostMs': '86460000', 'backup.lostUntil': now })
  const known = new Map(Object.entries(kept?.learnt ?? {}))
  const setting = { cluster: { name: 'eu', system: 'kiok' as const, connection: null }, inputs: {} }
  const later = { ...session, clock: fixedClock('2026-11-21T12:59:00Z') }
  expect(whatIsLost({ known, setting, session: later }).join(' ').replaceAll('\u00a0', ' ')).toBe(
    '25 h 00 m of changes to eu are lost, also what was changed since it went wrong: everything after 2026-11-20T11:59:00Z.',
  )
  const failedFirst = new Map([...known].filter(([name]) => name !== 'backup.lostUntil'))
  expect(whatIsLost({ known: failedFirst, setting, session: later })[0]).not.toContain('since it went wrong')
})

const kiok = { masters: ['https://kiok-1:8443'], hosts: ['ops@kiok-1'], login: 'login' }
const chango = { masters: ['https://chango-1:8080'], hosts: ['ops@chango-1'], login: 'login' }

test.each([
  ['KI-3', false],
  ['KI-4', true],
  ['KI-5', true],
  ['CH-4', false],
  ['CH-5', true],
])('%s counts what was changed since the failure as lost: %s', async (id, isLost) => {
  const runbooks = id.startsWith('KI') ? kiokRunbooks : changoRunbooks
  const inputs = {
    installFolder: '/opt/kiok',
    zookeeper: 'zk-1:2181',
    s3Endpoint: 'https://s3',
    s3Bucket: 'b',
  }
  const options = await optionsOf(stepsOf(runbooks, id, id.startsWith('KI') ? kiok : chango, inputs))
  const good = options.find((option) => option.id === 'good')
  expect(good?.learnt['backup.lostUntil'] ?? null).toBe(isLost ? now : null)
})

const armada = { servers: ['https://armada-1:8443'] }

test('what a restore of armada has replaced is advised only where it is gone back to', async () => {
  expect(advised(await optionsOf(stepsOf(armadaRunbooks, 'AR-2', armada)))).toEqual(['good'])
  const back = await optionsOf(stepsOf(armadaRunbooks, 'AR-5', armada))
  expect(advised(back)).toEqual(['20261120T123000Z-0b-before-restore'])
  expect(back.find(({ id }) => id === 'good')?.notPossible).toContain('AR-2 goes back to a backup of before')
})

test('where a wrong restore of kiok is undone none is advised: its own schedule may have written the newest', async () => {
  expect(
    advised(await optionsOf(stepsOf(kiokRunbooks, 'KI-5', kiok, { installFolder: '/opt/kiok' }))),
  ).toEqual([])
})
