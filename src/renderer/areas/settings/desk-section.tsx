import { useState } from 'react'
import type { LockableSetting } from '../../../shared/contract/policy.ts'
import { usePolicy } from '../../lib/use-policy.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Section } from '../../ui/frame.tsx'
import { NumberInput } from '../../ui/kit.ts'
import { settingsCommand } from './commands.ts'
import { Line } from './line.tsx'
import { useSettings } from './use-settings.ts'
import s from './settings.module.css'

const megabyte = 1_000_000

/** How the console works by itself. */
export function DeskSection() {
  const { settings, set } = useSettings()
  const locked = usePolicy()?.locked
  if (settings === undefined) return null
  const isLocked = (name: LockableSetting): boolean => locked?.includes(name) === true
  const noteOf = (name: LockableSetting, note: string): string =>
    isLocked(name) ? 'Locked by the administrator of this computer' : note
  return (
    <>
      <Section>Looking and reading</Section>
      <div className={s['lines']}>
        <Line
          name="Look at repositories"
          note={noteOf('lookEveryMinutes', 'What is new there; no object is read')}
        >
          <Figure
            isLocked={isLocked('lookEveryMinutes')}
            label="Look at repositories every"
            suffix=" m"
            value={settings.lookEveryMinutes}
            range={[1, 1440]}
            onSet={(value) => value !== null && set({ lookEveryMinutes: value })}
          />
        </Line>
        <Line
          name="Proof is old after"
          note={noteOf('reverifyAfterDays', 'Older proof is shown as old and asks for a verification')}
        >
          <Figure
            isLocked={isLocked('reverifyAfterDays')}
            label="Proof is old after"
            suffix=" d"
            value={settings.reverifyAfterDays}
            range={[1, 3650]}
            onSet={(value) => value !== null && set({ reverifyAfterDays: value })}
          />
        </Line>
        <Line
          name="A drill is old after"
          note={noteOf('drillAfterDays', 'A cluster whose last drill is older asks for one')}
        >
          <Figure
            isLocked={isLocked('drillAfterDays')}
            label="A drill is old after"
            suffix=" d"
            value={settings.drillAfterDays}
            range={[1, 3650]}
            onSet={(value) => value !== null && set({ drillAfterDays: value })}
          />
        </Line>
        <Line
          name="Read at most"
          note={noteOf('maxBytesPerSecond', 'Of all jobs together; empty: as fast as it goes')}
        >
          <Figure
            isLocked={isLocked('maxBytesPerSecond')}
            label="Read at most"
            suffix=" MB/s"
            value={settings.maxBytesPerSecond === null ? null : settings.maxBytesPerSecond / megabyte}
            range={[1, 100_000]}
            onSet={(value) => set({ maxBytesPerSecond: value === null ? null : value * megabyte })}
          />
        </Line>
        <Line
          name="Workers"
          note={noteOf('workers', 'Threads that hash and decrypt; empty: as many as there are cores')}
        >
          <Figure
            isLocked={isLocked('workers')}
            label="Workers"
            suffix=""
            value={settings.workers}
            range={[1, 99]}
            onSet={(value) => set({ workers: value })}
          />
        </Line>
        <Line name="Sealed file locks" note={noteOf('autoLockMinutes', 'Without use')}>
          <Figure
            isLocked={isLocked('autoLockMinutes')}
            label="Sealed file locks after"
            suffix=" m"
            value={settings.autoLockMinutes}
            range={[1, 1440]}
            onSet={(value) => value !== null && set({ autoLockMinutes: value })}
          />
        </Line>
      </div>
      <CommandLine apart command={settingsCommand(settings)} />
    </>
  )
}

interface FigureProps {
  readonly isLocked: boolean
  readonly label: string
  readonly suffix: string
  readonly value: number | null
  readonly range: readonly [number, number]
  readonly onSet: (value: number | null) => void
}

/** Kept once it is left or Enter is pressed, not at each digit. */
function Figure({ isLocked, label, suffix, value, range: [min, max], onSet }: FigureProps) {
  const [typed, setTyped] = useState<string | number | null>(null)
  const keep = (): void => {
    if (typed === null) return
    const next = typed === '' ? null : Math.min(max, Math.max(min, Math.round(Number(typed))))
    setTyped(null)
    if (next !== value) onSet(next)
  }
  return (
    <NumberInput
      aria-label={label}
      suffix={suffix}
      min={min}
      max={max}
      hideControls
      disabled={isLocked}
      value={typed ?? value ?? ''}
      onChange={setTyped}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep()
      }}
    />
  )
}
