import type { DrillCost } from '../../../shared/contract/drills.ts'
import { revealed } from '../../../shared/domain/printable.ts'
import { TextInput } from '../../ui/kit.ts'
import type { Place } from './model/drill-place.ts'
import s from './drills.module.css'

/** Where a drill restores: a folder of this computer, or of a host where the tool of the system is. */
export function DrillPlace({
  cost: { onHost, usualFolder },
  place,
  onChange,
}: {
  readonly cost: Pick<DrillCost, 'onHost' | 'usualFolder'>
  readonly place: Place
  readonly onChange: (place: Place) => void
}) {
  const folder = (
    <TextInput
      label="Folder for the scratch folder"
      description={
        onHost === null
          ? 'An absolute path of this computer; nothing else may live there.'
          : 'An absolute path of that host, where the user of PostgreSQL may write.'
      }
      placeholder={onHost === null ? usualFolder : '/srv/drills'}
      value={place.folder}
      onChange={(event) => onChange({ ...place, folder: event.currentTarget.value })}
    />
  )
  if (onHost === null) return folder
  return (
    <div className={s['place']}>
      <TextInput
        label="Host"
        description="It has pgBackRest with the stanza, and PostgreSQL of the same version."
        placeholder={onHost.usual}
        value={place.host}
        onChange={(event) => onChange({ ...place, host: event.currentTarget.value })}
      />
      {folder}
      <TextInput
        label={`Type ${revealed(onHost.confirm)}`}
        description="Where that host serves the cluster: the drill takes its disk and its memory meanwhile."
        autoComplete="off"
        spellCheck={false}
        value={place.typed}
        onChange={(event) => onChange({ ...place, typed: event.currentTarget.value })}
      />
    </div>
  )
}
