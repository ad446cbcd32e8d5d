import type { SystemName } from '../../../shared/domain/system-name.ts'
import s from './add.module.css'

const systems = [
  ['kiok', '5 stores, incremental'],
  ['chango', 'one archive a run'],
  ['kiseki', 'one tar a snapshot'],
  ['armada', 'one file a table'],
  ['kindling', 'database and volumes'],
] as const satisfies readonly (readonly [SystemName, string])[]

interface Props {
  readonly value: SystemName
  readonly onChange: (system: SystemName) => void
}

export function SystemChoice({ value, onChange }: Props) {
  return (
    <div className={s['systems']} role="radiogroup" aria-label="System">
      {systems.map(([name, note]) => (
        <label key={name} className={s['system']}>
          <input
            type="radio"
            name="system"
            className="vh"
            checked={value === name}
            onChange={() => onChange(name)}
          />
          <b>{name}</b>
          <small>{note}</small>
        </label>
      ))}
    </div>
  )
}
