import { useQuery } from '@tanstack/react-query'
import type { RestoreTargetEntry } from '../../../shared/contract/restore.ts'
import { useDesk } from '../../lib/client.tsx'
import { Section } from '../../ui/frame.tsx'
import { TextInput, UnstyledButton } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { targetFault } from './draft.ts'
import s from './restore.module.css'

interface Props {
  readonly clusterId: string
  readonly value: string
  readonly onChange: (targetDir: string) => void
}

/** So many earlier folders are offered. */
const offered = 4

/** Where the backup is put: typed, or one of the folders of earlier restores. */
export function TargetFolder({ clusterId, value, onChange }: Props) {
  const { data: targets = [] } = useQuery(useDesk().restore.targets.queryOptions())
  const fault = targetFault(value)
  // Those of this cluster first; each group as it came, newest first.
  const earlier = targets
    .toSorted((a, b) => Number(b.clusterId === clusterId) - Number(a.clusterId === clusterId))
    .slice(0, offered)
  const chosen = targets.find(({ dir }) => dir === value)
  return (
    <>
      <Section note="on this computer, or on a host over SSH">Target folder</Section>
      <div className={s['target']}>
        <TextInput
          label="Path"
          placeholder="/srv/restore or ssh://user@host/srv/restore"
          value={value}
          // What is pasted often brings spaces along; one within a path, or about to be, stays.
          onChange={(event) => onChange(event.currentTarget.value.trimStart())}
          onBlur={() => value !== value.trim() && onChange(value.trim())}
          error={value !== '' && fault}
          description="A new or empty folder is safest. In the data folder of a stopped master, what stands under the stores’ names is kept aside; everything else stays as it is. On a host, ssh+sudo:// works as root; its key must be known, and nothing is installed there."
          spellCheck={false}
          autoComplete="off"
        />
        {chosen?.unfinished === true && (
          <p className={s['advice']}>
            <Glyph tone="warn" size={13} decorative /> A restore there was cut short; this run first finishes
            or undoes it.
          </p>
        )}
        {earlier.length > 0 && (
          <ul className={s['earlier']} aria-label="Folders of earlier restores">
            {earlier.map((target) => (
              <Earlier key={target.dir} target={target} onPick={() => onChange(target.dir)} />
            ))}
          </ul>
        )}
      </div>
    </>
  )
}

function Earlier({
  target: { dir, usedAt, canRollBack, unfinished },
  onPick,
}: {
  readonly target: RestoreTargetEntry
  readonly onPick: () => void
}) {
  return (
    <li>
      <UnstyledButton className={s['pick']} onClick={onPick}>
        <Printable text={dir} />
      </UnstyledButton>
      <span>
        used <Age at={usedAt} ago />
        {unfinished ? ', cut short' : canRollBack ? ', can be rolled back' : ''}
      </span>
    </li>
  )
}
