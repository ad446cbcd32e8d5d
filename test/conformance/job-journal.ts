import { describe, expect, test } from 'vitest'
import type { JobJournal, JournalEntry, JournalJob } from '../../src/main/ports/job-journal.ts'
import type { JobEvent } from '../../src/shared/contract/jobs.ts'

/** A place for a journal that outlives the instances that open it. */
export interface JournalPlace extends AsyncDisposable {
  open(readOnlyBecause?: string): Promise<JobJournal>
}

export function journalJob(id: string, createdAt = '2026-11-20T02:00:00.000Z'): JournalJob {
  return {
    id,
    createdAt,
    spec: {
      kind: 'restore',
      clusterId: null,
      subject: '/srv/a \u202e<b>',
      detail: 'b1',
      request: { targetDir: '/srv/a', list: [1, null, { deep: true }] },
      phases: ['Reading', 'Swapping'],
      cancel: 'Nothing is changed.',
      exclusive: 'target /srv/a',
    },
  }
}

export function entry(n: number, event: JobEvent['event']): JournalEntry {
  return { n, at: '2026-11-20T02:00:01.000Z', event, ending: null }
}

export const waiting = entry(1, { type: 'state', state: 'waiting' })

export function progress(n: number): JournalEntry {
  return entry(n, { type: 'progress', doneBytes: n, totalBytes: null, bytesPerSecond: null, leftMs: null })
}

export function failed(n: number): JournalEntry {
  return {
    ...entry(n, { type: 'state', state: 'failed' }),
    ending: {
      outcome: 'It does not answer.',
      tone: 'bad',
      failure: { code: 'repository.unreachable', what: 'It does not answer.', next: 'Try again.' },
      result: null,
    },
  }
}

export function jobJournalConformance(name: string, openPlace: () => Promise<JournalPlace>): void {
  describe(`job journal: ${name}`, () => {
    test('What was written is there for the next process, jobs by their age and entries in order', async () => {
      await using place = await openPlace()
      const first = await place.open()
      expect(await first.load()).toEqual([])
      await first.begin(journalJob('j2', '2026-11-20T02:00:00.000Z'), [waiting])
      await first.begin(journalJob('j1', '2026-11-20T03:00:00.000Z'), [waiting])
      const running = entry(2, { type: 'state', state: 'running' })
      const line = entry(3, { type: 'log', severity: 'warning', text: 'a line\nwith a break' })
      const phase = entry(4, { type: 'phase', name: 'Reading' })
      await Promise.all([first.append('j2', [running]), first.append('j2', [line, phase])])
      await first.append('j2', [failed(5)])
      await first.close()
      const journal = await place.open()
      expect(journal.problems).toEqual([])
      expect(await journal.load()).toEqual([
        { job: journalJob('j2'), entries: [waiting, running, line, phase, failed(5)] },
        { job: journalJob('j1', '2026-11-20T03:00:00.000Z'), entries: [waiting] },
      ])
      await journal.close()
    })

    test('Of progress at least the newest is kept, and nothing else is lost for it', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.begin(journalJob('j1'), [waiting])
      const line = entry(2, { type: 'log', severity: 'info', text: 'kept' })
      await first.append('j1', [line])
      for (let n = 3; n < 1_303; n += 100) {
        await first.append(
          'j1',
          Array.from({ length: 100 }, (_, more) => progress(n + more)),
        )
      }
      await first.append('j1', [failed(1_303)])
      await first.close()
      const [job] = await (await place.open()).load()
      expect(job?.entries.filter(({ event }) => event.type !== 'progress')).toEqual([
        waiting,
        line,
        failed(1_303),
      ])
      expect(job?.entries.at(-2)).toEqual(progress(1_302))
    })

    test('A job that is removed is gone, and removing it again is no error', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.begin(journalJob('j1'), [waiting])
      await first.remove('j1')
      await first.remove('j1')
      await first.close()
      expect(await (await place.open()).load()).toEqual([])
    })

    test('Word that a job is to be cancelled is taken once by whoever listens, and refused where nobody does', async () => {
      await using place = await openPlace()
      const holder = await place.open()
      await holder.begin(journalJob('j1'), [waiting])
      const reader = await place.open('It is held by process 7.')
      await expect(reader.askToCancel('j1')).rejects.toMatchObject({ code: 'state.readOnly' })
      const heard: string[] = []
      const stop = holder.onCancelAsked((id) => heard.push(id))
      await reader.askToCancel('j1')
      await reader.askToCancel('j2')
      await expect.poll(() => heard).toEqual(['j1', 'j2'])
      stop()
      await expect(reader.askToCancel('j1')).rejects.toMatchObject({ code: 'state.readOnly' })
      await reader.close()
      await holder.close()
      const later = await place.open()
      expect(later.problems).toEqual([])
      expect(await later.load()).toHaveLength(1)
      await later.close()
    })

    test('Where another instance holds the saved state, the journal is read and never written', async () => {
      await using place = await openPlace()
      const first = await place.open()
      await first.begin(journalJob('j1'), [waiting])
      const reader = await place.open('It is held by process 7.')
      expect(reader.readOnlyBecause).toBe('It is held by process 7.')
      expect(await reader.load()).toHaveLength(1)
      const refused = { code: 'state.readOnly' }
      await expect(reader.begin(journalJob('j2'), [waiting])).rejects.toMatchObject(refused)
      await expect(reader.append('j1', [failed(2)])).rejects.toMatchObject(refused)
      await expect(reader.remove('j1')).rejects.toMatchObject(refused)
      await reader.close()
      await first.close()
      expect(await (await place.open()).load()).toEqual([{ job: journalJob('j1'), entries: [waiting] }])
    })
  })
}
