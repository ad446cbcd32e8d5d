import { Link } from '@tanstack/react-router'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { CopyTable, type TextColumn } from '../../ui/copy-table.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { RowTime, utcWords } from '../../ui/time.tsx'
import { evidenceOf, type EvidenceEntry } from './model/run-words.ts'
import s from './evidence.module.css'

const text: readonly TextColumn<EvidenceEntry>[] = [
  { head: 'When', text: ({ at }) => (at === null ? '' : utcWords(at)) },
  { head: 'Step', text: ({ number, step }) => `${number}. ${step}` },
  { head: 'What', text: ({ name }) => name },
  { head: 'Found', text: ({ value }) => value },
  { head: 'By', text: ({ by }) => by ?? '' },
]

/** What was found and kept, newest first. */
export function Evidence({ run }: { readonly run: Run }) {
  const entries = evidenceOf(run)
  return (
    <>
      <Section
        note={countOf(entries.length, 'entry', 'entries')}
        end={<CopyTable name="evidence" columns={text} rows={entries} />}
      >
        Evidence
      </Section>
      {entries.length === 0 && <p className={s['none']}>Nothing yet: each step leaves here what it found.</p>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too */}
      <ol className={s['evidenceList']} tabIndex={0} aria-label="Evidence, newest first">
        {entries.map(({ number, step, name, value, at }, place) => (
          <li key={place} title={`Step ${number}. ${step}`}>
            <span>
              <span className="vh">{`Step ${number}. ${step}: `}</span>
              {name}
            </span>
            {at !== null && <RowTime at={at}>{at.slice(11, 19)}</RowTime>}
            <code>
              <Sentence text={value} />
            </code>
          </li>
        ))}
      </ol>
      <p className={s['chain']}>
        <Icon.Chain size={13} /> Each step is an entry of the audit chain too.{' '}
        <Link className={frame.link} to="/activity/audit" search={{ find: run.id }}>
          Show them
        </Link>
      </p>
    </>
  )
}
