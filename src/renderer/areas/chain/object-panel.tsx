import { useEffect, useRef, type ReactNode } from 'react'
import type { StoreRow } from '../../../shared/contract/backups.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { askObject, useObjectAsked } from '../../app/object-request.ts'
import { Button, UnstyledButton } from '../../ui/kit.ts'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { ShieldCheck } from '../../ui/icons.tsx'
import { BackupId, Hash } from '../../ui/hash.tsx'
import { useHint } from '../../ui/hint.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { countOf, countWords, bytesWords } from '../../../shared/domain/size-words.ts'
import { dayText } from './model/day-words.ts'
import { blastRadius } from './model/blast-radius.ts'
import type { ChainBackup, ChainIndex, ChainObject } from './model/chain-index.ts'
import { lostObjects } from './model/map-facts.ts'
import { stateWords } from './model/row-words.ts'
import { headline, newBackupWords, whatStands } from './model/sentences.ts'
import s from './object-panel.module.css'

export const stateTones = {
  intact: 'good',
  neverRead: 'unknown',
  damaged: 'bad',
  missing: 'bad',
  warning: 'warn',
  notOpened: 'warn',
} as const satisfies Record<ChainObject['state'], string>

interface ObjectPanelProps {
  readonly system: SystemName
  readonly index: ChainIndex
  readonly at: number
  readonly nowMs: number
  /** As one of its backups tells of it; null while that is asked. */
  readonly detail: StoreRow | null
  readonly onVerify: (backup: ChainBackup) => void
  readonly onOpenBackup: (backup: ChainBackup) => void
  readonly twin: ReactNode
}

/** One object: what hangs on it, what stands without it, and what can be done. */
export function ObjectPanel(props: ObjectPanelProps) {
  const { system, index, at, nowMs, detail, onVerify, onOpenBackup, twin } = props
  const radius = blastRadius(index, at, nowMs)
  const panel = useRef<HTMLElement>(null)
  const isAsked = useObjectAsked()
  useEffect(() => {
    if (!isAsked || panel.current === null) return
    panel.current.focus()
    askObject(false)
  }, [isAsked])
  if (radius === null) return null
  const { backups, stores } = index.chain
  const { object, users, anchor, holderKnown } = radius.holding
  const [newest, standing] = [backups[users[0] ?? -1], backups[anchor ?? -1]]
  const newBackup = newBackupWords(radius, index, system, nowMs)
  return (
    <aside ref={panel} tabIndex={-1} className={s['panel']} aria-label="Selected object">
      <h2 className={s['head']} data-lost={radius.isLost || undefined}>
        {headline(radius)}
      </h2>
      <p className={s['object']}>
        <Glyph tone={stateTones[object.state]} size={13} />
        <code>
          <Printable text={object.key} />
        </code>
      </p>
      <div className={s['facts']}>
        <Facts
          of={[
            [
              'State',
              <Printable key="s" text={`${stores[object.store] ?? ''}, ${stateWords[object.state]}`} />,
            ],
            ['Proved', <Ladder key="l" reached={object.level} failedAt={detail?.failedAt ?? undefined} />],
            ['Size', object.sizeBytes === null ? 'not known' : bytesWords(object.sizeBytes)],
            [
              'Held by',
              <span key="h">
                {standing && holderKnown ? (
                  <DayLink backup={standing} nowMs={nowMs} onOpen={onOpenBackup} />
                ) : (
                  <Printable text={`${object.holder}, which is gone`} />
                )}
                {newest && newest !== standing && (
                  <>
                    , used to <DayLink backup={newest} nowMs={nowMs} onOpen={onOpenBackup} />
                  </>
                )}
              </span>,
            ],
            ['Last read', object.verifiedAt === null ? 'never' : <Age key="a" at={object.verifiedAt} ago />],
            ...(detail?.sha256
              ? ([['Read hash', <Hash key="r" value={detail.sha256} show={16} />]] as const)
              : []),
            ...(detail?.plainSha256
              ? ([['Plain hash', <Hash key="p" value={detail.plainSha256} show={16} />]] as const)
              : []),
          ]}
        />
      </div>
      {detail?.findings.map((finding) => (
        <p key={finding.code + finding.message} className={s['p']}>
          <Sentence text={finding.message} /> <code>{finding.code}</code>
        </p>
      ))}

      <Section>{radius.isLost ? 'What still stands' : 'What would stand without it'}</Section>
      {whatStands(radius, index, nowMs).map((sentence) => (
        <p key={sentence} className={s['p']}>
          <Printable text={sentence} />
        </p>
      ))}
      {newBackup && (
        <>
          <Section>{newBackup.title}</Section>
          <p className={s['p']}>
            <Printable text={newBackup.text} />
          </p>
        </>
      )}
      {standing && (
        <>
          <div className={s['act']}>
            <Button leftSection={<ShieldCheck size={14} />} onClick={() => onVerify(standing)}>
              Read it again…
            </Button>
          </div>
          <p className={s['small']}>
            {readsWords(new Set(standing.holds.filter((held) => held !== null)).size)} of the backup of{' '}
            {dayOf(standing, nowMs)}. What it costs is shown first.
          </p>
        </>
      )}
      <div className={s['twin']}>{twin}</div>
    </aside>
  )
}

interface DayLinkProps {
  readonly backup: ChainBackup
  readonly nowMs: number
  readonly onOpen: (backup: ChainBackup) => void
}

function DayLink({ backup, nowMs, onOpen }: DayLinkProps) {
  const { target, hint } = useHint(<BackupId id={backup.backupId} />)
  return (
    <>
      <UnstyledButton {...target} className={frame.link} onClick={() => onOpen(backup)}>
        {dayOf(backup, nowMs)}
      </UnstyledButton>
      {hint}
    </>
  )
}

/** What stands beside the map while nothing is selected: what is lost, worst first, or how to go on. */
export function NothingSelected({
  index,
  onSelect,
}: {
  readonly index: ChainIndex
  readonly onSelect: (at: number) => void
}) {
  const lost = lostObjects(index.chain)
  const shown = lost.slice(0, 30)
  return (
    <aside className={s['panel']} aria-label="Selected object">
      <h2 className={s['head']} data-lost={lost.length > 0 || undefined}>
        {lost.length === 0
          ? 'No object is known to be damaged or gone.'
          : `${lost.length === 1 ? '1 object is' : `${countWords(lost.length)} objects are`} damaged or gone.`}
      </h2>
      {shown.length > 0 && (
        <ul className={s['list']}>
          {shown.map((at) => {
            const object = index.chain.objects[at]
            return (
              object && (
                <li key={object.key}>
                  <UnstyledButton onClick={() => onSelect(at)}>
                    <Glyph tone={stateTones[object.state]} size={12} />
                    <span>
                      <Printable
                        text={`${index.chain.stores[object.store] ?? ''}, ${stateWords[object.state]}`}
                      />
                    </span>
                    <span>{countOf(object.users, 'backup')}</span>
                  </UnstyledButton>
                </li>
              )
            )
          })}
        </ul>
      )}
      {lost.length > shown.length && (
        <p className={s['small']}>And {countWords(lost.length - shown.length)} more.</p>
      )}
      <p className={s['p']}>
        Choose an object to see which backups die with it, what still stands, and whether a new backup helps.
      </p>
    </aside>
  )
}

function readsWords(objects: number): string {
  return objects === 1 ? 'Reads the one object' : `Reads all ${countWords(objects)} objects`
}

function dayOf({ createdAt, backupId }: ChainBackup, nowMs: number): string {
  return createdAt === null ? printable(backupId) : dayText(createdAt, nowMs)
}
