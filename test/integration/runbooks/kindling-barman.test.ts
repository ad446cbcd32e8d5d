import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barmanProblem } from '../../lab/barman.ts'
import { postgresProblem } from '../../lab/postgres.ts'
import { openKindlingLab } from './kindling-lab.ts'
import { stepOf, whereabouts } from './run-lab.ts'

const problem = postgresProblem() ?? barmanProblem()

describe.skipIf(problem !== null)(
  `the database of kindling restored by a real Barman${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let lab: Awaited<ReturnType<typeof openKindlingLab>>
    let target: string

    beforeAll(async () => {
      lab = await openKindlingLab('barman')
      const { postgres } = lab.kindling
      // Barman takes no backup before a segment has arrived.
      await lab.barman?.barman('switch-wal', '--force', '--archive', 'kindling')
      await lab.barman?.barman('backup', 'kindling', '--wait')
      await postgres.sql("INSERT INTO notes VALUES ('before the target')")
      target = await postgres.sql(
        'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
      )
      await postgres.sql("SELECT pg_sleep(0.01); INSERT INTO notes VALUES ('after the target')")
      await lab.barman?.barman('switch-wal', '--force', '--archive', 'kindling')
    })
    afterAll(async () => lab.close())

    test('KD-2 restores it to a moment, lets it archive again, and takes a full backup of the new timeline', async () => {
      const run = await lab.through(
        'KD-2',
        { time: target },
        {
          'choose-point': async ({ id }) => lab.advised(id, 'choose-point'),
          'choose-grace': () => ({ kind: 'choose', option: 'grace' }),
        },
      )
      expect(whereabouts(run)).toBe('all behind')
      expect(await lab.notes()).toEqual(['in the backup', 'before the target'])
      const { postgres } = lab.kindling
      expect(await postgres.sql('SELECT timeline_id FROM pg_control_checkpoint()')).toBe('2')
      expect(await postgres.sql('SHOW archive_command')).toContain('install -m 644')
      expect(stepOf(run, 'repository')?.evidence).toContainEqual({
        name: expect.stringMatching(/^\d{8}T\d{6}$/),
        value: expect.stringContaining('ended'),
      })
      expect(stepOf(run, 'restore')?.sentence).toMatch(/^Barman restored \d{8}T\d{6} and the WAL until /)
      expect(stepOf(run, 'full-backup')?.sentence).toMatch(
        /^\d{8}T\d{6} is made, and the check of Barman passes\.$/,
      )
      expect(run.rpo?.lostMs).toBeGreaterThan(0)
      expect(await lab.leaks(lab.secrets)).toEqual([])
    })

    test('KD-1 brings back the newest state in a timeline of its own, and does nothing twice where every action was cut', async () => {
      await lab.kindling.postgres.sql("INSERT INTO notes VALUES ('after the first restore')")
      await lab.barman?.barman('switch-wal', '--force', '--archive', 'kindling')
      const before = lab.kindling.changes()
      const { run, acts } = await lab.throughCut(
        'after',
        'KD-1',
        {},
        {
          'choose-point': async ({ list }) => ({ kind: 'choose', option: await newest(list) }),
          'choose-grace': () => ({ kind: 'choose', option: 'none' }),
        },
      )
      expect(whereabouts(run)).toBe('all behind')
      expect(await lab.notes()).toEqual(['in the backup', 'before the target', 'after the first restore'])
      expect(await lab.kindling.postgres.sql('SELECT timeline_id FROM pg_control_checkpoint()')).toBe('3')
      expect([...acts].filter(([id, times]) => times !== 1 && id !== 'give-lock-back')).toEqual([])
      // One restore and one backup.
      expect(lab.kindling.changes() - before).toBe(2)
    })

    async function newest(
      list: readonly { readonly id: string; readonly evidence: readonly { readonly name: string }[] }[],
    ) {
      const label = list.find(({ id }) => id === 'repository')?.evidence[0]?.name ?? ''
      return Promise.resolve(JSON.stringify({ type: 'default', label }))
    }
  },
)
