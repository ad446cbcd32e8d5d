import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresProblem } from '../../lab/postgres.ts'
import { openKindlingLab, type KindlingRunLab } from './kindling-lab.ts'
import { stepOf } from './run-lab.ts'

const problem = postgresProblem()

describe.skipIf(problem !== null)(
  `the runbooks of kindling over real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let lab: KindlingRunLab
    let target: string
    let restoring: string

    beforeAll(async () => {
      lab = await openKindlingLab('pgbackrest')
      const { postgres } = lab.kindling
      await postgres.pgBackRest('stanza-create')
      await postgres.pgBackRest('backup', '--type=full')
      await postgres.sql("INSERT INTO notes VALUES ('before the target')")
      target = await postgres.sql(
        'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
      )
      await postgres.sql("SELECT pg_sleep(0.01); INSERT INTO notes VALUES ('after the target')")
      // pgBackRest tells in whole seconds when WAL arrived: it has to arrive in a later one than the target's.
      await postgres.sql('SELECT pg_sleep(1.1)')
      await postgres.sql('SELECT pg_switch_wal()')
      await postgres.pgBackRest('check')
    })
    afterAll(async () => lab.close())

    test('KD-2 restores the database to a moment, with nothing of kindling running before it is checked', async () => {
      const { kindling } = lab
      const run = await lab.through(
        'KD-2',
        { time: target },
        {
          'choose-point': async ({ id }) => lab.advised(id, 'choose-point'),
          'choose-grace': () => ({ kind: 'choose', option: 'grace' }),
          'accept-canary': () => ({ kind: 'did', note: 'seen' }),
        },
      )
      restoring = run.id
      expect(await lab.notes()).toEqual(['in the backup', 'before the target'])
      expect(stepOf(run, 'stale-operations')?.state).toBe('done')
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
      expect(stepOf(run, 'full-backup')?.state).toBe('done')
      // What Barman alone leaves behind is no step here.
      expect(stepOf(run, 'archive-again')).toBeUndefined()
      expect(run.list.filter(({ state }) => state === 'failed' || state === 'unknown')).toEqual([])
      expect(await lab.leaks(lab.secrets)).toEqual([])
      await lab.running.desk.runbooks.close(run.id, run.current === null ? 'finished' : 'abandoned', 'a test')
    })

    test('KD-5 puts the database back that the restore had moved aside', async () => {
      await lab.through(
        'KD-5',
        { run: restoring },
        { 'accept-postgres': () => null, 'accept-canary': () => null },
      )
      expect(await lab.notes()).toEqual(['in the backup', 'before the target', 'after the target'])
    })
  },
)
