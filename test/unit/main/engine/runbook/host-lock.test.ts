import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { hostLock } from '../../../../../src/main/engine/runbook/host-lock.ts'
import type { Session } from '../../../../../src/main/ports/cluster-driver.ts'
import type { RemoteHost } from '../../../../../src/main/ports/remote-host.ts'
import type { Runbook } from '../../../../../src/main/ports/runbook.ts'
import type { Run } from '../../../../../src/shared/contract/runbooks.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { memoryRunPlace } from '../../../../fakes/run-journal.ts'
import { shellHost } from '../../../../lab/shell-host.ts'
import {
  answer,
  never,
  openRunbookDesk,
  rested,
  startRun,
  type RunbookDesk,
} from '../../../../support/runbook-runs.ts'
import { book } from '../../runbooks/book.ts'

/** A cluster whose one host is this machine, over real commands. */
const name = `lock-${randomBytes(4).toString('hex')}`
const folder = `/var/tmp/holdfast-${name}.lock`
const setting = { cluster: { name, system: 'kiok' as const, connection: null }, inputs: {} }
const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
const hosts = [
  { address: 'host-1', ssh },
  { address: 'host-2', ssh },
]
let unreachable: readonly string[] = []

const ofOne: Runbook = {
  ...book(),
  steps: () => {
    const lock = hostLock(hosts.slice(0, 1))
    return [...lock.takeIt, lock.giveItBack]
  },
}
const ofTwo: Runbook = { ...book(), id: 'T-2', steps: () => hostLock(hosts).takeIt }

async function deskOf(actor: string, place = memoryRunPlace()): Promise<RunbookDesk> {
  return openRunbookDesk({
    runbooks: [ofOne, ofTwo],
    actor,
    place,
    session: (signal) =>
      ({
        signal,
        clock: systemClock,
        host: async (address: string): Promise<RemoteHost> => {
          if (!unreachable.includes(address)) return shellHost(address)
          throw new HoldfastError('host.unreachable', { what: `${address} does not answer.` })
        },
      }) as unknown as Session,
  })
}

/** The choice that the lock is of a closed run, and the lock again: it has failed before, so it is looked at, and then taken. */
async function takenOver(desk: RunbookDesk, run: Run): Promise<Run> {
  const chosen = await answer(desk, run, { kind: 'choose', option: 'closed' }, 'lock-left')
  const before = desk.runner.get(chosen.id).lastEvent
  await desk.runner.proceed(chosen.id, 'take-lock', { kind: 'go' })
  // Each of the two is begun and ended.
  return rested(desk.runner, chosen.id, before + 3)
}

const stepOf = (run: { readonly list: readonly { readonly id: string }[] }, id: string) =>
  run.list.find((step) => step.id === id)

async function locked(desk: RunbookDesk, scenario = 'T-1') {
  return answer(desk, await startRun(desk, scenario, setting), { kind: 'go' }, 'take-lock')
}

afterEach(() => {
  unreachable = []
  rmSync(folder, { recursive: true, force: true })
})

describe('The lock on the hosts of a cluster', () => {
  test('says whose it is, and keeps a run of another desk off', async () => {
    const mine = await locked(await deskOf('lena@one'))
    expect(stepOf(mine, 'take-lock')).toMatchObject({ state: 'done' })
    const theirs = await locked(await deskOf('omar@two'))
    expect(stepOf(theirs, 'take-lock')).toMatchObject({
      state: 'failed',
      sentence: expect.stringMatching(
        new RegExp(`host-1 is locked by another run: ${mine.id}, begun \\S+ by lena@one\\.$`),
      ),
    })
  })

  test('goes where its run is abandoned, and is back for the next run', async () => {
    const desk = await deskOf('lena@one')
    const run = await locked(desk)
    expect(readFileSync(`${folder}/run`, 'utf8')).toMatch(new RegExp(`^${run.id}\n`))
    const closed = await desk.runner.close(run.id, 'abandoned', 'It was the wrong one.')
    expect(stepOf(closed, 'take-lock')).toMatchObject({ state: 'takenBack' })
    expect(existsSync(folder)).toBe(false)
    expect(stepOf(await locked(await deskOf('omar@two')), 'take-lock')).toMatchObject({ state: 'done' })
  })

  test('of another run is not taken away by a run that is abandoned', async () => {
    const mine = await locked(await deskOf('lena@one'))
    const other = await deskOf('omar@two')
    const theirs = await locked(other)
    await other.runner.close(theirs.id, 'abandoned', 'Lena is at it.')
    expect(readFileSync(`${folder}/run`, 'utf8')).toMatch(new RegExp(`^${mine.id}\n`))
  })

  test('that is left on a host which cannot be reached is told, keeps no run from being closed, and the other hosts are free', async () => {
    const desk = await deskOf('lena@one')
    const run = await answer(desk, await startRun(desk, 'T-2', setting), { kind: 'go' }, 'take-lock')
    unreachable = ['host-1']
    const closed = await desk.runner.close(run.id, 'abandoned', 'The rack burns.')
    expect(closed.state).toBe('abandoned')
    expect(stepOf(closed, 'take-lock')).toMatchObject({
      state: 'failed',
      sentence: 'The lock on host-1 may still be there. host-1 does not answer.',
      next: expect.stringContaining('The next run there finds it'),
    })
    // Both hosts of this lab are one machine: what the second one let go of is gone.
    expect(existsSync(folder)).toBe(false)
  })

  test('says of a host that cannot be reached how a run goes on without it', async () => {
    const desk = await deskOf('lena@one')
    unreachable = ['host-2']
    const run = await locked(desk, 'T-2')
    expect(stepOf(run, 'take-lock')).toMatchObject({
      state: 'failed',
      sentence: 'host-2 cannot be locked. host-2 does not answer.',
      next: expect.stringMatching(/fenced .* taken out of the connection/),
    })
  })

  test('that was left is offered to be taken away once its run is closed, and only then', async () => {
    const left = await deskOf('lena@one')
    const mine = await locked(left)
    unreachable = ['host-1']
    await left.runner.close(mine.id, 'abandoned', 'The rack burns.')
    unreachable = []
    const desk = await deskOf('omar@two')
    const found = await locked(desk)
    expect(found.current).toBe('lock-left')
    const asking = await desk.runner.ask(found.id, 'lock-left', never)
    expect(asking).toMatchObject({
      options: [
        { id: 'open', advised: true },
        { id: 'closed', label: `${mine.id} is closed there: take the lock away` },
      ],
    })
    const run = await takenOver(desk, found)
    expect(stepOf(run, 'take-lock')).toMatchObject({ state: 'done' })
    expect(readFileSync(`${folder}/run`, 'utf8')).toMatch(new RegExp(`^${run.id}\nbegun \\S+ by omar@two\n$`))
    expect(readdirSync('/var/tmp').filter((each) => each.startsWith(`holdfast-${name}`))).toEqual([
      `holdfast-${name}.lock`,
    ])
  })

  test('that changed hands since stays, whatever was said of the one before', async () => {
    const first = await deskOf('lena@one')
    const mine = await locked(first)
    const desk = await deskOf('omar@two')
    const found = await locked(desk)
    await first.runner.close(mine.id, 'abandoned', 'Given up.')
    const third = await locked(await deskOf('ann@three'))
    expect(stepOf(await takenOver(desk, found), 'take-lock')).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining(`${third.id}, begun`),
    })
  })
})
