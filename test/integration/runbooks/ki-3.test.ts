import { afterEach, describe, expect, test } from 'vitest'
import type { Run } from '../../../src/shared/contract/runbooks.ts'
import { goThrough, stepOf, whereabouts, type Answers } from './run-lab.ts'
import { openKiokLab, password, production, secrets, type KiokRunLab } from './kiok-lab.ts'

let lab: KiokRunLab | null = null

afterEach(async () => {
  await lab?.close()
  lab = null
})

/** A lab for one test, which is left out where the machine has none. */
async function open(
  context: { skip(why: string): void },
  of: Parameters<typeof openKiokLab>[0],
): Promise<KiokRunLab> {
  const opened = await openKiokLab(of)
  if ('skip' in opened) {
    context.skip(opened.skip)
    throw new Error(opened.skip)
  }
  lab = opened
  return opened
}

async function begin({ client, clusterId, inputs }: KiokRunLab): Promise<Run> {
  return client.runbooks.start({ clusterId, scenario: 'KI-3', inputs: { ...inputs } })
}

function wantedBackup({ backupIds }: KiokRunLab): string {
  return backupIds[1] ?? ''
}

/** What an operator answers from the beginning to the end where the login is deadlocked. */
function answersOf(of: KiokRunLab): Answers {
  const wanted = wantedBackup(of)
  return {
    'choose-backup': () => ({ kind: 'choose', option: wanted }),
    deadlock: () => ({ kind: 'choose', option: 'reset' }),
    'deadlock-after-reset': () => ({ kind: 'choose', option: 'other-root' }),
    'restore-in-ui': () => {
      of.site.restoreInUi(wanted, { user: 'admin', password })
      return { kind: 'did', note: wanted }
    },
  }
}

describe('KI-3', () => {
  test('brings a cluster back whose masters have all lost their data, out of the login deadlock, to a signed sheet', async (context) => {
    const of = await open(context, { hosts: [null, null] })
    const run = await begin(of)
    const ended = await goThrough(of.running.desk.runbooks, run.id, answersOf(of))
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'login')?.sentence).toContain('login deadlock')
    expect(stepOf(ended, 'deadlock-reset')?.sentence).toContain('no such user')
    await of.client.runbooks.close({ id: run.id, outcome: 'finished', reason: '' })
    expect([of.site.state(0), of.site.state(1)]).toMatchObject([production, production])
    const records = of.site.hosts.flatMap((host) => host.record())
    const starts = records.filter((line) => line.startsWith('start-'))
    expect(starts.length).toBeGreaterThan(3)
    for (const line of starts)
      expect(line).toMatch(/key=right s3=given shown=no .* bucket=kiok-lab prefix=backups iterations=1000/)
    expect(starts.map((line) => /root=(\S+)/.exec(line)?.[1])).toEqual([
      '/kiok',
      '/kiok',
      '/kiok-dr',
      '/kiok-dr',
      '/kiok',
      '/kiok',
      '/kiok',
    ])
    expect(await of.leaks(secrets)).toEqual([])
  }, 120_000)
})
