import { expect, test } from 'vitest'
import type { RunbookSetting } from '../../../../../src/main/ports/runbook.ts'
import { scratchCluster } from '../../../../../src/main/systems/any/x-6b.ts'
import { gameDay } from '../../../../../src/main/systems/any/x-6c.ts'
import { systemNames, type SystemName } from '../../../../../src/shared/domain/system-name.ts'
import { goThrough, openRunbookDesk, startRun } from '../../../../support/runbook-runs.ts'

function setting(system: SystemName, hosts: string): RunbookSetting {
  return {
    cluster: {
      name: 'prod',
      system,
      connection: { hosts: ['ops@master-1:2222'], api: ['https://prod.example'] },
    },
    inputs: { hosts, disaster: 'The disks of all masters are gone.' },
  }
}

test.each(systemNames)(
  'X-6B rehearses the restore of %s on hosts that are none of its own',
  async (system) => {
    const desk = await openRunbookDesk({ runbooks: [scratchCluster] })
    const run = await goThrough(
      desk,
      await startRun(desk, 'X-6B', setting(system, 'spare-1 root@spare-2:22')),
    )
    expect(run.list.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'not-production done', 'compare done', 'apart done', 'start done', 'restore done', 'clean-up done',
  ]) // prettier-ignore
    expect((await desk.runner.close(run.id, 'finished', '')).state).toBe('finished')
  },
)

test('X-6C keeps when each step of a game day was done, and what was said of it', async () => {
  const desk = await openRunbookDesk({ runbooks: [gameDay] })
  const run = await goThrough(desk, await startRun(desk, 'X-6C', setting('kiok', 'spare-1')))
  expect(run.list.every(({ state }) => state === 'done')).toBe(true)
  expect(run.list.find(({ id }) => id === 'alarm')?.does).toContain('“The disks of all masters are gone.”')
  expect(run.list.filter(({ asks }) => asks !== null)).toHaveLength(6)
})

test.each([scratchCluster, gameDay])(
  '$id is refused on a host of the cluster, by whatever user and port',
  async (runbook) => {
    const desk = await openRunbookDesk({ runbooks: [runbook] })
    for (const hosts of ['spare-1 root@MASTER-1', 'prod.example:22']) {
      const run = await startRun(desk, runbook.id, setting('kiok', hosts))
      expect(run.list[0]).toMatchObject({ state: 'failed' })
      expect(run.list[0]?.sentence).toContain('of prod.')
      await desk.runner.close(run.id, 'abandoned', 'a test')
    }
    expect(() => runbook.steps(setting('kiok', ' , '))).toThrow('no hosts to rehearse on')
  },
)
