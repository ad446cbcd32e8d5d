import { describe, expect, it } from 'vitest'
import type { AuditEvent, AuditLog } from '../../src/main/ports/audit-log.ts'

export interface AuditLogCase {
  readonly audit: AuditLog
  /** From now on nothing can be written, until what it returns is called. */
  readonly refuse: () => Promise<() => Promise<void>>
}

const event = (action: string, subject = 'kiok-prod'): AuditEvent => ({ action, subject, facts: [] })

/** What every audit log promises. */
export function auditLogSuite(name: string, open: () => Promise<AuditLogCase>): void {
  describe(`${name} keeps an audit chain`, () => {
    it('gives each entry the next number and the hash of the one before it', async () => {
      const { audit } = await open()
      const first = await audit.append(event('cluster.added'))
      const second = await audit.append({
        ...event('cluster.removed'),
        facts: [{ name: 'system', value: 'kiok' }],
        reason: 'moved away',
      })
      expect(second).toMatchObject({
        seq: first.seq + 1,
        previous: first.hash,
        action: 'cluster.removed',
        subject: 'kiok-prod',
        facts: [{ name: 'system', value: 'kiok' }],
        reason: 'moved away',
      })
      expect(first.reason).toBeNull()
      expect(await audit.status()).toMatchObject({ entries: second.seq, head: second.hash, broken: null })
    })

    it('makes one chain of entries that come at once', async () => {
      const { audit } = await open()
      const appended = await Promise.all(
        Array.from({ length: 20 }, (_, index) => audit.append(event(`e${index}`))),
      )
      const sorted = appended.toSorted((a, b) => a.seq - b.seq)
      sorted.slice(1).forEach((entry, index) => expect(entry.previous).toBe(sorted[index]?.hash))
      expect(await audit.verify()).toMatchObject({ broken: null, entries: sorted.at(-1)?.seq })
    })

    it('writes several entries in one step', async () => {
      const { audit } = await open()
      await audit.appendAll([event('one'), event('two'), event('three')])
      const { entries } = await audit.list({ limit: 3 })
      expect(entries.map(({ action }) => action)).toEqual(['three', 'two', 'one'])
    })

    it('lists newest first, in pages, and says whether there are older ones', async () => {
      const { audit } = await open()
      for (const action of ['one', 'two', 'three', 'four']) await audit.append(event(action))
      const page = await audit.list({ limit: 2 })
      expect(page.entries.map(({ action }) => action)).toEqual(['four', 'three'])
      expect(page.more).toBe(true)
      const rest = await audit.list({ limit: 500, before: page.entries[1]?.seq })
      expect(rest.entries.map(({ action }) => action).slice(0, 2)).toEqual(['two', 'one'])
      expect(rest.more).toBe(false)
    })

    it('finds entries by action, subject, actor and facts', async () => {
      const { audit } = await open()
      await audit.append(event('secret.used', 'kiok-prod'))
      await audit.append({ ...event('backup.judged'), facts: [{ name: 'verdict', value: 'worst' }] })
      await audit.append(event('cluster.added', 'chango-eu'))
      const found = async (find: string): Promise<readonly string[]> =>
        (await audit.list({ limit: 10, find })).entries.map(({ action }) => action)
      expect(await found('secret.')).toEqual(['secret.used'])
      expect(await found('verdict')).toEqual(['backup.judged'])
      // No word that the hexadecimal id of a chain may hold.
      expect(await found('worst')).toEqual(['backup.judged'])
      expect(await found('chango-eu')).toEqual(['cluster.added'])
      expect(await found('nothing has this')).toEqual([])
    })

    it('exports whole lines, oldest first', async () => {
      const { audit } = await open()
      await audit.appendAll([event('one', 'a\n{"seq":9}'), event('two', '\u2028\ud800')])
      let text = ''
      for await (const piece of audit.export()) text += piece
      expect(text.endsWith('\n')).toBe(true)
      const lines = text.trimEnd().split('\n')
      const { entries } = await audit.list({ limit: 500 })
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual(entries.toReversed())
    })

    it('refuses an entry that cannot be written, and says beforehand that it could not', async () => {
      const { audit, refuse } = await open()
      await audit.append(event('one'))
      const allow = await refuse()
      expect((await audit.status()).cannotWrite).not.toBeNull()
      await expect(audit.append(event('two'))).rejects.toMatchObject({ code: 'audit.cannotWrite' })
      await expect(audit.appendAll([event('three')])).rejects.toMatchObject({ code: 'audit.cannotWrite' })
      await allow()
      expect((await audit.status()).cannotWrite).toBeNull()
      await audit.append(event('four'))
      const { entries } = await audit.list({ limit: 2 })
      expect(entries.map(({ action }) => action)).toEqual(['four', 'one'])
    })
  })
}
