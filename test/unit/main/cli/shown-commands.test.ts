import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { driverOf } from '../../../../src/main/systems/drivers.ts'
import { describeSystems } from '../../../../src/main/desk/live/describe-systems.ts'
import {
  addClusterCommand,
  addRepositoryCommand,
  editClusterCommand,
  editRepositoryCommand,
  forgetHostCommand,
  removeClusterCommand,
  removeRepositoryCommand,
  trustHostCommand,
} from '../../../../src/renderer/areas/access/commands.ts'
import {
  cancelCommand,
  dismissCommand,
  resumeCommand,
} from '../../../../src/renderer/areas/activity/model.ts'
import { connectCommand, disconnectCommand } from '../../../../src/renderer/areas/masters/model/commands.ts'
import {
  draftOf,
  valuesOf,
  type Draft,
} from '../../../../src/renderer/areas/masters/model/connection-draft.ts'
import {
  clusterSettingsCommand,
  offCommand,
  ownScheduleCommand,
  unpinCommand,
} from '../../../../src/renderer/areas/schedule/model/commands.ts'
import { anchorCommand, settingsCommand } from '../../../../src/renderer/areas/settings/commands.ts'
import {
  addSecretCommand,
  removeSecretCommand,
  renameSecretCommand,
  replaceSecretCommand,
} from '../../../../src/renderer/areas/vault/commands.ts'
import {
  type ConnectionField,
  type ConnectionValues,
} from '../../../../src/shared/contract/connection-fields.ts'
import type { SystemDescription } from '../../../../src/shared/contract/masters.ts'
import { noAccess, type Access } from '../../../../src/shared/contract/repositories.ts'
import { importCommand, importPlanCommand } from '../../../../src/shared/domain/setup-command.ts'
import { clusterNamed, names, pasted } from './pasted.ts'

let systems: readonly SystemDescription[] = []
beforeAll(async () => {
  systems = await describeSystems()
})

const bucket: Access = {
  ...noAccess,
  credential: { source: 'vault', id: 'reader' },
  caFile: '/etc/ssl/it’s own.pem',
  allowHttp: true,
  maxBytesPerSecond: 1_500_000,
}
const server: Access = {
  ...noAccess,
  sshKeyFiles: ['~/.ssh/id a', '/k2'],
  hostKey: `SHA256:${'a'.repeat(43)}`,
}
const why = { isNeeded: true, value: ' INC-1: it’s "agreed" ' }
const reason = 'INC-1: it’s "agreed"'
const unasked = { isNeeded: false, value: '' }

describe('A command that the window shows, pasted into a shell, asks for the same as the window does', () => {
  test.each(names)('adding a cluster named %j', async (name) => {
    const fields = {
      name,
      mode: 'readOnly',
      rpoMs: 4_444_441,
      rtoMs: 90 * 60_000,
      masterKeys: ['key-2', 'key-1'],
      system: 'chango',
    } as const
    const places = [
      { address: 's3://b/p/?endpoint=http://10.0.0.1&style=path', access: bucket },
      { address: 's3://b/', access: { ...noAccess, credential: { source: 'environment' } as const } },
      {
        address: 's3://b/',
        access: { ...noAccess, credential: { source: 'profile', profile: 'a b' } as const },
      },
      { address: 'sftp://u@h/f%20g', access: server },
      { address: 'file:///it%27s', access: noAccess },
    ]
    for (const { address, access } of places) {
      const given = { ...fields, masterKeys: [...fields.masterKeys], address, access }
      const { masterKeys, mode, rpoMs, rtoMs, system } = given
      expect(await pasted(addClusterCommand(given), {})).toEqual([
        'clusters.add',
        { name, mode, masterKeys, rpoMs, rtoMs, system, repository: { kind: 'new', address, access } },
      ])
      const added = await pasted(addRepositoryCommand(name, { system, address, access }), {})
      expect(added).toEqual(['repositories.add', { name, system, address, access }])
    }
  })

  test.each(names)('changing and removing a cluster named %j', async (name) => {
    const cluster = clusterNamed(name)
    const answers = { 'clusters.list': [cluster] }
    const { rpoMs, mode, masterKeys } = cluster
    const now = { name, mode, rpoMs, rtoMs: null, masterKeys }
    expect(editClusterCommand(cluster, now, why)).toBeNull()
    for (const after of [
      { ...now, name: '-x', mode: 'normal' as const, rpoMs: 60_001, rtoMs: 60_000 },
      { ...now, masterKeys: [] },
      { ...now, masterKeys: ['key-2', 'key-1'] },
    ]) {
      const edited = await pasted(editClusterCommand(cluster, after, why) ?? '', answers)
      expect(edited).toEqual(['clusters.edit', { id: 'c1', ...after, reason }])
    }
    const removed = await pasted(removeClusterCommand(name, why), answers)
    expect(removed).toEqual(['clusters.remove', { id: 'c1', confirm: name, reason }])
    const fingerprint = `SHA256:${'b'.repeat(43)}`
    const trusted = await pasted(trustHostCommand(name, { address: '-o x', fingerprint }, why), answers)
    expect(trusted).toEqual(['clusters.trustHost', { id: 'c1', address: '-o x', fingerprint, reason }])
    const known = [{ of: 'cluster', id: 'c1', host: 'admin@m1:22', fingerprint }]
    const forgotten = await pasted(forgetHostCommand(name, 'admin@m1:22', unasked), {
      ...answers,
      'clusters.trustedHosts': known,
    })
    expect(forgotten).toEqual(['clusters.forgetHost', { id: 'c1', address: 'admin@m1:22' }])
  })

  test('another way to a repository: each part given, exchanged and taken away', async () => {
    const repository = { id: 'r1', name: 'twice', address: 's3://b/', system: 'kiok' }
    const places = [
      { address: 's3://b/', access: { ...noAccess, credential: { source: 'environment' } as const } },
      { address: 's3://b/', access: bucket },
      {
        address: 's3://b/',
        access: { ...noAccess, credential: { source: 'profile', profile: 'p' } as const },
      },
      { address: 'sftp://u@h/f', access: server },
      { address: 'sftp://u@h/f', access: { ...server, sshKeyFiles: ['/k3'], maxBytesPerSecond: 5 } },
      { address: 'file:///f', access: noAccess },
    ]
    for (const before of places) {
      const answers = {
        'repositories.list': [
          { ...repository, name: 'other', id: 'r0' },
          { ...repository, ...before },
        ],
      }
      for (const after of places) {
        const command = editRepositoryCommand({ id: 'r1', ...before }, after)
        expect(command === null).toBe(before === after)
        if (command === null) continue
        const edited = await pasted(command, answers)
        expect(edited, command).toEqual(['repositories.edit', { id: 'r1', name: 'twice', ...after }])
      }
    }
    const removed = await pasted(removeRepositoryCommand('r1'), { 'repositories.list': [repository] })
    expect(removed).toEqual(['repositories.remove', { id: 'r1' }])
  })

  test.each(names)('what is done on time with a cluster named %j', async (name) => {
    const answers = { 'clusters.list': [clusterNamed(name)] }
    const schedule = { cron: '*/5 2 * * 1-5', zone: 'Europe/Berlin', way: 'backup' }
    const set = await pasted(ownScheduleCommand(name, schedule, why), answers)
    expect(set).toEqual(['masters.setOwnSchedule', { id: 'c1', schedule, reason }])
    const ended = await pasted(offCommand('snapshot-schedule', name, why), answers)
    expect(ended).toEqual(['masters.setOwnSchedule', { id: 'c1', schedule: null, reason }])
    const drills = await pasted(offCommand('drill-schedule', name, unasked), answers)
    expect(drills).toEqual(['drills.setSchedule', { clusterId: 'c1', schedule: null }])
    const changes = { 'backup.cron': '0 4 * * *', 'backup.keep': null, text: '=a=b' }
    const hash = 'f'.repeat(64)
    const changed = await pasted(clusterSettingsCommand(name, changes, hash, why), answers)
    expect(changed).toEqual(['masters.changeSettings', { id: 'c1', changes, hash, reason }])
    const unpinned = await pasted(unpinCommand(name, '--none', why), answers)
    expect(unpinned).toEqual(['retention.unpin', { clusterId: 'c1', backupId: '--none', reason }])
  })

  test('the settings of an installation', async () => {
    const figures = {
      lookEveryMinutes: 15,
      reverifyAfterDays: 30,
      drillAfterDays: 90,
      maxBytesPerSecond: 20_000_000,
      workers: 3,
      autoLockMinutes: 10,
    }
    const looks = { theme: 'dark', contrast: 'system', singleKeys: true, auditAnchor: null } as const
    for (const given of [figures, { ...figures, maxBytesPerSecond: null, workers: null }]) {
      expect(await pasted(settingsCommand({ ...looks, ...given }), {})).toEqual(['settings.set', given])
    }
    const place = { address: 's3://b/anchors/', everyEntries: 7, everyMinutes: 8, keepDays: 9 }
    for (const access of [
      { ...bucket, maxBytesPerSecond: null },
      { ...noAccess, credential: { source: 'environment' } as const },
      { ...noAccess, credential: { source: 'profile', profile: '--off' } as const },
    ]) {
      const anchored = await pasted(anchorCommand({ ...place, access }), {})
      expect(anchored).toEqual(['settings.set', { auditAnchor: { ...place, access } }])
    }
  })

  test('importing a setup', async () => {
    const hash = 'c'.repeat(64)
    for (const file of ['setup.json', "it's mine", '--apply']) {
      const text = `text of ${file}`
      expect(await pasted(importPlanCommand(file), {})).toEqual(['setup.importPlan', { text }])
      const plain = importCommand(file, { hash, needsReason: false }, 'unasked')
      expect(await pasted(plain, {})).toEqual(['setup.importApply', { text, hash }])
      const reason = '--a move; $(id)'
      const weaker = importCommand(file, { hash, needsReason: true }, reason)
      expect(await pasted(weaker, {})).toEqual(['setup.importApply', { text, hash, reason }])
    }
  })

  test('cancelling and resuming a job', async () => {
    const id = 'a1'.repeat(12)
    const job = { id, state: 'running' }
    const answers = { 'jobs.list': [{ ...job, id: 'a0' }, job], 'host.info': { stateIsReadOnly: true } }
    expect(await pasted(cancelCommand(id), answers)).toEqual(['jobs.cancel', { id }])
    expect(await pasted(resumeCommand(id), answers)).toEqual(['jobs.resume', { id }])
    expect(await pasted(dismissCommand(id), answers)).toEqual(['jobs.dismiss', { id }])
  })

  test('secrets, which are asked for and stand in no command', async () => {
    const secret = { 'vault.credentials': [{ id: 'pair', kind: 's3', label: '--all' }] }
    expect(await pasted(renameSecretCommand('pair', ' -h '), secret)).toEqual([
      'vault.rename',
      { id: 'pair', label: '-h' },
    ])
    expect(await pasted(removeSecretCommand('pair'), secret)).toEqual(['vault.remove', { id: 'pair' }])
    const typed = 'typed at a prompt'
    expect(await pasted(replaceSecretCommand({ id: 'pair', kind: 's3' }), secret, typed)).toEqual([
      'vault.replace',
      { id: 'pair', secret: { kind: 's3', accessKeyId: 'ID', secretAccessKey: typed } },
    ])
    for (const [kind, given] of [
      ['s3', { kind: 's3', accessKeyId: 'ID', secretAccessKey: typed }],
      ['masterKey', { kind: 'masterKey', key: typed }],
      ['login', { kind: 'login', user: 'NAME', password: typed }],
      ['token', { kind: 'token', token: typed }],
      ['password', { kind: 'password', password: typed }],
    ] as const) {
      const added = await pasted(addSecretCommand(kind, '--it’s'), secret, typed)
      expect(added).toEqual(['vault.add', { label: '--it’s', secret: given }])
    }
  })

  test('connecting the masters of each system, at first and again', async () => {
    for (const { system, fields } of systems) {
      const cluster = { ...clusterNamed('$(id)'), system }
      const answers = (kept: ConnectionValues | null) => ({
        'clusters.list': [cluster],
        'masters.connection': {
          values: kept && Object.entries(kept).map(([name, value]) => ({ name, value })),
        },
      })
      const first = filled(fields, draftOf(fields, null), 'a')
      const saved = valuesOf(first)
      for (const [kept, draft] of [
        [null, first],
        [null, required(fields, draftOf(fields, null))],
        [saved, filled(fields, first, 'b')],
        [saved, draftOf(fields, null)],
      ] as const) {
        const command = connectCommand(cluster.name, { fields, kept, draft }, why)
        if (command === null) throw new Error('Something was changed.')
        const connected = await pasted(command, answers(kept))
        expect(connected[0]).toBe('masters.save')
        const {
          id,
          values,
          reason: given,
        } = connected[1] as {
          id: string
          values: ConnectionValues
          reason: string
        }
        expect([id, given]).toEqual(['c1', reason])
        // As the schema reads both: what it does not name is what is usual.
        expect(draftOf(fields, values), command).toEqual(draftOf(fields, valuesOf(draft)))
      }
      expect(connectCommand('x', { fields, kept: saved, draft: draftOf(fields, saved) }, why)).toBeNull()
      const removed = await pasted(disconnectCommand(cluster.name, why), answers(saved))
      expect(removed).toEqual(['masters.disconnect', { id: 'c1', reason }])
    }
  })

  test('whatever words are typed', async () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => !text.includes('\0'))
    await fc.assert(
      fc.asyncProperty(word, word, async (name, said) => {
        const answers = { 'clusters.list': [clusterNamed(name)] }
        const given = { isNeeded: true, value: `x${said}x` }
        const removed = await pasted(removeClusterCommand(name, given), answers)
        expect(removed).toEqual(['clusters.remove', { id: 'c1', confirm: name, reason: given.value }])
      }),
      { numRuns: 20 },
    )
  })
})

test('The form of each system is whole once what is required is typed', async () => {
  for (const { system, fields } of systems) {
    const driver = await driverOf(system)
    const values = valuesOf(required(fields, draftOf(fields, null)))
    expect(() => driver.connect(values), system).not.toThrow()
  }
})

/** Something in each field. */
function filled(fields: readonly ConnectionField[], draft: Draft, salt: string): Draft {
  return Object.fromEntries(
    fields.map((field) => {
      const value = draft[field.name]
      switch (value?.kind) {
        case 'lines':
          return [field.name, { kind: 'lines', lines: [`https://${salt}1:1`, `https://${salt}2:2`] }]
        case 'text':
          return [
            field.name,
            {
              kind: 'text',
              text: field.kind === 'choice' ? (field.choices.at(-1)?.value ?? '') : `it’s ${salt}`,
            },
          ]
        case 'switch':
          return [field.name, { kind: 'switch', isOn: !value.isOn }]
        case 'credential':
          return [field.name, { kind: 'credential', id: `login-${salt}` }]
        case 'tls':
          return [
            field.name,
            { kind: 'tls', tls: { ...value.tls, caFile: `/ca ${salt}`, clientKeyCredential: `tls-${salt}` } },
          ]
        case 'ssh': {
          const hostKeys = [{ host: `${salt}@h`, fingerprint: `SHA256:${'c'.repeat(43)}` }]
          return [field.name, { kind: 'ssh', ssh: { ...value.ssh, keyFiles: [`~/${salt}`], hostKeys } }]
        }
        case undefined:
          throw new Error(field.name)
      }
    }),
  ) as Draft
}

/** What the form asks for, and nothing else. */
function required(fields: readonly ConnectionField[], draft: Draft): Draft {
  const lines = (kind: ConnectionField['kind']): readonly string[] =>
    kind === 'hosts' ? ['admin@h1'] : ['https://m1:8443']
  return {
    ...draft,
    ...Object.fromEntries(
      fields
        .filter((field) => field.required || ['origins', 'hosts'].includes(field.kind))
        .map(({ name, kind }) => [name, { kind: 'lines' as const, lines: lines(kind) }]),
    ),
  }
}
