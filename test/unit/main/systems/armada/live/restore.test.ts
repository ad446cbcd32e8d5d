import { describe, expect, test } from 'vitest'
import { isHoldfastError, type HoldfastError } from '../../../../../../src/shared/domain/error.ts'
import {
  restoreArmada,
  type RestoreChoice,
  type RestoreStage,
} from '../../../../../../src/main/systems/armada/live/restore-armada.ts'
import { usualRestoreLimits } from '../../../../../../src/main/systems/armada/live/restore-table.ts'
import type { ArmadaFaults } from '../../../../../lab/masters/armada.ts'
import {
  contentsOf,
  fingerprint,
  withRestoreLab,
  type RestoreLab,
} from '../../../../../lab/masters/armada-restore.ts'

/** The stages up to the end, or up to the error. */
async function run(
  { session, config, backupId, report }: RestoreLab,
  choice: Partial<RestoreChoice> = {},
  onStage: (stage: RestoreStage) => void | Promise<void> = () => undefined,
): Promise<{ readonly stages: readonly RestoreStage[]; readonly error: HoldfastError | null }> {
  const stages: RestoreStage[] = []
  try {
    for await (const stage of restoreArmada(session, config, { backupId, ...choice }, report)) {
      stages.push(stage)
      await onStage(stage)
    }
    return { stages, error: null }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    return { stages, error }
  }
}

const kinds = (stages: readonly RestoreStage[]): readonly string[] => stages.map(({ kind }) => kind)

function demandDone({ error }: { readonly error: HoldfastError | null }): void {
  if (error !== null) throw error
}

function expectTable(lab: RestoreLab, table: string, state: 'before' | 'saved'): void {
  expect(fingerprint(contentsOf(lab.server).get(table))).toBe(fingerprint(lab[state].get(table)))
}

describe('A restore into a server', () => {
  test.each([
    [1, 1],
    [2, 2],
    [2, 1],
  ] as const)(
    'of format %i takes files of format %i, and every key arrives',
    async (version, backupVersion) => {
      await withRestoreLab(
        async (lab) => {
          const ids = ['accounts', 'limits', 'sessions'].map((table) => lab.server.tables.id(table))
          const done = await run(lab)
          demandDone(done)
          expect(kinds(done.stages)).toEqual([
            'verified',
            'server',
            'saved',
            'sending',
            'restored',
            'compared',
            'sending',
            'restored',
            'compared',
          ])
          expectTable(lab, 'accounts', 'saved')
          expectTable(lab, 'sessions', 'saved')
          expectTable(lab, 'limits', 'before')
          expect(['accounts', 'limits', 'sessions'].map((table) => lab.server.tables.id(table))).toEqual([
            '10004',
            ids[1],
            '10005',
          ])
        },
        { version, backupVersion },
      )
    },
  )

  test('sends every record twice that the server would lose', async () => {
    await withRestoreLab(async (lab) => {
      const { stages } = await run(lab, { tables: ['accounts'] })
      const restored = stages.find((stage) => stage.kind === 'restored')
      expect(restored?.restored).toMatchObject({ records: 60, lost: 0, shardBefore: '10001', shard: '10004' })
      expect(restored?.restored.twice).toBeGreaterThan(3)
      expectTable(lab, 'accounts', 'saved')
      expectTable(lab, 'sessions', 'before')
    })
  })

  test('puts back what the server loses all the same, and looks again', async () => {
    await withRestoreLab(async (lab) => {
      lab.server.setFaults({ restore: 'losesMore' })
      const done = await run(lab)
      demandDone(done)
      expect(kinds(done.stages).slice(3, 8)).toEqual([
        'sending',
        'restored',
        'putBack',
        'compared',
        'sending',
      ])
      const putBack = done.stages.find((stage) => stage.kind === 'putBack')
      expect(putBack?.putBack).toMatchObject({ table: 'accounts', extra: 0 })
      expect(putBack?.putBack.put).toBeGreaterThan(5)
      expectTable(lab, 'accounts', 'saved')
      expectTable(lab, 'sessions', 'saved')
    })
  })

  test('puts back records that fill a batch alone, which no sending can save', async () => {
    await withRestoreLab(
      async (lab) => {
        const done = await run(lab)
        demandDone(done)
        expect(done.stages.find((stage) => stage.kind === 'restored')?.restored.lost).toBe(60)
        expectTable(lab, 'accounts', 'saved')
      },
      { logBytes: 200 },
    )
  })

  test('fails with a sentence where keys cannot be put back, and says what stands', async () => {
    await withRestoreLab(async (lab) => {
      lab.server.setFaults({ restore: 'losesMore', puts: 'forgets' })
      const { error } = await run(lab)
      expect(error).toMatchObject({ code: 'restore.failed' })
      expect(error?.text.what).toMatch(
        /^The table "accounts" is not as its file: it has 5\d.keys, and its file 60/,
      )
      expect(error?.text.unchanged).toMatch(
        /^"accounts" was replaced, and is not proved\. As before: "sessions"\. What was replaced lies in .*-before-restore\.$/,
      )
      expectTable(lab, 'sessions', 'before')
    })
  })

  test('fails where somebody writes to the table meanwhile', async () => {
    await withRestoreLab(async (lab) => {
      const { error } = await run(lab, {}, (stage) => {
        if (stage.kind === 'restored')
          lab.server.tables.put(stage.restored.table, Buffer.from('zzz'), Buffer.from('written meanwhile'))
      })
      expect(error).toMatchObject({ code: 'restore.failed' })
      expect(error?.text.why).toContain('A client writes to the table already')
    })
  })

  test('finds a single value that is another one, where every value is compared', async () => {
    await withRestoreLab(
      async (lab) => {
        const spoil = (stage: RestoreStage): void => {
          if (stage.kind === 'restored')
            lab.server.tables.put('accounts', Buffer.from('accounts/00000777'), Buffer.from('another one'))
        }
        const { error } = await run(lab, { everyValue: true }, spoil)
        expect(error?.text.what).toContain('1\u00a0value of those compared is another one')
      },
      { tables: {}, saved: { accounts: 1500 }, logBytes: 6 * 1024 * 1024 },
    )
  })

  test('creates a table that was not there, and says that a roll-back would leave it', async () => {
    await withRestoreLab(
      async (lab) => {
        const done = await run(lab)
        demandDone(done)
        const saved = done.stages.find((stage) => stage.kind === 'saved')
        expect(saved?.safety).toMatchObject({
          backupId: null,
          tables: [],
          notThere: ['accounts', 'sessions'],
        })
        expectTable(lab, 'accounts', 'saved')
      },
      { tables: {} },
    )
  })

  test('can be rolled back with what it saved: every table is as before', async () => {
    await withRestoreLab(async (lab) => {
      const done = await run(lab)
      demandDone(done)
      const saved = done.stages.find((stage) => stage.kind === 'saved')
      const backupId = saved?.safety.backupId ?? ''
      expect(backupId).toMatch(/-before-restore$/)
      expect(saved?.safety.tables.map(({ table, keys }) => [table, keys])).toEqual([
        ['accounts', 40],
        ['sessions', 30],
      ])
      demandDone(await run(lab, { backupId }))
      for (const table of ['accounts', 'limits', 'sessions']) expectTable(lab, table, 'before')
    })
  })
})

describe('A restore whose connection breaks', () => {
  test.each<readonly [string, ArmadaFaults['restore'] & string, 'before' | 'saved', string | null]>([
    ['in the middle of the file leaves the old table', 'breaks', 'before', 'restore.failed'],
    ['after the whole file is seen to have been done', 'goesOn', 'saved', null],
    [
      'after the whole file says that it is not known where nothing is seen',
      'givesUp',
      'before',
      'master.outcomeUnknown',
    ],
    ['is told apart from one that the server refuses', 'fails', 'before', 'master.refused'],
  ])('%s, and it is sent once', async (_, restore, state, code) => {
    // More than the buffers on the way hold.
    const saved = { accounts: restore === 'breaks' ? 30_000 : 60 }
    await withRestoreLab(
      async (lab) => {
        lab.server.setFaults({ restore })
        const { error, stages } = await run(lab, { tables: ['accounts'] })
        expect(error?.code ?? null).toBe(code)
        expectTable(lab, 'accounts', state)
        const sent = lab.server.calls.filter((path) => path.endsWith('/Restore'))
        expect(sent).toHaveLength(1)
        if (code === null) {
          expect(stages.find((stage) => stage.kind === 'restored')?.restored.isAnswered).toBe(false)
        } else
          expect(error?.text.unchanged).toMatch(/It is as it was|the old one or the new one, never between/)
      },
      { saved },
    )
  })

  test('at any call ends with every table old or new, and says which', async () => {
    const tables = { accounts: 14, sessions: 3 }
    const saved = { accounts: 16, sessions: 4 }
    const calls = await withRestoreLab(
      async (lab) => {
        lab.server.setFaults({ restore: 'losesMore' })
        demandDone(await run(lab))
        return [...lab.server.calls]
      },
      { tables, saved },
    )
    // Of the many reads some.
    const chosen = calls.flatMap((path, index) =>
      !path.endsWith('/Range') || calls.indexOf(path) === index || index % 6 === 0 ? [index + 1] : [],
    )
    expect(chosen.length).toBeGreaterThan(15)
    const ends = new Map<string, number>()
    for (const call of chosen) {
      for (const when of ['before', 'after'] as const) {
        await withRestoreLab(
          async (lab) => {
            lab.server.setFaults({ restore: 'losesMore', cut: { call, when } })
            const { error } = await run(lab)
            const end = error === null ? 'done' : error.code
            ends.set(end, (ends.get(end) ?? 0) + 1)
            for (const table of ['accounts', 'sessions']) demandOldOrNew(lab, table, error)
            expect(lab.server.calls.filter((path) => path.endsWith('/Restore')).length).toBeLessThanOrEqual(2)
          },
          { tables, saved },
        )
      }
    }
    // Reads are asked again, so most of the cuts are survived; nobody asks twice for what changes something.
    expect(ends.get('done')).toBeGreaterThan(chosen.length / 2)
    expect([...ends.keys()].toSorted()).toEqual(expect.arrayContaining(['done', 'restore.failed']))
  }, 120_000)

  /** A table that is new lacks keys at most where it is said that it is not proved. */
  function demandOldOrNew(lab: RestoreLab, table: string, error: HoldfastError | null): void {
    const now = fingerprint(contentsOf(lab.server).get(table))
    const isOld = now === fingerprint(lab.before.get(table))
    const isNew = now === fingerprint(lab.saved.get(table))
    if (error === null) {
      expect(isNew).toBe(true)
      return
    }
    const said = error.text.unchanged ?? ''
    if (said.includes(`As before: "${table}"`) || new RegExp(`As before: .*"${table}"`).test(said))
      expect(isOld).toBe(true)
    if (new RegExp(`Replaced and proved: [^.]*"${table}"`).test(said)) expect(isNew).toBe(true)
    if (!isOld && !isNew) expect(said).toContain(`"${table}" was replaced, and is not proved.`)
  }

  test('is cancelled in the middle of a file, and the old table stays', async () => {
    const cancel = new AbortController()
    await withRestoreLab(
      async (lab) => {
        const report = { ...lab.report, progress: () => undefined }
        const { error } = await run({ ...lab, report }, {}, (stage) => {
          if (stage.kind === 'sending') cancel.abort()
        })
        expect(error).toMatchObject({ code: 'cancelled' })
        expectTable(lab, 'accounts', 'before')
        expect(error?.text.unchanged).toContain('As before: "sessions".')
      },
      { signal: cancel.signal },
    )
  })

  test('waits no longer than it is told for a server that does not answer', async () => {
    await withRestoreLab(async (lab) => {
      lab.server.setFaults({ restore: 'givesUp' })
      const limits = { ...usualRestoreLimits, lookMs: 0, settleMs: 0 }
      expect((await run(lab, { limits })).error).toMatchObject({ code: 'master.outcomeUnknown' })
    })
  })
})
