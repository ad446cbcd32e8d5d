import { expect, test } from 'vitest'
import type { FakeAnswer, FakeCall } from '../../../../fakes/remote-host.ts'
import { probeOf, scripted } from './scripted.ts'

const values = { tool: 'barman', stanza: 'pg' }
const done = (id: string, minute: number) => ({
  backup_id: id,
  backup_type: 'rsync',
  end_time_timestamp: String(Date.UTC(2026, 10, 20, 1, minute) / 1000),
  status: 'DONE',
  retention_status: '-',
})

/** A Barman whose list is what `rows` says now. */
function barman(rows: () => readonly object[], others: (call: FakeCall) => FakeAnswer | null = () => null) {
  return (call: FakeCall): FakeAnswer | null => {
    if (call.argv[0] === 'true') return {}
    if (call.argv[0] !== 'barman') return null
    return call.argv.includes('list-backups') ? { stdout: JSON.stringify({ pg: rows() }) } : others(call)
  }
}

test('Barman is run as its own user, with its own configuration, and its newest backup is told with its age', async () => {
  const cluster = scripted(
    barman(() => [done('20261120T010000', 0), done('20261120T013000', 30)]),
    { ...values, toolConfig: '/etc/barman.d/own.conf' },
  )
  const probes = await cluster.probe()
  expect(probeOf(probes, 'newest')).toMatchObject({
    state: 'ok',
    answer: '20261120T013000 (rsync), 30\u00a0m old.',
  })
  // Barman does not tell whether one runs: what cannot be known is no question.
  expect(probes.some(({ id }) => id === 'lock')).toBe(false)
  expect(cluster.commands()).toContain('barman -c /etc/barman.d/own.conf -f json list-backups pg')
  expect(cluster.calls().find(({ argv }) => argv[0] === 'barman')?.asUser).toBe('barman')
})

test('a backup that was begun and has not ended is no backup', async () => {
  const started = { backup_id: '20261120T015000', status: 'STARTED' }
  const cluster = scripted(
    barman(() => [started, done('20261120T010000', 0)]),
    values,
  )
  expect(probeOf(await cluster.probe(), 'newest')).toMatchObject({
    state: 'warning',
    answer:
      '20261120T010000 (rsync), 1\u00a0h\u00a000\u00a0m old. The last one, 20261120T015000: It was begun and has not ended: it goes on, or it broke off.',
  })
})

test('a full one waits for its WAL, and has the name that the list then shows', async () => {
  const rows = [done('20261120T010000', 0)]
  const cluster = scripted(
    barman(
      () => rows,
      () => {
        rows.push(done('20261120T020000', 59))
        return {}
      },
    ),
    values,
  )
  expect(await cluster.snapshot('full')).toMatchObject({ kind: 'made', backupId: '20261120T020000' })
  expect(cluster.commands().filter((line) => line.includes(' backup '))).toEqual([
    'barman -f json backup pg --wait',
  ])
})

test('what came of a run that only says that it succeeded is unknown', async () => {
  const cluster = scripted(
    barman(
      () => [done('20261120T010000', 0)],
      () => ({}),
    ),
    values,
  )
  expect(await cluster.snapshot('full')).toMatchObject({
    kind: 'unknown',
    sentence: 'Barman ended with success, and lists no new backup.',
  })
})

test('an incremental one is refused before anything is run', async () => {
  const cluster = scripted(
    barman(() => []),
    values,
  )
  await expect(cluster.snapshot('incremental')).rejects.toMatchObject({ code: 'master.notOffered' })
  expect(cluster.commands().some((line) => line.includes('backup pg'))).toBe(false)
})

test('a run beside another one is refused with what Barman says, and is not tried again', async () => {
  const cluster = scripted(
    barman(
      () => [],
      () => ({ code: 1, stderr: 'ERROR: Another backup process is already running for server pg' }),
    ),
    values,
  )
  await expect(cluster.snapshot('full')).rejects.toMatchObject({
    code: 'master.busy',
    text: { why: expect.stringContaining('already running for server pg') },
  })
  expect(cluster.commands().filter((line) => line.includes('--wait'))).toHaveLength(1)
})

test('whoever runs beside it is named as far as Barman tells: since when, and that it does not tell who', async () => {
  const rows: object[] = []
  const cluster = scripted(
    barman(
      () => rows,
      () => {
        rows.push({ backup_id: '20261120T015000', status: 'STARTED' })
        return { code: 1, stderr: 'ERROR: Another backup process is already running for server pg' }
      },
    ),
    values,
  )
  await expect(cluster.snapshot('full')).rejects.toMatchObject({
    code: 'master.busy',
    text: {
      why: expect.stringContaining(
        'Barman lists 20261120T015000 as begun, which is its time there, and not ended; it does not tell who began it.',
      ),
    },
  })
})

test('its check is told with the hints of what fails, and stops a snapshot', async () => {
  const cluster = scripted(
    barman(
      () => [],
      () => ({
        code: 1,
        stdout: JSON.stringify({
          pg: {
            postgresql: { status: 'OK', hint: '' },
            wal_level: { status: 'FAILED', hint: "please set it to 'replica' or higher" },
          },
        }),
      }),
    ),
    values,
  )
  expect(probeOf(await cluster.before('full'), 'check')).toMatchObject({
    state: 'bad',
    answer: "Barman’s check fails: wal level (please set it to 'replica' or higher).",
  })
})

test.each([
  ['no JSON', { stdout: 'Server pg:\n' }],
  ['JSON of something else', { stdout: '{"other":[]}' }],
  ['nothing', {}],
])('a list that is %s is not read as a list without backups', async (_, answer) => {
  const cluster = scripted(({ argv }) => (argv[0] === 'true' ? {} : answer), values)
  const probes = await cluster.probe()
  expect(probeOf(probes, 'tool')).toMatchObject({ state: 'bad', code: 'host.badAnswer' })
  expect(probeOf(probes, 'newest')).toMatchObject({ state: 'notAsked' })
})
