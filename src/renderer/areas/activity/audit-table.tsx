import { useState } from 'react'
import type { AuditEntry } from '../../../shared/contract/audit.ts'
import { Facts, frame } from '../../ui/frame.tsx'
import { Hash } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { UnstyledButton } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Moment, utcWords } from '../../ui/time.tsx'
import { factsText } from './audit-columns.ts'
import s from './audit.module.css'

/** Entries of the audit chain, newest first; each opens to all that it holds. */
export function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const [open, setOpen] = useState<number | null>(null)
  return (
    <table className={`${frame.table} ${s['table']}`} aria-label="Audit entries">
      <thead>
        <tr>
          <th scope="col" className={s['seq']}>
            Entry
          </th>
          <th scope="col" className={s['when']}>
            When
          </th>
          <th scope="col" className={s['action']}>
            What
          </th>
          <th scope="col" className={s['subject']}>
            Subject
          </th>
          <th scope="col">Facts</th>
          <th scope="col" className={s['actor']}>
            By
          </th>
          <th scope="col" className={s['hash']}>
            Hash
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Entry
            key={entry.seq}
            entry={entry}
            isOpen={open === entry.seq}
            onToggle={() => setOpen(open === entry.seq ? null : entry.seq)}
          />
        ))}
      </tbody>
    </table>
  )
}

interface EntryProps {
  readonly entry: AuditEntry
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function Entry({ entry, isOpen, onToggle }: EntryProps) {
  const { seq, at, action, subject, actor, hash } = entry
  return (
    <>
      <tr data-open={isOpen || undefined}>
        <td>
          <UnstyledButton className={s['toggle']} aria-expanded={isOpen} onClick={onToggle}>
            {isOpen ? <Icon.ChevronDown size={12} /> : <Icon.ChevronRight size={12} />}
            {seq}
          </UnstyledButton>
        </td>
        <td>
          <Moment at={at} />
        </td>
        <td className={s['cut']}>{action}</td>
        <td className={s['cut']}>
          <Printable text={subject} />
        </td>
        <td className={s['cut']}>
          <Printable text={factsText(entry)} />
        </td>
        <td className={s['cut']}>
          <Printable text={actor} />
        </td>
        <td>
          <Hash value={hash} />
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7} className={s['whole']}>
            <EntryFacts entry={entry} />
          </td>
        </tr>
      )}
    </>
  )
}

function EntryFacts({
  entry: { at, actor, subject, facts, reason, hash, previous },
}: {
  readonly entry: AuditEntry
}) {
  return (
    <Facts
      of={[
        ['When', utcWords(at)],
        ['By', <Printable key="by" text={actor} />],
        ['Subject', <Printable key="subject" text={subject} />],
        ...facts.map(
          ({ name, value }, place) =>
            [name, <Printable key={`fact ${place}`} text={value === '' ? 'none' : value} />] as const,
        ),
        ...(reason === null ? [] : ([['Reason', <Printable key="reason" text={reason} />]] as const)),
        ['Hash', <Hash key="hash" value={hash} show={64} />],
        ['Entry before', <Hash key="previous" value={previous} show={64} />],
      ]}
    />
  )
}
