import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { run as runSchema } from '../../../../../../src/shared/contract/runbooks.ts'
import {
  reportDocument,
  reportJson,
  type ReportFacts,
} from '../../../../../../src/main/desk/runbooks/report/report-document.ts'
import { reportFile } from '../../../../../../src/main/desk/runbooks/report/report-file.ts'
import { reportHtml } from '../../../../../../src/main/desk/runbooks/report/report-html.ts'
import { html } from '../../../../../../src/main/desk/runbooks/report/markup.ts'
import { aRun, aStep } from '../../../../../support/runs.ts'
import { tries } from '../../../../../support/tries.ts'

const hash = '1c0a44f29b'.padEnd(64, '0')
const facts: ReportFacts = {
  madeAt: '2026-11-21T02:20:00.000Z',
  madeBy: 'lena@desk',
  version: '1.2.3',
  audit: { seq: 41, hash },
  signed: { by: 'mara@desk', note: 'Looks right.' },
}

const run = aRun([
  aStep('plan-restore', { evidence: [{ name: 'plan', value: 'old' }] }),
  aStep('restore', {
    kind: 'action', section: 'restore', damage: 2, twin: 'holdfast restore $BACKUP',
    startedAt: '2026-11-21T02:05:00.000Z', endedAt: '2026-11-21T02:09:00.000Z',
    lines: [{ at: '2026-11-21T02:06:00.000Z', severity: 'warning', sentence: 'It is slow.' }],
    evidence: [{ name: 'plan', value: 'a'.repeat(64) }],
  }),
  aStep('tell-users', { kind: 'manual', state: 'skipped', answered: 'Nobody is there.', sentence: null }),
  aStep('row-1', { section: 'accept', endedAt: '2026-11-21T02:14:00.000Z' }),
]) // prettier-ignore

describe('a report', () => {
  test('says how it came out: lost, recovered, worked, signed', () => {
    const document = reportDocument(run, facts)
    expect(document.outcome).toEqual({
      lostMs: 3_600_000,
      lost: 'From b3 to the failure.',
      recoveredMs: 20 * 60_000,
      workedMs: 780_000,
      took: 'Every step is behind.',
    })
    expect(document.planHash).toBe('a'.repeat(64))
    expect(document.audit).toEqual({ seq: 41, hash, head40: '1c0a 44f2 9b' })
    expect(document.acceptance.signed).toEqual({
      at: '2026-11-21T02:15:00.000Z',
      by: 'mara@desk',
      note: 'Looks right.',
    })
    expect(document.exceptions).toEqual([
      { step: 'tell-users', title: 'Do tell-users', because: 'Nobody is there.' },
    ])
    expect(document.steps[1]).toMatchObject({ id: 'restore', tookMs: 240_000 })
  })

  test('tells what happened in the order of time', () => {
    const { timeline } = reportDocument(run, facts)
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted())
    expect(timeline.map(({ step, severity }) => `${step ?? 'run'} ${severity}`)).toEqual([
      'run info', 'run info', 'plan-restore info', 'tell-users info', 'row-1 info', 'plan-restore info',
      'tell-users warning', 'restore info', 'restore warning', 'restore info', 'row-1 info', 'run info', 'run info',
    ]) // prettier-ignore
    expect(timeline.at(-1)?.sentence).toBe('The run was finished: INC-2291')
  })

  test('of an open run says that nobody has signed', () => {
    const open = aRun([aStep('one')], {
      state: 'open',
      closed: null,
      rpo: null,
      acceptance: { green: 0, excepted: 0, all: 3, signedAt: null },
    })
    const document = reportDocument(open, { ...facts, audit: null, signed: null })
    expect(document).toMatchObject({
      closed: null,
      audit: null,
      outcome: { lostMs: null, recoveredMs: null },
    })
    const page = reportHtml(document)
    expect(page).toContain('not signed: the cluster is not open to users')
    expect(page).toContain('Not recovered: nobody has signed.')
  })

  test('as JSON has one order of fields, whatever the order of the run’s', () => {
    const shuffled = Object.fromEntries(Object.entries(run).toReversed())
    const text = reportJson(reportDocument(run, facts))
    expect(reportJson(reportDocument(runSchema.parse(shuffled), facts))).toBe(text)
    expect(Object.keys(JSON.parse(text))).toEqual([
      'format', 'made', 'audit', 'run', 'closed', 'outcome', 'costs', 'answers', 'inputs', 'changed', 'planHash', 'acceptance',
      'exceptions', 'timeline', 'steps',
    ]) // prettier-ignore
  })

  test('as a page holds every part, and nothing that runs or asks', () => {
    const { name, text } = reportFile(run, 'html', facts)
    expect(name).toBe('holdfast-chango-core-CH-4-run-7.html')
    for (const part of [
      'Timeline',
      'Acceptance sheet: chango-core',
      '1c0a 44f2 9b',
      'a'.repeat(64),
      'INC-2291',
      'holdfast restore $BACKUP',
      'Nobody is there.',
      'Signed 21 Nov 2026 02:15:00 UTC by mara@desk',
      'master-1 refused.',
      '/var/lib/chango',
      'Warning: It is slow.',
      'Before anything changes. Done by hand. 21 Nov 2026 02:03:00 UTC, took 6 s, by lena@desk',
    ]) {
      // prettier-ignore
      expect(text.replace(/\s+/g, ' ')).toContain(part)
    }
    expect(text, 'a time as machines write it').not.toMatch(/\dT\d\d:\d\d/)
    expect(text).toContain('content="default-src &#39;none&#39;; style-src &#39;sha256-')
    expect(text).not.toMatch(/<script|<link|<img|<a |href=|src=|url\(|@import|\son[a-z]+=|style="/i)
  })

  test('a file’s name holds no letter that a file system could stumble over', () => {
    const named = (cluster: string) => reportFile(aRun([], { cluster }), 'json', facts).name
    expect(named('../../etc/pass wd\u202e')).toBe('holdfast-etc-pass-wd-CH-4-run-7.json')
    expect(named('…')).toBe('holdfast-CH-4-run-7.json')
  })
})

describe('hostile names', () => {
  const pieces = fc.constantFrom(
    '<script>', '</style>', '</title>', '"', "'", '`', '&', '<img src=x onerror=alert(1)>', '-->', '<!--', '\u202e', '\0',
    '\ud800', 'a', ']]>', '${1}', '\n', '&lt;', '<svg/onload=alert(1)>', 'javascript:', '<meta http-equiv=refresh>',
  ) // prettier-ignore
  const hostile = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))

  test('stay text: a page has the same tags whatever they are', () => {
    const pageOf = (text: string): string =>
      reportHtml(
        reportDocument(
          aRun(
            [
              aStep('one', {
                title: text, why: text, touches: text, undo: text, twin: text, sentence: text, next: text, by: text,
                answered: text, evidence: [{ name: text, value: text }], section: 'accept',
                lines: [{ at: '2026-11-21T02:06:00.000Z', severity: 'error', sentence: text }],
              }),
              aStep('two', { state: 'skipped', title: text, answered: text }),
            ],
            {
              title: text, cluster: text, when: text, costs: [text], startedBy: text, holder: text, commandLine: text,
              answers: [{ question: text, answer: text, because: text }], inputs: [{ name: 'one', label: text, value: text }],
              rpo: { lostMs: 1, sentence: text }, rto: { leftMs: null, tookMs: 1, sentence: text },
              closed: { at: '2026-11-21T02:16:00.000Z', by: text, outcome: 'finished', reason: text },
            },
          ),
          { ...facts, madeBy: text, version: text, signed: { by: text, note: text } },
        ),
      ) // prettier-ignore
    const tags = (page: string): readonly string[] => page.match(/<[^>]*>/g) ?? []
    const plain = tags(pageOf('x'))
    expect(plain.length).toBeGreaterThan(100)
    fc.assert(
      fc.property(hostile, (text) => {
        if (text === '') return
        const page = pageOf(text)
        expect(tags(page)).toEqual(plain)
        expect(page).not.toMatch(/[\0\u202e\ud800-\udfff]/)
      }),
      { numRuns: tries(300), seed: 3 },
    )
  })

  test('stay strings: JSON text gives them back and holds none that acts', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = reportJson(reportDocument(aRun([aStep('one', { title: text })]), facts))
        const read: unknown = JSON.parse(json)
        expect(read).toMatchObject({ steps: [{ title: text }] })
        expect(json).not.toMatch(/[\0\u202e]/)
      }),
      { numRuns: tries(200), seed: 4 },
    )
  })

  test('a template escapes what it is given, and takes only its own markup', () => {
    expect(html`<p title="${'"x'}">${'<b>'}${html`<i>${'&'}</i>`}${[html`1`, html`2`]}</p>`.markup).toBe(
      '<p title="&quot;x">&lt;b&gt;<i>&amp;</i>12</p>',
    )
  })
})
