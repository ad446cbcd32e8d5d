import type { Check } from '../../../shared/contract/values.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { askUnlock } from '../../app/unlock-request.ts'
import { checkTones, CheckLine, tookWords } from '../../ui/check-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { HostQuestion } from './host-question.tsx'
import type { AccessTest } from './use-access-test.ts'

interface Props {
  readonly test: AccessTest
  /** Trusts a host key that was compared. `check`: the line that asks. */
  readonly onTrust?: (fingerprint: string, check: Check) => void
}

/** Line by line what works and what does not; an unknown host is a question, not an error. */
export function TestReport({ test: { stream }, onTrust }: Props) {
  const groups = [...new Set(stream.state.map(({ group }) => group))]
  return (
    <>
      {groups.map((group) => {
        const checks = stream.state.filter((check) => check.group === group)
        const tookMs = checks.reduce((sum, check) => sum + (check.tookMs ?? 0), 0)
        return (
          <div key={group}>
            <Section note={tookMs > 0 && tookWords(tookMs)}>{group}</Section>
            <ul>
              {checks.map((check) => {
                const fingerprint = unknownKeyOf(check)
                return fingerprint === null || onTrust === undefined ? (
                  <CheckLine
                    key={check.id}
                    tone={checkTones[check.state]}
                    evidence={check.detail === undefined ? undefined : printable(check.detail)}
                    at={check.tookMs === undefined ? undefined : tookWords(check.tookMs)}
                  >
                    {printable(check.title)}
                  </CheckLine>
                ) : (
                  <li key={check.id}>
                    <HostQuestion fingerprint={fingerprint} note={check.title}>
                      <Button size="xs" variant="filled" onClick={() => onTrust(fingerprint, check)}>
                        It is the same, trust it
                      </Button>
                    </HostQuestion>
                  </li>
                )
              })}
            </ul>
          </div>
        )
      })}
      {stream.state.some(({ code }) => code === 'vault.locked') && (
        <Button size="xs" variant="filled" onClick={() => askUnlock()}>
          Unlock the vault…
        </Button>
      )}
      {stream.status === 'failed' && <ErrorLine failure={stream.failure} />}
    </>
  )
}

/** The fingerprint that an unknown host has shown; a changed one is refused and never asked about. */
function unknownKeyOf({ code, title, detail }: Check): string | null {
  if (code !== 'host.unknownKey') return null
  return /SHA256:[A-Za-z0-9+/]{43}=?/.exec(`${title} ${detail ?? ''}`)?.[0] ?? null
}
