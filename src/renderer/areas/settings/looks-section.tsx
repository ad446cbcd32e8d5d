import type { Settings } from '../../../shared/contract/settings.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { SegmentedControl, Switch } from '../../ui/kit.ts'
import { Line } from './line.tsx'
import { useSettings } from './use-settings.ts'
import s from './settings.module.css'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const satisfies readonly { value: Settings['theme']; label: string }[]

const contrasts = [
  { value: 'system', label: 'System' },
  { value: 'normal', label: 'Normal' },
  { value: 'more', label: 'More' },
] as const satisfies readonly { value: Settings['contrast']; label: string }[]

/** How the window looks and listens. */
export function LooksSection() {
  const { settings, set, failure } = useSettings()
  return (
    <>
      <Section>Window</Section>
      {failure !== null && <ErrorLine failure={failure} />}
      {settings && (
        <div className={s['lines']}>
          <Line name="Theme">
            <SegmentedControl
              aria-label="Theme"
              data={[...themes]}
              value={settings.theme}
              onChange={(value) => {
                const theme = themes.find((each) => each.value === value)?.value
                if (theme) set({ theme })
              }}
            />
          </Line>
          <Line name="Contrast">
            <SegmentedControl
              aria-label="Contrast"
              data={[...contrasts]}
              value={settings.contrast}
              onChange={(value) => {
                const contrast = contrasts.find((each) => each.value === value)?.value
                if (contrast) set({ contrast })
              }}
            />
          </Line>
          <Line name="Single keys" note="Letters as commands, as “?” lists them; off in fields in any case">
            <Switch
              size="sm"
              aria-label="Single keys"
              checked={settings.singleKeys}
              onChange={(event) => set({ singleKeys: event.currentTarget.checked })}
            />
          </Line>
        </div>
      )}
    </>
  )
}
