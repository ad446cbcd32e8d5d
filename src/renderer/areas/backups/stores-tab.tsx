import type { ReactNode } from 'react'
import type { Backup, StoreRow } from '../../../shared/contract/backups.ts'
import { findingLeads } from '../../../shared/domain/finding-words.ts'
import { levelWords } from '../../../shared/domain/level.ts'
import { bytesWords, countWords } from '../../../shared/domain/size-words.ts'
import { CheckLine } from '../../ui/check-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { BackupId, Hash } from '../../ui/hash.tsx'
import { useHint } from '../../ui/hint.tsx'
import { Ladder, ladderText } from '../../ui/ladder.tsx'
import { UnstyledButton } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { stateWords } from '../chain/model/row-words.ts'
import { stateTones } from '../chain/object-panel.tsx'
import { StoreHashes } from './store-hashes.tsx'
import { findingCounts, proofLines } from './model/backup-words.ts'
import { mostStores, shownStores } from './model/shown-stores.ts'
import s from './pane.module.css'

interface StoresTabProps {
  readonly backup: Backup
  /** How far back a holder lies, in words; null where it is not among the backups. */
  readonly backWords: (holder: string) => { readonly day: string; readonly back: string } | null
  readonly onOpenBackup: (backupId: string) => void
  readonly chainLink: (key: string) => ReactNode
  readonly onReadAgain: () => void
}

export function StoresTab({ backup, backWords, onOpenBackup, chainLink, onReadAgain }: StoresTabProps) {
  const shown = shownStores(backup.stores)
  const findings = [
    ...backup.stores.flatMap((store) => store.findings.map((finding) => ({ finding, store }))),
    ...backup.findings.map((finding) => ({ finding, store: null })),
  ]
  return (
    <>
      <table className={`${frame.table} ${s['stores']}`} aria-label="Stores of this backup">
        <thead>
          <tr>
            <th scope="col">Store</th>
            <th scope="col">Plain SHA-256</th>
            <th scope="col" data-r>
              Size
            </th>
            <th scope="col">Held by</th>
            <th scope="col">Reached</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((store) => (
            <tr key={store.store}>
              <td>
                <span className={s['store']} title={store.store}>
                  <Glyph tone={stateTones[store.state]} size={12} title={stateWords[store.state]} />
                  <Printable text={store.store} />
                </span>
              </td>
              <td>
                <PlainHash store={store} />
              </td>
              <td data-r>{store.sizeBytes === null ? 'not known' : bytesWords(store.sizeBytes)}</td>
              <td>
                <Holder store={store} backWords={backWords} onOpen={onOpenBackup} />
              </td>
              <td>
                <Ladder
                  reached={store.state === 'neverRead' && store.verifiedAt === null ? null : store.level}
                  failedAt={store.failedAt}
                  notProvable={store.notProvable.map(({ level }) => level)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < backup.stores.length && (
        <p className={s['note']}>
          {shown.length} of {countWords(backup.stores.length)} stores are shown, those with a finding first.
          Copied or saved, the table has all of them.
        </p>
      )}
      <div className={s['copy']}>
        <CopyTable
          name="stores"
          rows={backup.stores}
          columns={[
            { head: 'Store', text: ({ store }) => store },
            { head: 'Object', text: ({ key }) => key },
            { head: 'Plain SHA-256', text: ({ plainSha256 }) => plainSha256 ?? '' },
            { head: 'SHA-256 as stored', text: ({ sha256 }) => sha256 ?? '' },
            { head: 'Bytes', text: ({ sizeBytes }) => (sizeBytes === null ? '' : String(sizeBytes)) },
            { head: 'Held by', text: ({ holder }) => holder },
            { head: 'Reached', text: ({ level, failedAt }) => ladderText(level, failedAt) },
          ]}
        />
      </div>

      {findings.length > 0 && (
        <>
          <Section note={findingCounts(findings.map(({ finding }) => finding))}>Findings</Section>
          {findings.slice(0, mostStores).map(({ finding, store }) => (
            <div key={`${store?.key ?? ''} ${finding.code} ${finding.message}`} className={s['find']}>
              <Glyph tone={finding.severity === 'error' ? 'bad' : 'warn'} size={14} />
              <div>
                <p>
                  <b>{findingLeads[finding.code]}</b> <Sentence text={finding.message} />
                </p>
                <p>
                  <code>{finding.code}</code>
                  {store?.verifiedAt && (
                    <>
                      {' '}
                      found <Age at={store.verifiedAt} ago />
                    </>
                  )}
                  {store !== null && store.users > 1 && `, ${store.users - 1} other backups share the object`}
                </p>
                {store !== null && (
                  <div className={s['fix']}>
                    {chainLink(store.key)}
                    <UnstyledButton className={frame.link} onClick={onReadAgain}>
                      Read it again…
                    </UnstyledButton>
                  </div>
                )}
              </div>
            </div>
          ))}
        </>
      )}

      <StoreHashes stores={backup.stores} shown={shown} />

      <Section>Proof</Section>
      <ul className={s['proofs']}>
        {proofLines(shown, levelWords).map(({ tone, text, evidence, at }) => (
          <CheckLine
            key={text}
            tone={tone}
            {...(evidence !== null && { evidence: <Sentence text={evidence} /> })}
            {...(at !== null && { at: <Age at={at} ago /> })}
          >
            <Printable text={text} />
          </CheckLine>
        ))}
      </ul>
    </>
  )
}

function PlainHash({ store: { plainSha256, state } }: { readonly store: StoreRow }) {
  if (plainSha256 === null) return <span className={s['dim']}>not read</span>
  return <Hash value={plainSha256} {...(state === 'damaged' && { tone: 'bad' as const })} />
}

interface HolderProps {
  readonly store: StoreRow
  readonly backWords: StoresTabProps['backWords']
  readonly onOpen: (backupId: string) => void
}

function Holder({ store, backWords, onOpen }: HolderProps) {
  const { target, hint } = useHint(<BackupId id={store.holder} />)
  if (store.heldByItself) return <span className={s['dim']}>this backup</span>
  const words = backWords(store.holder)
  if (words === null)
    return (
      <span className={s['holder']}>
        <Printable text={store.holder} />, gone
      </span>
    )
  return (
    <>
      <UnstyledButton {...target} className={frame.link} onClick={() => onOpen(store.holder)}>
        <Printable text={words.day} />
        <span className={s['back']}>, {words.back}</span>
      </UnstyledButton>
      {hint}
    </>
  )
}
