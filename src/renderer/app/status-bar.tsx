import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { AuditStatus } from '../../shared/contract/audit.ts'
import type { VaultStatus } from '../../shared/contract/vault.ts'
import { countOf } from '../../shared/domain/size-words.ts'
import { useDesk } from '../lib/client.tsx'
import { hashGroups } from '../ui/hash.tsx'
import * as Icon from '../ui/icons.tsx'
import { useNow } from '../ui/now.ts'
import { Glyph } from '../ui/status.tsx'
import s from './shell.module.css'

/** What stands behind everything: the audit chain, the vault, whom the program talks to, and the time in UTC. */
export function StatusBar() {
  const desk = useDesk()
  const { data: audit } = useQuery(desk.audit.status.queryOptions())
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const { data: info } = useQuery(desk.host.info.queryOptions())
  return (
    <footer className={s['foot']}>
      {audit && <AuditPart audit={audit} />}
      {vault && (
        <Link to="/settings" className={s['f']}>
          <Icon.Key size={13} /> {vaultWords(vault)}
        </Link>
      )}
      {info && (
        <span className={s['f']}>
          <Icon.Plug size={13} />
          {info.targets === 0
            ? 'Talks to nothing yet'
            : `Talks to ${countOf(info.targets, 'configured target')} and nothing else`}
        </span>
      )}
      <Clock />
    </footer>
  )
}

function AuditPart({ audit }: { readonly audit: AuditStatus }) {
  const isWrong = audit.broken !== null || audit.cannotWrite !== null
  return (
    <Link to="/activity/audit" className={s['f']} data-tone={isWrong ? 'bad' : undefined}>
      {isWrong ? <Glyph tone="bad" size={12} decorative /> : <Icon.ShieldCheck size={13} />}
      {audit.broken !== null
        ? `Audit chain broken at entry ${audit.broken.seq}`
        : audit.cannotWrite !== null
          ? 'Audit chain cannot be written: nothing is changed'
          : `Audit chain ${countOf(audit.entries, 'entry', 'entries')}`}
      {audit.head !== null && audit.broken === null && (
        <>
          , head <code>{hashGroups(audit.head.slice(0, 8))}</code>
        </>
      )}
      {audit.checkedAt !== null && <i>checked {audit.checkedAt.slice(11, 16)}</i>}
    </Link>
  )
}

export function vaultWords(vault: VaultStatus): string {
  const place = vault.backend === 'sealedFile' ? 'a sealed file' : (vault.name ?? 'the keychain')
  switch (vault.state) {
    case 'none':
      return 'No place for secrets chosen yet'
    case 'locked':
      return `Secrets in ${place}, locked`
    case 'open':
      return `Secrets in ${place}, unlocked`
    case 'unavailable':
      return `Secrets in ${place}, which does not answer`
  }
}

const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone

function Clock() {
  const now = new Date(useNow(1_000))
  const zone = localZone.split('/').at(-1)?.replaceAll('_', ' ') ?? localZone
  const day = now.toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const local = now.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return (
    <span className={s['clock']}>
      <b>{now.toISOString().slice(11, 19)} UTC</b> <span>{day.replace(',', '')}</span>
      {localZone !== 'UTC' && (
        <i>
          {local} {zone}
        </i>
      )}
    </span>
  )
}
