import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sampleObject } from '../../lab/runbooks/kiseki.ts'
import { goThrough, stepOf, whereabouts } from './run-lab.ts'
import { begin, kisekiLab, secrets, type KisekiRunLab } from './kiseki-lab.ts'

const up = { isUp: true, committed: 1_500n }
const down = { isUp: false, committed: 1_490n }

async function copies(of: KisekiRunLab, node: number): Promise<readonly string[]> {
  return readdir(join(of.site.hosts[node]?.tree ?? '', 'kiseki', 'copies'))
}

const recorded = (of: KisekiRunLab): readonly (readonly string[])[] =>
  of.site.hosts.map((host) => host.record())

describe('KS-1', () => {
  test('brings a node back that is down, with a copy of its data folder before, and touches no other one', async (context) => {
    const of = await kisekiLab(context, { nodes: [up, up, down] })
    const { id } = await begin(of, 'KS-1', {
      ...of.inputs,
      nodes: of.site.hosts[2]?.address ?? '',
      samples: sampleObject,
    })
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(whereabouts(ended)).toBe('all behind')
    await of.client.runbooks.close({ id, outcome: 'finished', reason: '' })
    expect(recorded(of)).toEqual([[], [], ['stop kiseki-server', 'start kiseki-server']])
    expect(await copies(of, 2)).toEqual([`${id}-node-3`])
    expect(stepOf(ended, 'confirm')?.state).toBe('done')
    expect(of.site.calls).toEqual(['TriggerScrub 1', 'TriggerScrub 2', 'TriggerScrub 3'])
    expect(stepOf(ended, 'scrubbed-1')?.sentence).toContain('It proves nothing.')
    expect(await of.leaks(secrets)).toEqual([])
  }, 120_000)

  test('is not held up by another node that has halted, which stays red on the sheet', async (context) => {
    const of = await kisekiLab(context, { nodes: [up, { ...up, isHalted: true }, down] })
    const { id } = await begin(of, 'KS-1', {
      ...of.inputs,
      nodes: of.site.hosts[2]?.address ?? '',
      samples: sampleObject,
    })
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(stepOf(ended, 'caught-up-3')?.state).toBe('done')
    expect(stepOf(ended, 'caught-up-3')?.sentence).toContain('KS-7 repairs it, after this run.')
    expect(whereabouts(ended)).toMatch(/^accept-members failed: Metadata is not applied on /)
    await of.client.runbooks.close({ id, outcome: 'abandoned', reason: 'KS-7 is next.' })
  }, 120_000)

  test('never restarts a node that answers', async (context) => {
    const of = await kisekiLab(context, { nodes: [up, up, down] })
    const { id } = await begin(of, 'KS-1', { ...of.inputs, nodes: of.site.hosts[0]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(whereabouts(ended)).toMatch(/^down-1 failed: .* answers\./)
    expect(recorded(of)).toEqual([[], [], []])
  }, 120_000)

  test('says of a node that fell into the restart trap that no way out is known, and leaves the others alone', async (context) => {
    const of = await kisekiLab(context, {
      nodes: [
        { isUp: true, committed: 3_006n },
        { isUp: true, committed: 3_006n },
        { isUp: false, committed: 3_000n },
      ],
    })
    const { id } = await begin(of, 'KS-1', { ...of.inputs, nodes: of.site.hosts[2]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(whereabouts(ended)).toMatch(/^start-3 failed: .*no way out of it is known/)
    expect(await copies(of, 2)).toEqual([`${id}-node-3`])
    await of.client.runbooks.close({ id, outcome: 'abandoned', reason: 'The makers are asked.' })
  }, 120_000)

  test('refuses a node whose disk is empty: kiseki has no way to put it back', async (context) => {
    const of = await kisekiLab(context, { nodes: [up, up, { ...down, isEmpty: true }] })
    const { id } = await begin(of, 'KS-1', { ...of.inputs, nodes: of.site.hosts[2]?.address ?? '' })
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(whereabouts(ended)).toMatch(/^identity-3 failed: .*is not the data folder of a member/)
    expect(recorded(of)).toEqual([[], [], []])
  }, 120_000)
})

describe('KS-3', () => {
  test('where no node answers the disks are copied before anything is started', async (context) => {
    const of = await kisekiLab(context, { nodes: [down, down, down] })
    const { id } = await begin(of, 'KS-3', of.inputs)
    const ended = await goThrough(of.running.desk.runbooks, id)
    expect(ended.current).toBe('count')
    expect(stepOf(ended, 'count')?.next).toMatch(/^Copy the whole data folder .* only then start these/)
  }, 120_000)

  test('ranks the survivors, copies them before anything else, and comes back once original nodes do', async (context) => {
    const of = await kisekiLab(context, {
      nodes: [
        { isUp: true, committed: 1_800n },
        { isUp: true, committed: 1_900n },
        { isUp: false, committed: 1_950n },
        { isUp: false, committed: 1_000n },
      ],
    })
    // A machine that is gone does not keep the others from being saved.
    await of.site.hosts[3]?.down()
    const { id } = await begin(of, 'KS-3', { ...of.inputs, samples: sampleObject })
    const ended = await goThrough(of.running.desk.runbooks, id, {
      'bring-back': () => {
        expect(of.site.isUp(0) || of.site.isUp(1)).toBe(false)
        return { kind: 'did', note: 'node 3' }
      },
      'start-originals': async () => {
        await of.site.start(2)
        return { kind: 'did', note: '' }
      },
      // The fourth node stays where it is.
      'accept-process': () => ({ kind: 'skip', reason: 'Its disk is gone.' }),
      'scrub-4': () => ({ kind: 'skip', reason: 'Its disk is gone.' }),
    })
    expect(whereabouts(ended)).toBe('all behind')
    const [first, second] = of.site.hosts.map(({ address }) => address)
    expect(stepOf(ended, 'count')?.sentence).toContain(
      `${second} (node 2, entry 1900), ${first} (node 1, entry 1800)`,
    )
    expect(stepOf(ended, 'count')?.sentence).toContain('must come back: 3, 4')
    expect(recorded(of)).toEqual([
      ['stop kiseki-server', 'start kiseki-server'],
      ['stop kiseki-server', 'start kiseki-server'],
      [],
      [],
    ])
    expect([await copies(of, 0), await copies(of, 1), await copies(of, 2)]).toEqual([
      [`${id}-node-1`],
      [`${id}-node-2`],
      [],
    ])
    expect(
      existsSync(join(of.site.hosts[0]?.tree ?? '', 'kiseki/copies', `${id}-node-1`, 'keys/epochs.redb')),
    ).toBe(true)
    expect(await of.leaks(secrets)).toEqual([])
  }, 120_000)

  test('stops no survivor that would not start again', async (context) => {
    const of = await kisekiLab(context, {
      nodes: [
        { isUp: true, committed: 2_301n },
        { isUp: true, committed: 1_900n },
        { isUp: false, committed: 1_950n },
        { isUp: false, committed: 1_000n },
      ],
    })
    const { id } = await begin(of, 'KS-3', { ...of.inputs, samples: sampleObject })
    const ended = await goThrough(of.running.desk.runbooks, id, {
      'bring-back': () => {
        expect([of.site.isUp(0), of.site.isUp(1)]).toEqual([true, false])
        return { kind: 'did', note: 'node 3' }
      },
      'start-originals': async () => {
        await of.site.start(2)
        return { kind: 'did', note: '' }
      },
      'accept-process': () => ({ kind: 'skip', reason: 'Its disk is gone.' }),
      'scrub-4': () => ({ kind: 'skip', reason: 'Its disk is gone.' }),
    })
    expect(whereabouts(ended)).toBe('all behind')
    expect(stepOf(ended, 'count')?.sentence).toContain(
      `Not stopped, for they may keep only the end of their logs: ${of.site.hosts[0]?.address}.`,
    )
    for (const step of ['stop-1', 'copy-1', 'start-1']) expect(stepOf(ended, step)?.state).toBe('notNeeded')
    expect(recorded(of)).toEqual([[], ['stop kiseki-server', 'start kiseki-server'], [], []])
  }, 120_000)

  test('is refused while a majority answers', async (context) => {
    const of = await kisekiLab(context, { nodes: [up, up, down] })
    const { id } = await begin(of, 'KS-3')
    expect(whereabouts(await goThrough(of.running.desk.runbooks, id))).toMatch(
      /^count failed: The quorum holds/,
    )
  }, 120_000)
})

describe('An action of KS-1 and KS-3 that was cut', () => {
  for (const cut of ['before', 'after'] as const) {
    test(`${cut} it was done is looked at, and never done twice`, async (context) => {
      const of = await kisekiLab(context, { nodes: [up, up, down] })
      const { runner, acts } = await of.cutRunner(cut)
      const run = await runner.start({
        scenario: 'KS-1',
        clusterId: of.clusterId,
        setting: of.setting({ nodes: of.site.hosts[2]?.address ?? '', samples: sampleObject }),
        failedAt: new Date().toISOString(),
        answers: [],
        reason: null,
      })
      expect(whereabouts(await goThrough(runner, run.id))).toBe('all behind')
      expect(doneTwice(acts)).toEqual([])
      expect(recorded(of)).toEqual([[], [], ['stop kiseki-server', 'start kiseki-server']])
    }, 120_000)

    test(`${cut} it was done, with the quorum lost, is looked at, and never done twice`, async (context) => {
      const of = await kisekiLab(context, { nodes: [up, down, down] })
      const { runner, acts } = await of.cutRunner(cut)
      const run = await runner.start({
        scenario: 'KS-3',
        clusterId: of.clusterId,
        setting: of.setting({ samples: sampleObject }),
        failedAt: new Date().toISOString(),
        answers: [],
        reason: null,
      })
      const ended = await goThrough(runner, run.id, {
        'start-originals': async () => {
          await of.site.start(1)
          await of.site.start(2)
          return { kind: 'did', note: '' }
        },
      })
      expect(whereabouts(ended)).toBe('all behind')
      expect(doneTwice(acts)).toEqual([])
      expect(recorded(of)).toEqual([['stop kiseki-server', 'start kiseki-server'], [], []])
    }, 120_000)
  }
})

/** A scrub that is begun twice looks twice, and a lock that is given back twice is given back. */
function doneTwice(acts: ReadonlyMap<string, number>): readonly string[] {
  return [...acts]
    .filter(([id, times]) => times > 1 && !id.startsWith('scrub-') && id !== 'give-lock-back')
    .map(([id]) => id)
}
