import { describe, expect, test } from 'vitest'
import { kindlingDriver } from '../../../../../src/main/systems/kindling/live/driver.ts'
import type { ErrorCode } from '../../../../../src/shared/domain/error.ts'
import type { FakeAnswer, FakeCall } from '../../../../fakes/remote-host.ts'
import { probeOf, scripted } from './scripted.ts'

interface Stanza {
  readonly code?: number
  readonly held?: boolean
  readonly labels?: readonly string[]
  readonly error?: boolean
  /** When its backups ended, in seconds; each a second after the one before. */
  readonly endedAt?: number
}

/** As pgBackRest 2.45 writes it. */
function info({
  code = 0,
  held = false,
  labels = [],
  error = false,
  endedAt = 1_795_000_010,
}: Stanza): FakeAnswer {
  const backup = labels.map((label, place) => ({
    label,
    type: label.endsWith('I') ? 'incr' : 'full',
    error,
    timestamp: { start: 1_795_000_000 + place, stop: endedAt + place },
    info: { size: 1 },
  }))
  const status = { code, message: 'as told', lock: { backup: { held } } }
  return { stdout: JSON.stringify([{ name: 'kindling', status, backup, cipher: 'none' }]) }
}

const first = '20261120-010000F'

/** A pgBackRest that lists what `stanza` says now, and runs as `run` says. */
function pgBackRest(stanza: () => Stanza, run: () => FakeAnswer = () => ({})) {
  return ({ argv }: FakeCall): FakeAnswer | null => {
    if (argv[0] === 'true') return {}
    if (argv[0] !== 'pgbackrest') return null
    if (argv.includes('info')) return info(stanza())
    return argv.includes('check') ? {} : run()
  }
}

const runsOf = (commands: readonly string[]): readonly string[] =>
  commands.filter((line) => line.endsWith(' backup'))

describe('pgBackRest', () => {
  test.each([
    [0, 'ok', 'The stanza is in order.'],
    [1, 'bad', 'The repository has no such stanza.'],
    [2, 'warning', 'The stanza has no valid backup.'],
    [3, 'bad', 'Files of the stanza are missing in the repository.'],
    [4, 'warning', 'Its repositories differ: at least one of them is not in order.'],
    [5, 'bad', 'The repositories belong to different databases.'],
    [99, 'bad', 'pgBackRest cannot tell how the stanza is.'],
  ])('tells status %i in words', async (code, state, answer) => {
    const cluster = scripted(
      pgBackRest(() => ({ code })),
      {},
    )
    expect(probeOf(await cluster.probe(), 'tool')).toMatchObject({ state, answer })
  })

  test('a held lock is no fault of the cluster, refuses a snapshot, and nothing is run', async () => {
    const cluster = scripted(
      pgBackRest(() => ({ held: true, labels: [first] })),
      {},
    )
    expect(probeOf(await cluster.probe(), 'lock')).toMatchObject({ state: 'ok' })
    expect(probeOf(await cluster.before('full'), 'lock')).toMatchObject({ state: 'bad' })
    await expect(cluster.snapshot('full')).rejects.toMatchObject({
      code: 'master.busy',
      text: {
        why: 'pgBackRest takes a backup of this stanza now: its lock on db is held. Neither who began it nor since when is told: no such process is seen on that host.',
      },
    })
    expect(runsOf(cluster.commands())).toEqual([])
  })

  test('wrong checksums that were found while copying are said', async () => {
    const cluster = scripted(
      pgBackRest(() => ({ labels: [first], error: true })),
      {},
    )
    expect(probeOf(await cluster.probe(), 'newest')).toMatchObject({ state: 'warning' })
  })

  test('a time that no calendar has is not understood', async () => {
    const cluster = scripted(
      pgBackRest(() => ({ labels: [first], endedAt: Number.MAX_SAFE_INTEGER })),
      {},
    )
    const answers = await cluster.probe()
    expect([probeOf(answers, 'tool')?.state, probeOf(answers, 'newest')?.state]).toEqual(['bad', 'notAsked'])
  })

  test('a run that made its backup and failed afterwards has made it, and the failure is told', async () => {
    const labels = [first]
    const cluster = scripted(
      pgBackRest(
        () => ({ labels }),
        () => {
          labels.push(`${first}_20261120-020000I`)
          return { code: 105, stderr: 'ERROR: [105]: while expiring' }
        },
      ),
      {},
    )
    expect(await cluster.snapshot('incremental')).toMatchObject({
      kind: 'made',
      backupId: `${first}_20261120-020000I`,
      facts: expect.arrayContaining([
        { name: 'it ended', value: 'It was refused access to the repository. ERROR: [105]: while expiring' },
      ]),
    })
  })

  test.each([
    [56, 'PostgreSQL could not be connected to.'],
    [82, 'A WAL segment did not arrive in time.'],
    [103, 'No repository is valid.'],
    [77, 'It ended with exit status 77.'],
  ])('exit status %i is told in words, and nothing is said to be made', async (code, why) => {
    const cluster = scripted(
      pgBackRest(
        () => ({ labels: [first] }),
        () => ({ code }),
      ),
      {},
    )
    await expect(cluster.snapshot('full')).rejects.toMatchObject({
      code: 'host.commandFailed',
      text: { why },
    })
    expect(runsOf(cluster.commands())).toHaveLength(1)
  })

  test.each<ErrorCode>(['host.lost', 'host.timedOut'])(
    'after %s in the middle of a run nobody knows what came of it, and it is not run again',
    async (fails) => {
      const cluster = scripted(
        pgBackRest(
          () => ({ labels: [first] }),
          () => ({ fails }),
        ),
        {},
      )
      expect(await cluster.snapshot('full')).toMatchObject({ kind: 'unknown' })
      expect(runsOf(cluster.commands())).toHaveLength(1)
    },
  )

  test('a sudo that refuses has run nothing', async () => {
    const cluster = scripted(
      pgBackRest(
        () => ({ labels: [first] }),
        () => ({ fails: 'host.sudo' }),
      ),
      {},
    )
    await expect(cluster.snapshot('full')).rejects.toMatchObject({ code: 'host.sudo' })
  })

  test('a host that hangs after the login is told as one, and the other hosts are asked meanwhile', async () => {
    const cluster = scripted(
      (call, host) =>
        host === 'db'
          ? { hangs: call.argv[0] !== 'true' }
          : call.argv[0] === 'systemctl'
            ? {
                stdout:
                  'Id=kindling@worker.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nNRestarts=7\n',
              }
            : null,
      { hosts: ['db', 'worker-1'] },
    )
    const probes = await cluster.probe()
    expect(probeOf(probes, 'tool')).toMatchObject({ state: 'bad', code: 'host.timedOut' })
    expect(probeOf(probes, 'units', 'worker-1')).toMatchObject({
      state: 'bad',
      answer: 'Not running: kindling@worker.service (failed).',
    })
    const places = probes.map(({ id, of }) => `${of} ${id}`)
    expect(places.indexOf('worker-1 units')).toBeLessThan(places.indexOf('db units'))
  })

  test('a host without psql is not a database that is down', async () => {
    const cluster = scripted(
      pgBackRest(() => ({ labels: [first] })),
      { postgres: 'dbname=kindling' },
    )
    expect(probeOf(await cluster.probe(), 'postgres')).toMatchObject({
      state: 'bad',
      answer: expect.stringContaining('There is no such program on the path of that user.'),
    })
  })
})

describe('PostgreSQL', () => {
  const healthy = {
    walLevel: 'logical',
    slots: 10,
    usedSlots: 3,
    senders: 10,
    inRecovery: false,
    listeners: 3,
    published: null,
    hasPublication: false,
    role: { name: 'kindling', mayReplicate: true },
    hasOperations: true,
  }

  test.each([
    ['postgres', { inRecovery: true }, 'bad', 'It is a standby: kindling cannot write there.'],
    [
      'walLevel',
      { walLevel: 'replica' },
      'bad',
      'It is not logical: no process of kindling hears of changes.',
    ],
    ['slots', { senders: 0 }, 'bad', 'PostgreSQL allows none.'],
    ['slots', { usedSlots: 10 }, 'warning', 'All 10 are in use: a process that starts gets none.'],
    [
      'slots',
      { listeners: 0 },
      'warning',
      'No process of kindling listens: none runs, or none hears of changes.',
    ],
    ['publication', {}, 'warning', 'kindling_changes is not there; a process makes it when it starts.'],
  ])('is asked for %s, and %o is %s', async (id, told, state, answer) => {
    const cluster = scripted(
      ({ argv }) => (argv[0] === 'psql' ? { stdout: JSON.stringify({ ...healthy, ...told }) } : {}),
      { postgres: 'dbname=kindling' },
    )
    expect(probeOf(await cluster.probe(), id)).toMatchObject({ state, answer })
  })

  test('is asked in a transaction that cannot write, and without a password on the command line', async () => {
    const cluster = scripted(() => ({}), { postgres: 'dbname=kindling' })
    await cluster.probe()
    const asked = cluster.calls().find(({ argv }) => argv[0] === 'psql')
    expect(asked?.environment?.['PGOPTIONS']).toContain('default_transaction_read_only=on')
    expect(asked?.argv).toContain('-XAtqw')
  })
})

test.each([
  ['a stanza that would be an option', { stanza: '--repo=1' }, 'stanza'],
  ['a user that would be an option', { toolUser: '-u' }, 'toolUser'],
  ['a configuration file without a root', { toolConfig: 'x.conf' }, 'toolConfig'],
  ['a password in a connection string', { postgres: 'host=db password=x' }, 'postgres'],
  ['a password in a URL', { postgres: 'postgres://kindling:x@db/kindling' }, 'postgres'],
])('%s is no connection', (_, values, field) => {
  expect(() => kindlingDriver.connect({ hosts: ['db'], ...values })).toThrow(`${field}: `)
})

test('a sudo that refuses is asked once in a round, as each refused password counts against the user', async () => {
  const cluster = scripted(({ asUser }) => (asUser === undefined ? null : { fails: 'host.sudo' }), {
    postgres: 'dbname=kindling',
    serviceUser: 'ubuntu',
  })
  const probes = await cluster.probe()
  expect(probeOf(probes, 'sudo')).toMatchObject({ state: 'bad', code: 'host.sudo' })
  for (const id of ['tool', 'newest', 'lock', 'postgres', 'files', 'dsn'])
    expect(probeOf(probes, id)).toMatchObject({ state: 'notAsked' })
  expect(cluster.calls().filter(({ asUser }) => asUser !== undefined)).toHaveLength(1)
  await cluster.before('full')
  expect(cluster.calls().filter(({ asUser }) => asUser !== undefined)).toHaveLength(2)
})

test('nothing is asked through sudo where the login is the user of the tool already', async () => {
  const cluster = scripted(
    pgBackRest(() => ({})),
    { hosts: ['postgres@db'] },
  )
  await cluster.probe()
  expect(cluster.calls().map(({ asUser }) => asUser)).toEqual([undefined, undefined])
})
