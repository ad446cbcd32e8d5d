import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import { kindlingSecrets } from '../../lab/masters/kindling.ts'
import { allNotes, startKindlingSite, type KindlingSite } from '../../lab/runbooks/kindling.ts'
import { postgresProblem } from '../../lab/postgres.ts'
import { goThrough, openRunLab, type RunLab } from './run-lab.ts'

const problem = postgresProblem()
const cluster = `kindling-${process.pid}`

describe.skipIf(problem !== null)(
  `the runbooks of kindling over real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let kindling: KindlingSite
    let lab: RunLab
    let restoring: string

    beforeAll(async () => {
      const started = await startKindlingSite()
      if ('skip' in started) throw new Error(started.skip)
      kindling = started
      lab = await openRunLab({
        system: 'kindling',
        name: cluster,
        folder: kindling.postgres.repository,
        secrets: {
          token: { kind: 'token', token: kindlingSecrets.token },
          sudo: { kind: 'password', password: kindlingSecrets.sudo },
        },
        connection: ({ token = '', sudo = '' }) => kindling.connection({ token, sudo }),
      })
    })
    afterAll(async () => {
      // The hosts of this lab have the folder of this machine, and a run that was left open keeps its lock there.
      await rm(`/var/tmp/holdfast-${cluster}.lock`, { recursive: true, force: true })
      await lab.close()
      await kindling.close()
    })

    const stateOf = (run: Run, id: string) => run.list.find((step) => step.id === id)

    test('KD-2 restores the database to a moment, with nothing of kindling running before it is checked', async () => {
      const { runbooks } = lab.running.desk
      const { id } = await lab.client.runbooks.start({
        clusterId: lab.clusterId,
        scenario: 'KD-2',
        inputs: { time: kindling.target },
      })
      restoring = id
      const run = await goThrough(runbooks, id, {
        'choose-point': async () => chooseFirst(id, 'choose-point'),
        'choose-grace': () => ({ kind: 'choose', option: 'grace' }),
        'accept-canary': () => ({ kind: 'did', note: 'seen' }),
      })
      expect(await kindling.notes()).toEqual(allNotes.slice(0, 2))
      expect(stateOf(run, 'stale-operations')?.state).toBe('done')
      expect(
        await kindling.postgres.sql(
          "SELECT count(*) FROM project_volume_operations WHERE status IN ('pending','running')",
        ),
      ).toBe('0')
      for (const host of [0, 1]) {
        const log = (await kindling.unitLog(host)).filter((line) => line.includes('kindling@'))
        expect(log.slice(0, 2)).toEqual(['stop kindling@api.service', 'stop kindling@worker.service'])
        expect(log.slice(2).sort()).toEqual(['start kindling@api.service', 'start kindling@worker.service'])
      }
      expect(run.rpo?.lostMs).toBeGreaterThan(0)
      expect(stateOf(run, 'full-backup')?.state).toBe('done')
      expect(run.list.filter(({ state }) => state === 'failed' || state === 'unknown')).toEqual([])
      expect(await lab.leaks(Object.values(kindlingSecrets))).toEqual([])
      if (run.state === 'open')
        await runbooks.close(id, run.current === null ? 'finished' : 'abandoned', 'a test')
    })

    test('KD-5 puts the database back that the restore had moved aside', async () => {
      const { runbooks } = lab.running.desk
      const { id } = await lab.client.runbooks.start({
        clusterId: lab.clusterId,
        scenario: 'KD-5',
        inputs: { run: restoring },
      })
      await goThrough(runbooks, id, { 'accept-postgres': () => null, 'accept-canary': () => null })
      expect(await kindling.notes()).toEqual(allNotes)
    })

    async function chooseFirst(run: string, step: string) {
      const asking = await lab.client.runbooks.ask({ id: run, step })
      if (asking?.kind !== 'choice') throw new Error('nothing to choose')
      return { kind: 'choose' as const, option: asking.options.find(({ advised }) => advised)?.id ?? '' }
    }
  },
)
