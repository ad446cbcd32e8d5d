import { rm } from 'node:fs/promises'
import type { Answer } from '../../../src/shared/contract/runbooks.ts'
import { barmanOf } from '../../lab/barman.ts'
import {
  kindlingSchema,
  kindlingSecrets,
  startKindling,
  type KindlingLab,
} from '../../lab/masters/kindling.ts'
import { postgresTemplate } from '../../lab/postgres.ts'
import { goThrough, openRunLab, type Answers, type RunLab } from './run-lab.ts'

export interface KindlingRunLab extends RunLab {
  /** Of the cluster. */
  readonly name: string
  readonly kindling: KindlingLab
  readonly secrets: readonly string[]
  notes(): Promise<readonly string[]>
  /** Through the desk, from the first step as far as it goes. */
  through(
    scenario: string,
    inputs: Readonly<Record<string, string>>,
    answers?: Answers,
  ): ReturnType<typeof goThrough>
  /** By a runner whose actions are cut once each: with how often each was really done. */
  throughCut(
    cut: 'before' | 'after',
    scenario: string,
    inputs: Readonly<Record<string, string>>,
    answers?: Answers,
  ): Promise<{
    readonly run: Awaited<ReturnType<typeof goThrough>>
    readonly acts: ReadonlyMap<string, number>
  }>
  /** What is advised of a choice. */
  advised(run: string, step: string): Promise<Answer>
}

export const throwaway = { user: 'admin@kindling.example', password: 'a-throwaway-that-is-shown-nowhere' }
const volume = '00000000-0000-4000-8000-0000000000aa'
const staleOperation = `INSERT INTO servers (id, hostname, last_heartbeat_at) SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'kindling-' || n, now() FROM generate_series(0, 2) n;
 INSERT INTO project_volumes (id, status) VALUES ('${volume}', 'restoring');
 INSERT INTO project_volume_operations (id, project_volume_id, kind) VALUES ('00000000-0000-4000-8000-0000000000bb', '${volume}', 'restore')`

/** Hosts, a database with the notes that tests read, and a desk that knows them. */
export async function openKindlingLab(
  tool: 'pgbackrest' | 'barman',
  disk: { readonly diskBytes?: number } = {},
): Promise<KindlingRunLab & { readonly barman: Awaited<ReturnType<typeof barmanOf>> | null }> {
  // The folder of its lock lies on this machine, as those of other tests do.
  const name = `kindling-${tool}-${process.pid}`
  const template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
  const kindling = await startKindling(template, disk)
  const { postgres } = kindling
  const barman = tool === 'barman' ? await barmanOf(postgres, kindling.sshd) : null
  await postgres.sql(
    `CREATE TABLE notes (text text); INSERT INTO notes VALUES ('in the backup'); ${staleOperation}`,
  )
  const lab = await openRunLab({
    system: 'kindling',
    name,
    folder: postgres.repository,
    secrets: {
      token: { kind: 'token', token: kindlingSecrets.token },
      sudo: { kind: 'password', password: kindlingSecrets.sudo },
      throwaway: { kind: 'login', ...throwaway },
    },
    connection: (ids) =>
      withIds(
        {
          ...kindling.values,
          ...(barman !== null && {
            tool: 'barman',
            toolConfig: barman.config,
            databaseSsh: barman.ssh,
            postgres: `${postgres.connection} user=postgres`,
          }),
        },
        ids,
      ),
  })
  const advised = async (run: string, step: string): Promise<Answer> => {
    const asking = await lab.client.runbooks.ask({ id: run, step })
    if (asking?.kind !== 'choice') throw new Error('nothing to choose')
    return { kind: 'choose', option: asking.options.find((option) => option.advised)?.id ?? '' }
  }
  // A run that was left open keeps its lock there.
  const unlock = async (): Promise<void> =>
    rm(`/var/tmp/holdfast-${name}.lock`, { recursive: true, force: true })
  return {
    ...lab,
    name,
    kindling,
    barman,
    secrets: [...Object.values(kindlingSecrets), throwaway.password],
    notes: async () => (await postgres.sql('SELECT text FROM notes')).split('\n'),
    async through(scenario, inputs, answers) {
      const { id } = await lab.client.runbooks.start({ clusterId: lab.clusterId, scenario, inputs })
      return goThrough(lab.running.desk.runbooks, id, answers)
    },
    async throughCut(cut, scenario, inputs, answers) {
      await unlock()
      const { runner, acts } = await lab.cutRunner(cut)
      const cluster = lab.running.desk.state.clusters.get(lab.clusterId)
      const { id } = await runner.start({
        scenario,
        clusterId: lab.clusterId,
        setting: { cluster: { name, system: 'kindling', connection: cluster?.connection ?? null }, inputs },
        failedAt: new Date().toISOString(),
        answers: [],
        reason: null,
      })
      return { run: await goThrough(runner, id, answers), acts }
    },
    advised,
    async close() {
      await unlock()
      await lab.close()
      await kindling.close()
      await barman?.remove()
      await template.remove()
    },
  }
}

/** The lab's values name credentials by what they are; here they have ids. */
function withIds<T>(values: T, ids: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(values, (_key, value: unknown) =>
    value === 'token' || value === 'sudo' ? (ids[value] ?? value) : value,
  )
  return JSON.parse(text) as T
}
