import { expect, test } from 'vitest'
import { refuseServing } from '../../../../../../src/main/systems/kindling/drill/serving-host.ts'
import { readConnection } from '../../../../../../src/main/systems/kindling/live/connection.ts'
import { HoldfastError } from '../../../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../../../fakes/fake-clock.ts'
import { fakeHost } from '../../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const config = readConnection({
  hosts: ['admin@kd-1', 'admin@kd-2'],
  databaseHost: 'admin@db',
  dataFolder: '/var/lib/postgresql/15/main',
})

/** `says`: by address, machine ID and boot ID; null: it does not answer. */
async function asked(
  says: Readonly<Record<string, string | null>>,
  pgCtl: 'running' | 'stopped' | 'noCluster' = 'noCluster',
) {
  const clock = fakeClock()
  const lines: string[] = []
  const hostOf = async (name: string) => {
    const identity = says[name] ?? null
    if (identity === null) throw new HoldfastError('host.unreachable', { what: `${name} does not answer.` })
    const answer = (argv: readonly string[]) =>
      argv.some((word) => word.includes('machine-id')) ? { stdout: identity } : { stdout: `${pgCtl}\n` }
    return Promise.resolve(fakeHost(({ argv }) => answer(argv), { clock, name }))
  }
  const session = fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
    clock,
    host: hostOf,
  })
  const site = { session, config, line: (_severity: string, text: string) => void lines.push(text) }
  const refusal = await clock.run(
    refuseServing(site, await hostOf('admin@spare')).then(
      () => null,
      (error: unknown) => (error instanceof HoldfastError ? error.message : String(error)),
    ),
  )
  return { refusal, lines }
}

const own = { 'admin@kd-1': 'one\nboot-1\n', 'admin@kd-2': 'two\nboot-2\n', 'admin@db': 'db\nboot-3\n' }

test('A host that says the same of itself as one of the cluster is that one, whatever its name', async () => {
  const { refusal } = await asked({ ...own, 'admin@spare': 'db\nboot-3\n' })
  expect(refusal).toContain('admin@spare is admin@db under another name, which serves eu.')
})

test.each([
  ['another host', 'spare\nboot-9\n'],
  ['one that was made from the same image', 'db\nboot-9\n'],
  ['a container beside it', 'spare\nboot-3\n'],
  ['one that says nothing of itself', ''],
])('%s is not taken for it', async (_name, identity) => {
  expect((await asked({ ...own, 'admin@spare': identity })).refusal).toBeNull()
})

test('A host of the cluster that does not answer is told, and the others are compared all the same', async () => {
  const { refusal, lines } = await asked({ ...own, 'admin@kd-1': null, 'admin@spare': 'two\nboot-2\n' })
  expect(lines).toEqual(['Whether admin@spare is admin@kd-1 is not known. admin@kd-1 does not answer.'])
  expect(refusal).toContain('admin@spare is admin@kd-2 under another name')
})

test('A host with a server in the data folder of the cluster is refused; one that is stopped there is not', async () => {
  const spare = { ...own, 'admin@spare': 'spare\nboot-9\n' }
  expect((await asked(spare, 'running')).refusal).toContain(
    'On admin@spare PostgreSQL runs in /var/lib/postgresql/15/main, the data folder of eu.',
  )
  expect((await asked(spare, 'stopped')).refusal).toBeNull()
})
