import type { Change, HostInfo } from '../../shared/contract/host.ts'
import type { Policy, PolicyView } from '../../shared/contract/policy.ts'
import type { Desk } from '../desk/desk.ts'
import { lockedNames } from '../desk/under-policy.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import { implementation, never } from './implement.ts'

export interface HostParts {
  readonly changes: { subscribe(signal: AbortSignal): AsyncIterable<Change> }
  readonly setVisible: (visible: boolean) => void
  /** Sentences beside those that the saved state has to say. */
  readonly notices: readonly HostInfo['notices'][number][]
}

export function createHostHandlers({ state, policy, version }: Desk, parts: HostParts) {
  const os = implementation.host
  return {
    info: os.info.handler(({ context }) => ({
      version,
      shell: context.shell,
      stateFolder: state.folder,
      policy: policy && viewOf(policy),
      stateIsReadOnly: state.readOnlyBecause !== null,
      targets: state.repositories.list().length + state.clusters.list().flatMap(mastersOf).length,
      notices: [
        ...(state.readOnlyBecause === null
          ? []
          : [{ id: 'readOnly', severity: 'warning' as const, text: readOnlyWords(state) }]),
        ...state.problems.map(({ message }, place) => ({
          id: `problem-${place}`,
          severity: 'error' as const,
          text: message,
        })),
        ...parts.notices,
      ],
    })),
    changes: os.changes.handler(async function* ({ signal }) {
      yield* parts.changes.subscribe(signal ?? never)
    }),
    setVisible: os.setVisible.handler(({ input }) => {
      parts.setVisible(input.visible)
      return {}
    }),
  }
}

function viewOf(policy: Policy): PolicyView {
  const { file, leastMode, refuse } = policy
  return { file, locked: [...lockedNames(policy)], leastMode, refuse: [...refuse] }
}

function readOnlyWords({ folder, readOnlyBecause }: Desk['state']): string {
  return `What is saved in ${folder} is only read here, and nothing can be changed. ${readOnlyBecause ?? ''}`
}

/** The addresses of a connection: what stands in lists of texts, whatever the system calls them. */
function mastersOf({ connection }: SavedCluster): readonly unknown[] {
  return Object.values(connection ?? {}).flatMap((value) => (Array.isArray(value) ? value : []))
}
