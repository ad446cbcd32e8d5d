import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { RunSummary } from '../../../shared/contract/runbooks.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Glyph } from '../../ui/status.tsx'
import { useBeginAt, type PageAct } from '../page-act.ts'
import type { PaletteItem } from './items.ts'

/** The runs that are open; once something is typed, also those that are over, and what can be done about each as a whole. */
export function useRunItems(isTyped: boolean): readonly PaletteItem[] {
  const navigate = useNavigate()
  const beginAt = useBeginAt()
  const { data: runs = [] } = useQuery(useDesk().runbooks.list.queryOptions())
  const page = (runId: string) => ({ to: '/runbooks/$runId', params: { runId } }) as const
  return [
    ...runs
      .filter(({ state }) => state === 'open' || isTyped)
      .map((run) => ({
        id: `run ${run.id}`,
        icon: <Glyph tone={run.state === 'open' ? 'run' : 'none'} decorative />,
        name: `${run.state === 'open' ? 'Go on with the' : 'Look at the'} recovery of ${printable(run.cluster)}`,
        note: noteOf(run),
        also: `runbook ${run.scenario}`,
        run: () => void navigate(page(run.id)),
      })),
    ...(isTyped ? runs : []).flatMap((run) =>
      actsOf(run).map(({ does, name, icon }) => ({
        id: `${does} ${run.id}`,
        icon,
        name: `${name} of ${printable(run.cluster)}…`,
        note: noteOf(run),
        also: `runbook take over ${run.scenario}`,
        run: () => beginAt(does, run.id, page(run.id)),
      })),
    ),
  ]
}

function noteOf({ title, state, done, steps, at, endedAt }: RunSummary): string {
  return state === 'open'
    ? `${title}, ${done} of ${steps}${at === null ? '' : `, ${at}`}`
    : `${title}, ${state === 'finished' ? 'finished' : 'given up'}${endedAt === null ? '' : ` ${endedAt.slice(0, 16).replace('T', ' ')} UTC`}`
}

interface RunAct {
  readonly does: PageAct
  readonly name: string
  readonly icon: PaletteItem['icon']
}

function actsOf({ state, acceptance }: RunSummary): readonly RunAct[] {
  return [
    { does: 'runbooks.report', name: 'Export the report of the recovery', icon: <Icon.Download /> },
    ...(state === 'open' && acceptance.all > 0
      ? ([
          { does: 'runbooks.accept', name: 'Acceptance sheet of the recovery', icon: <Icon.ShieldCheck /> },
        ] as const)
      : []),
    ...(state === 'open'
      ? ([
          { does: 'runbooks.changeAnswers', name: 'Change an answer of the recovery', icon: <Icon.Gear /> },
          { does: 'runbooks.takeOver', name: 'Where were we in the recovery', icon: <Icon.Book /> },
          { does: 'runbooks.close', name: 'Close the recovery', icon: <Icon.Close /> },
        ] as const)
      : []),
  ]
}
