import { expect, test } from 'vitest'
import { readConnection } from '../../../../../src/main/systems/kindling/live/connection.ts'
import { lookFenced } from '../../../../../src/main/systems/kindling/restore/standby.ts'
import { HoldfastError, type ErrorCode } from '../../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { fakeHost, type FakeAnswer } from '../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../fakes/session.ts'

const standing = { inRecovery: false, replayed: null, behindSeconds: null, receives: false }
const takesWrites: FakeAnswer = { stdout: JSON.stringify(standing) }
const isStandby: FakeAnswer = { stdout: JSON.stringify({ ...standing, inRecovery: true }) }
const refusesLogin: FakeAnswer = { code: 2, stderr: 'FATAL: password authentication failed' }

async function fenced(answers: { readonly psql: FakeAnswer; readonly pgCtl: string } | ErrorCode) {
  const clock = fakeClock()
  const config = readConnection({ hosts: ['root@db'], dataFolder: '/var/lib/postgresql/15/main' })
  const session = fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
    clock,
    async host(name) {
      if (typeof answers === 'string') throw new HoldfastError(answers, { what: `${name}: ${answers}.` })
      const { psql, pgCtl } = answers
      return Promise.resolve(
        fakeHost(({ argv }) => (argv[0] === 'psql' ? psql : { stdout: `${pgCtl}\n` }), { clock, name }),
      )
    },
  })
  return clock.run(lookFenced({ session, config, line: () => undefined }))
}

test('an old primary that takes writes, or is a standby, says so itself', async () => {
  expect(await fenced({ psql: takesWrites, pgCtl: 'running' })).toMatchObject({ state: 'failed' })
  expect(await fenced({ psql: isStandby, pgCtl: 'running' })).toMatchObject({ state: 'done' })
})

test('a server that cannot be asked is fenced only where pg_ctl says that it is stopped', async () => {
  expect(await fenced({ psql: refusesLogin, pgCtl: 'stopped' })).toMatchObject({ state: 'done' })
  const runs = await fenced({ psql: refusesLogin, pgCtl: 'running' })
  expect(runs.state).toBe('failed')
  expect(runs.sentence).toContain('PostgreSQL runs there, and does not say whether it takes writes.')
  // It may be the wrong folder.
  const noFolder = await fenced({ psql: refusesLogin, pgCtl: 'noCluster' })
  expect(noFolder.state).toBe('failed')
  expect(noFolder.next).toContain('Switch the host off')
})

test.each(['host.unreachable', 'host.timedOut'] as const)(
  'a host that does not answer (%s) is fenced by the operator’s word, and the step says so',
  async (code) => {
    const seen = await fenced(code)
    expect(seen.state).toBe('done')
    expect(seen.sentence).toContain('by your word alone')
    expect(seen.evidence).toEqual([{ name: code, value: `root@db: ${code}.` }])
  },
)

test.each(['host.authentication', 'host.unknownKey', 'host.changedKey', 'host.lost', 'host.sudo'] as const)(
  'a host that lives and lets nobody in (%s) is not fenced',
  async (code) => {
    await expect(fenced(code)).rejects.toMatchObject({ code })
  },
)
