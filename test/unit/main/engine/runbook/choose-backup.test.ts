import { expect, test } from 'vitest'
import { chooseBackup } from '../../../../../src/main/engine/runbook/choose-backup.ts'
import type { Option, Runbook, Step, StepContext } from '../../../../../src/main/ports/runbook.ts'
import { armadaRunbooks } from '../../../../../src/main/systems/armada/runbooks/runbooks.ts'
import { kiokRunbooks } from '../../../../../src/main/systems/kiok/runbooks/runbooks.ts'
import { fakeRecovery } from '../../../../fakes/recovery.ts'

const failedMs = Date.parse('2026-11-20T12:00:00Z')
const backups = [
  { backupId: '20261120T123000Z-0b-before-restore', createdAt: '2026-11-20T12:30:00Z', objects: [] },
  { backupId: 'since', createdAt: '2026-11-20T12:10:00Z', objects: [] },
  { backupId: 'kept-before-restore', createdAt: '2026-11-20T11:59:00Z', objects: [] },
  { backupId: 'good', createdAt: '2026-11-20T02:00:00Z', objects: [] },
]

async function optionsOf(steps: readonly Step[]): Promise<readonly Option[]> {
  const step = steps.find(({ id }) => id === 'choose-backup')
  if (step?.kind !== 'choice') throw new Error('nothing is chosen')
  const context: Partial<StepContext> = { recovery: fakeRecovery(backups), failedMs, known: new Map() }
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

const armada = { servers: ['https://armada-1:8443'] }

test('what a restore of armada has replaced is advised only where it is gone back to', async () => {
  expect(advised(await optionsOf(stepsOf(armadaRunbooks, 'AR-2', armada)))).toEqual(['good'])
  const back = await optionsOf(stepsOf(armadaRunbooks, 'AR-5', armada))
  expect(advised(back)).toEqual(['20261120T123000Z-0b-before-restore'])
  expect(back.find(({ id }) => id === 'good')?.notPossible).toContain('AR-2 goes back to a backup of before')
})

test('where a wrong restore of kiok is undone none is advised: its own schedule may have written the newest', async () => {
  const kiok = { masters: ['https://kiok-1:8443'], hosts: ['ops@kiok-1'], login: 'login' }
  expect(
    advised(await optionsOf(stepsOf(kiokRunbooks, 'KI-5', kiok, { installFolder: '/opt/kiok' }))),
  ).toEqual([])
})
