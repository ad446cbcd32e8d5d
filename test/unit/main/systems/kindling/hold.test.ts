import { expect, test } from 'vitest'
import { readConnection } from '../../../../../src/main/systems/kindling/live/connection.ts'
import { unitsToHold } from '../../../../../src/main/systems/kindling/restore/hold.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { fakeHost, type FakeCall } from '../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../fakes/session.ts'

/** As systemd shows them: on Debian postgresql.service starts nothing itself, and one that is not there belongs to nothing. */
const blocks: Readonly<Record<string, string>> = {
  'postgresql.service':
    'Id=postgresql.service\nConsistsOf=postgresql@15-main.service system-postgresql.slice\nLoadState=loaded',
  'postgresql@15-main.service': 'Id=postgresql@15-main.service\nConsistsOf=\nLoadState=loaded',
  'kindling@api.service': 'Id=kindling@api.service\nLoadState=loaded',
}

async function held(of: {
  readonly postgresUnit: string
  readonly cgroup: string
  readonly databaseHost?: string
}) {
  const clock = fakeClock()
  const { cgroup, ...values } = of
  const config = readConnection({
    hosts: ['admin@kd-1'],
    dataFolder: '/var/lib/postgresql/15/main',
    ...values,
  })
  const answer = ({ argv }: FakeCall) => {
    if (argv.some((word) => word.includes('/cgroup'))) return { stdout: cgroup }
    const asked = argv.slice(argv.indexOf('--') + 1)
    return {
      stdout: asked.map((unit) => blocks[unit] ?? `Id=${unit}\nLoadState=not-found`).join('\n\n'),
    }
  }
  const session = fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
    clock,
    host: async (name) => Promise.resolve(fakeHost(answer, { clock, name })),
  })
  const [host = ''] = config.hosts
  return clock.run(
    unitsToHold({ session, config, line: () => undefined }, { address: host, ssh: config.ssh }),
  )
}

const system = '/system.slice/system-postgresql.slice/postgresql@15-main.service'

test.each([
  ['the one in the connection, with those that belong to it', 'postgresql.service', '', 2],
  ['the one that it runs in, version 2 of cgroups', '', `0::${system}\n`, 1],
  [
    'the one that it runs in, version 1 of cgroups',
    '',
    `4:memory:/system.slice\n1:name=systemd:${system}\n`,
    1,
  ],
  ['both, where they are two', 'postgresql.service', `0::${system}/child\n`, 2],
])('PostgreSQL is held by its unit: %s', async (_name, postgresUnit, cgroup, count) => {
  const { units, cannot } = await held({ postgresUnit, cgroup })
  expect(units).toContain('postgresql@15-main.service')
  expect(units).toHaveLength(1 + count)
  expect(cannot).toEqual([])
})

test.each([
  ['a person started it', '', '0::/user.slice/user-1000.slice/session-3.scope\n'],
  ['it does not run', '', ''],
  ['the unit of the connection is not there', 'pg.service', ''],
])('that nothing keeps PostgreSQL from starting is told where %s', async (_name, postgresUnit, cgroup) => {
  const { units, cannot } = await held({ postgresUnit, cgroup })
  expect(units).toEqual(['kindling@api.service'])
  expect(cannot[0]).toContain('Nothing here keeps it from starting at boot.')
})

test('on a host without PostgreSQL nothing is asked about it', async () => {
  const { units, cannot } = await held({
    postgresUnit: 'postgresql.service',
    cgroup: `0::${system}\n`,
    databaseHost: 'admin@db',
  })
  expect(units).toEqual(['kindling@api.service'])
  expect(cannot).toEqual([])
})
