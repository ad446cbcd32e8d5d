import { describe, expect, test } from 'vitest'
import { runsProgram, setupChanges } from '../../../../src/shared/domain/setup-changes.ts'
import type { JsonObject } from '../../../../src/shared/domain/strict-json.ts'

const key = (letter: string): string => `SHA256:${letter.repeat(43)}`

const here: JsonObject = {
  mode: 'protected',
  system: 'kiok',
  address: 's3://backups/kiok/',
  repository: 'backups (s3://backups/kiok/)',
  masterKeys: [{ label: 'key', kind: 'masterKey' }],
  rpoMs: 3_600_000,
  rtoMs: 7_200_000,
  access: { credential: { source: 'none' }, allowHttp: false, caFile: '/ca.pem', hostKey: key('A') },
  connection: {
    masters: ['https://m1:8080'],
    plaintext: false,
    login: { label: 'admin', kind: 'login' },
    tls: { caFile: '/ca.pem', pin: 'sha256/A=', unverifiedBecause: null, serverName: 'm1' },
    ssh: { keyFiles: [], hostKeys: [{ host: 'ops@m1', fingerprint: key('A') }] },
    proxy: '',
  },
  hostKeys: [],
  ownSchedule: { cron: '0 2 * * *', zone: 'UTC', way: 'api' },
  drillSchedule: { everyDays: 7, at: '03:00', zone: 'UTC', folder: null, host: null },
  retention: {
    rules: { keepLast: 7, keepDays: 30, atMost: 40 },
    sweepsOrphans: false,
    pins: [{ backupId: 'b1', reason: 'the audit' }],
  },
  reverifyAfterDays: 30,
  drillAfterDays: 90,
  lookEveryMinutes: 15,
  autoLockMinutes: 15,
  auditAnchor: { address: 's3://anchors/', everyEntries: 50, everyMinutes: 10, keepDays: 365 },
}

/** A copy with the value at this path; undefined takes it out. */
function withAt(record: JsonObject, path: string, value: unknown): JsonObject {
  const [name = '', ...rest] = path.split('.')
  const inner: unknown = record[name]
  const changed = rest.length === 0 ? value : withAt((inner ?? {}) as JsonObject, rest.join('.'), value)
  return { ...record, [name]: changed }
}

describe('What an import would weaken', () => {
  test.each<[string, string, unknown, RegExp]>([
    ['protected to normal', 'mode', 'normal', /guarded less/],
    ['a longer RPO', 'rpoMs', 7_200_000, /Later backups/],
    ['a longer RTO', 'rtoMs', 9_000_000, /slower recovery/],
    ['no RTO', 'rtoMs', null, /slower recovery/],
    ['another system', 'system', 'chango', /another place/],
    ['another address', 'address', 's3://other/', /another place/],
    ['another repository', 'repository', 'other (s3://other/)', /another place/],
    ['plain HTTP to a bucket', 'access.allowHttp', true, /Plain HTTP/],
    ['an authority that is dropped', 'access.caFile', null, /authority is dropped/],
    ['another authority', 'access.caFile', '/mine.pem', /Another authority/],
    ['a host key that is dropped', 'access.hostKey', null, /forgotten/],
    ['another host key', 'access.hostKey', key('B'), /takes the place/],
    ['other keys of a repository', 'access.credential.source', 'environment', /other keys/],
    ['a login over plain HTTP', 'connection.plaintext', true, /over plain HTTP/],
    ['no verification', 'connection.tls.unverifiedBecause', 'a lab', /not verified/],
    ['no authority of the masters', 'connection.tls.caFile', null, /authority is dropped/],
    ['no pin', 'connection.tls.pin', null, /pin .* is dropped/],
    ['another pin', 'connection.tls.pin', 'sha256/B=', /Another certificate/],
    ['another name of the certificate', 'connection.tls.serverName', 'm2', /another name/],
    ['no name of the certificate', 'connection.tls.serverName', null, /another name/],
    ['a trusted host that is dropped', 'connection.ssh.hostKeys', [], /forgotten/],
    [
      'a trusted host with another key',
      'connection.ssh.hostKeys',
      [{ host: 'ops@m1', fingerprint: key('B') }],
      /takes the place/,
    ],
    ['a host that nobody compared here', 'hostKeys', [{ host: 'x', fingerprint: key('B') }], /not compared/],
    ['other masters', 'connection.masters', ['http://elsewhere:80'], /Other masters/],
    ['a proxy', 'connection.proxy', 'http://elsewhere:3128', /Other masters/],
    ['another login', 'connection.login', { label: 'root', kind: 'login' }, /A secret/],
    ['fewer of the newest', 'retention.rules.keepLast', 3, /Fewer backups/],
    ['none of the newest', 'retention.rules.keepLast', null, /Fewer backups/],
    ['fewer days', 'retention.rules.keepDays', 7, /Fewer backups/],
    ['fewer for being young', 'retention.rules.atMost', 10, /Fewer backups/],
    ['leftovers', 'retention.sweepsOrphans', true, /More is deleted/],
    ['another schedule', 'ownSchedule.cron', '0 2 1 * *', /other times/],
    ['rarer drills', 'drillSchedule.everyDays', 30, /less often/],
    ['drills in a folder', 'drillSchedule.folder', '/srv', /write there/],
    ['drills on a host', 'drillSchedule.host', 'db-1', /write there/],
    ['older proof', 'reverifyAfterDays', 300, /Older proof/],
    ['drills that are asked for later', 'drillAfterDays', 300, /asked for later/],
    ['rarer looks', 'lookEveryMinutes', 1440, /less often/],
    ['a vault that stays open', 'autoLockMinutes', 1440, /open for longer/],
    ['anchors elsewhere', 'auditAnchor.address', 's3://other/', /another place/],
    ['rarer anchors', 'auditAnchor.everyEntries', 5000, /less often/],
    ['anchors for fewer days', 'auditAnchor.keepDays', 1, /deleted sooner/],
  ])('%s', (_what, path, value, why) => {
    const changes = setupChanges(here, withAt(here, path, value))
    expect(changes.map(({ weakens }) => weakens)).toEqual([expect.stringMatching(why)])
  })

  test.each<[string, string, unknown]>([
    ['read-only', 'mode', 'readOnly'],
    ['a shorter RPO', 'rpoMs', 60_000],
    ['more of the newest', 'retention.rules.keepLast', 70],
    ['no limit for being young', 'retention.rules.atMost', null],
    ['a newer pin', 'retention.pins', [{ backupId: 'b1', reason: 'the court' }]],
    ['more drills', 'drillSchedule.everyDays', 1],
    ['anchors for longer', 'auditAnchor.keepDays', 3650],
    ['a shorter time to lock', 'autoLockMinutes', 1],
  ])('%s is a change and weakens nothing', (_what, path, value) => {
    const changes = setupChanges(here, withAt(here, path, value))
    expect(changes.map(({ weakens }) => weakens)).toEqual([null])
  })

  test('rules where nobody has said what is kept let backups go', () => {
    const before = withAt(here, 'retention.rules', null)
    const why = setupChanges(before, here).map(({ weakens }) => weakens)
    expect(why.length).toBe(3)
    expect(new Set(why)).toEqual(new Set(['Backups can go where nobody has said so yet.']))
  })

  test('a key that only moves into the connection is no change', () => {
    const known = [{ host: 'ops@m1', fingerprint: key('A') }]
    const before = { ...withAt(here, 'connection.ssh.hostKeys', []), hostKeys: known }
    expect(setupChanges(before, here)).toEqual([])
  })

  test('What is new weakens where it is insecure by itself, or takes a secret that is here', () => {
    const weaker = setupChanges(
      null,
      withAt(
        withAt(withAt(here, 'access.allowHttp', true), 'connection.plaintext', true),
        'connection.tls.unverifiedBecause',
        'a lab',
      ),
    ).filter(({ weakens }) => weakens !== null)
    expect(weaker.map(({ field }) => field)).toEqual([
      'access.allowHttp',
      'connection.login',
      'connection.plaintext',
      'connection.tls.unverifiedBecause',
    ])
  })
})

test('Where a program would be run is found by name and by value, however it is written', () => {
  const found: unknown[] = [
    { ssh: { proxyCommand: 'nc evil 22' } },
    { ssh: { ProxyCommand: 'none' } },
    { hosts: ['-oProxyCommand=touch /tmp/x'] },
    { hosts: ['x -o Proxy_Command=y'] },
    { databaseSsh: 'ssh -oProxyCommand=/tmp/x postgres@db' },
    { databaseSsh: 'ssh -F /tmp/config postgres@db' },
    { databaseSsh: 'ssh -I /tmp/lib.so postgres@db' },
    { deep: [{ deeper: 'LocalCommand id' }] },
    { KnownHostsCommand: null },
  ]
  for (const each of found) expect(runsProgram(each), JSON.stringify(each)).not.toBeNull()
  expect(
    runsProgram({
      hosts: ['ops@m1', 'ssh-host'],
      databaseSsh: 'ssh -p 22 -4 postgres@db-1',
      proxy: 'http://proxy:3128',
    }),
  ).toBeNull()
})

test('times and switches are told as people say them, to the last digit', () => {
  const changed = withAt(withAt(here, 'rpoMs', 172_800_000), 'connection.plaintext', true)
  const told = setupChanges(here, changed).map(({ field, before, after }) => [field, before, after])
  expect(told).toEqual([
    ['connection.plaintext', 'no', 'yes'],
    ['rpoMs', '1h', '2d'],
  ])
  expect(setupChanges(here, withAt(here, 'rpoMs', 3_600_500))[0]?.after).toBe('3600.5s')
})
