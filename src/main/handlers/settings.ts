import type { Change } from '../../shared/contract/host.ts'
import type { Policy } from '../../shared/contract/policy.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import type { Anchoring } from '../desk/anchoring.ts'
import { checkedAnchor } from '../desk/checked-anchor.ts'
import { refuseLocked } from '../desk/under-policy.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { DeskState } from '../ports/desk-state.ts'
import { implementation } from './implement.ts'

export interface SettingsParts {
  readonly policy: Policy | null
  readonly audit: AuditLog
  readonly publish: (change: Change) => void
  readonly anchoring: Pick<Anchoring, 'now'>
}

export function createSettingsHandlers(
  state: DeskState,
  { policy, audit, publish, anchoring }: SettingsParts,
) {
  const os = implementation.settings
  /** Two windows that change different settings at once both get theirs. */
  const turn = inTurn()

  async function change(given: Readonly<Record<string, unknown>>, changed: Settings): Promise<Settings> {
    const before: Readonly<Record<string, unknown>> = state.settings.get()
    const facts = Object.entries(given)
      .filter(([name, value]) => value !== undefined && words(value) !== words(before[name]))
      .map(([name, value]) => ({ name, value: `${words(before[name])} → ${words(value)}` }))
    if (facts.length === 0) return state.settings.get()
    await audit.append({ action: 'settings.changed', subject: 'Settings', facts })
    await state.settings.set(changed)
    publish({ topic: 'settings' })
    // The first one at once: whether the place serves is seen before it is relied on.
    if (facts.some(({ name }) => name === 'auditAnchor')) await anchoring.now()
    return state.settings.get()
  }

  return {
    get: os.get.handler(() => state.settings.get()),
    set: os.set.handler(({ input }) => {
      const { auditAnchor, ...others } = withoutUndefined(input)
      refuseLocked(others, policy)
      const given = {
        ...others,
        ...(auditAnchor !== undefined && {
          auditAnchor: auditAnchor && checkedAnchor(auditAnchor, state),
        }),
      }
      return turn(() => change(given, { ...state.settings.get(), ...given }))
    }),
  }
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function withoutUndefined(given: {
  readonly [K in keyof Settings]?: Settings[K] | undefined
}): Partial<Settings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
