import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import {
  kindlingSchema,
  kindlingSecrets,
  startKindling,
  type KindlingLab,
} from '../../lab/masters/kindling.ts'
import { postgresProblem, postgresTemplate, type PostgresTemplate } from '../../lab/postgres.ts'
import { goThrough, openRunLab, type RunLab } from './run-lab.ts'

const problem = postgresProblem()
const cluster = `kindling-${process.pid}`
const volume = '00000000-0000-4000-8000-0000000000aa'

describe.skipIf(problem !== null)(
  `the runbooks of kindling over real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let template: PostgresTemplate
    let kindling: KindlingLab
    let lab: RunLab
    let target: string
    let restoring: string

    beforeAll(async () => {
      template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
      kindling = await startKindling(template)
      const { postgres } = kindling
      await postgres.pgBackRest('stanza-create')
      await postgres.sql(
        `CREATE TABLE notes (text text); INSERT INTO notes VALUES ('in the backup');
         INSERT INTO servers (id, hostname, last_heartbeat_at) SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'kindling-' || n, now() FROM generate_series(0, 2) n;
         INSERT INTO project_volumes (id, status) VALUES ('${volume}', 'restoring');
         INSERT INTO project_volume_operations (id, project_volume_id, kind) VALUES ('00000000-0000-4000-8000-0000000000bb', '${volume}', 'restore')`,
      )
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
      lab = await openRunLab({
        system: 'kindling',
        name: cluster,
        folder: postgres.repository,
        secrets: {
          token: { kind: 'token', token: kindlingSecrets.token },
          sudo: { kind: 'password', password: kindlingSecrets.sudo },
        },
        connection: (ids) => withIds(kindling.values, ids),
      })
    })
    afterAll(async () => {
      // The hosts of this lab have the folder of this machine, and a run that was left open keeps its lock there.
      await rm(`/var/tmp/holdfast-${cluster}.lock`, { recursive: true, force: true })
      await lab.close()
      await kindling.close()
      await template.remove()
    })

    const notes = async (): Promise<readonly string[]> =>
      (await kindling.postgres.sql('SELECT text FROM notes')).split('\n')
    const stateOf = (run: Run, id: string) => run.list.find((step) => step.id === id)

    test('KD-2 restores the database to a moment, with nothing of kindling running before it is checked', async () => {
      const { runbooks } = lab.running.desk
      const { id } = await lab.client.runbooks.start({
        clusterId: lab.clusterId,
        scenario: 'KD-2',
        inputs: { time: target },
      })
      restoring = id
      const run = await goThrough(runbooks, id, {
        'choose-point': async () => chooseFirst(id, 'choose-point'),
        'choose-grace': () => ({ kind: 'choose', option: 'grace' }),
        'accept-canary': () => ({ kind: 'did', note: 'seen' }),
      })
      expect(await notes()).toEqual(['in the backup', 'before the target'])
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
      expect(await notes()).toEqual(['in the backup', 'before the target', 'after the target'])
    })

    async function chooseFirst(run: string, step: string) {
      const asking = await lab.client.runbooks.ask({ id: run, step })
      if (asking?.kind !== 'choice') throw new Error('nothing to choose')
      return { kind: 'choose' as const, option: asking.options.find(({ advised }) => advised)?.id ?? '' }
    }
  },
)

/** The lab's values name credentials by what they are; here they have ids. */
function withIds<T>(values: T, ids: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(values, (_key, value: unknown) =>
    value === 'token' || value === 'sudo' ? (ids[value] ?? value) : value,
  )
  return JSON.parse(text) as T
}
