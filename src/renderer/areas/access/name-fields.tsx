import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { atLeast, isBelow } from '../../../shared/domain/cluster-mode.ts'
import { usePolicy } from '../../lib/use-policy.ts'
import { NumberInput, SegmentedControl, TextInput } from '../../ui/kit.ts'
import s from './access.module.css'

export interface NameDraft {
  /** Null: not typed, a name is suggested. */
  readonly name: string | null
  readonly rpoMs: number | null
  readonly rtoMs: number | null
  readonly mode: Cluster['mode']
}

const hourMs = 3_600_000
const minuteMs = 60_000

export const noName: NameDraft = { name: null, rpoMs: 24 * hourMs, rtoMs: null, mode: 'normal' }

/** The last part of where it lies, as people name things. */
export function suggestedName(address: RepositoryAddress): string {
  const path = address.kind === 's3' ? address.prefix : address.folder
  const part = path.split('/').findLast((each) => each !== '' && !/^backups?$/i.test(each))
  if (part !== undefined) return part
  switch (address.kind) {
    case 's3':
      return address.bucket.replace(/-backups?$/, '')
    case 'sftp':
      return address.host.split('.')[0] ?? ''
    case 'file':
      return ''
  }
}

const modes = [
  { value: 'normal', label: 'Normal' },
  { value: 'protected', label: 'Protected' },
  { value: 'readOnly', label: 'Read-only' },
] as const

const modeNotes: Readonly<Record<Cluster['mode'], string>> = {
  normal: 'Normal: a restore asks for the typed name.',
  protected: 'Protected: a change needs a reason and the typed name.',
  readOnly: 'Read-only: nothing of it is restored, and nothing writes to it.',
}

interface Props {
  readonly draft: NameDraft
  readonly onChange: (draft: NameDraft) => void
}

export function NameFields({ draft, onChange }: Props) {
  const least = usePolicy()?.leastMode ?? 'normal'
  const mode = atLeast(draft.mode, least)
  return (
    <>
      <div className={s['three']}>
        <TextInput
          label="Name"
          description="You type it to confirm a restore"
          value={draft.name ?? ''}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
          autoComplete="off"
        />
        <NumberInput
          label="Newest backup within"
          description="Older is overdue"
          suffix=" h"
          min={0.1}
          hideControls
          value={draft.rpoMs === null ? '' : draft.rpoMs / hourMs}
          onChange={(value) => onChange({ ...draft, rpoMs: msOf(value, hourMs) })}
        />
        <NumberInput
          label="Restore within"
          description="Optional"
          suffix=" m"
          min={1}
          hideControls
          value={draft.rtoMs === null ? '' : draft.rtoMs / minuteMs}
          onChange={(value) => onChange({ ...draft, rtoMs: msOf(value, minuteMs) })}
        />
      </div>
      <div className={s['modes']}>
        <span>Kind</span>
        <SegmentedControl
          aria-label="Kind"
          data={modes.map((each) => ({ ...each, disabled: isBelow(each.value, least) }))}
          value={mode}
          onChange={(value) => {
            const chosen = modes.find((each) => each.value === value)
            if (chosen) onChange({ ...draft, mode: chosen.value })
          }}
        />
        <small>
          {modeNotes[mode]}
          {least !== 'normal' && ' The administrator of this computer allows no less.'}
        </small>
      </div>
    </>
  )
}

/** A minute is the least that a target can be. */
function msOf(value: number | string, unitMs: number): number | null {
  const ms = Math.round(Number(value) * unitMs)
  return value === '' || !Number.isFinite(ms) || ms < minuteMs ? null : ms
}
