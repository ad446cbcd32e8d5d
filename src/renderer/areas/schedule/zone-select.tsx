import { Select } from '../../ui/kit.ts'
import { zoneChoices } from './model/schedule-words.ts'

interface Props {
  readonly value: string
  readonly onChange: (zone: string) => void
}

export function ZoneSelect({ value, onChange }: Props) {
  return (
    <Select
      label="Meant in"
      description="A zone; summer time is followed"
      searchable
      data={[...zoneChoices(value)]}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
    />
  )
}
