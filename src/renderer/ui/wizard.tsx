import { ActionIcon } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import * as Icon from './icons.tsx'
import { ModeBand } from './frame.tsx'
import { Keys } from './keys.tsx'
import { LostLine } from './lost-line.tsx'
import { Glyph, type Tone } from './status.tsx'
import s from './wizard.module.css'

export interface WizardStep {
  readonly name: string
  /** What was chosen there. */
  readonly said?: ReactNode
  readonly state: 'done' | 'now' | 'next'
  readonly warn?: boolean
}

interface Props {
  readonly title: string
  /** What runs meanwhile, in reach as on every page. */
  readonly jobs: ReactNode
  readonly mode: 'normal' | 'protected' | 'readOnly'
  readonly steps: readonly WizardStep[]
  readonly children: ReactNode
  readonly aside?: ReactNode
  /** What has been changed so far: always said. */
  readonly truth: ReactNode
  readonly truthTone?: Tone
  readonly buttons: ReactNode
  readonly leaveLabel?: string
  readonly onLeave: () => void
}

/** A wizard owns the window. Left: where one is and what was chosen. Foot: what has been changed so far. */
export function WizardFrame({
  title,
  jobs,
  mode,
  steps,
  children,
  aside,
  truth,
  truthTone = 'none',
  buttons,
  leaveLabel = 'Leave',
  onLeave,
}: Props) {
  useEscape(onLeave)
  return (
    <div className={s['frame']}>
      <header className={s['top']}>
        <Icon.Mark />
        <h1>{title}</h1>
        <span className={s['jobs']}>{jobs}</span>
        <span className={s['esc']} aria-hidden="true">
          {leaveLabel} <Keys of="Esc" />
        </span>
        <ActionIcon aria-label={leaveLabel} onClick={onLeave}>
          <Icon.Close />
        </ActionIcon>
      </header>
      <ModeBand mode={mode} />
      <div className={s['body']} data-aside={aside === undefined ? undefined : true}>
        <nav className={s['rail']} aria-label="Steps">
          <ol>
            {steps.map(({ name, said, state, warn }, place) => (
              <li key={name} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
                <i>{state === 'done' ? <Icon.Check size={11} /> : place + 1}</i>
                <b>{name}</b>
                {said !== undefined && (
                  <span>
                    {warn && <Glyph tone="warn" size={11} />}
                    {said}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </nav>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too */}
        <main className={s['main']} tabIndex={0}>
          <LostLine />
          {children}
        </main>
        {aside !== undefined && <aside className={s['aside']}>{aside}</aside>}
      </div>
      <footer className={s['foot']}>
        <span className={s['truth']}>
          <Glyph tone={truthTone} decorative />
          {truth}
        </span>
        <span className={s['buttons']}>{buttons}</span>
      </footer>
    </div>
  )
}

/** Escape leaves, but not out of a dialog or a list that is open above. */
function useEscape(onLeave: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('[role="dialog"], [role="listbox"]') !== null) return
      onLeave()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [onLeave])
}

/** The class names of a wizard's contents that its steps share. */
export const wizardStyles = s
