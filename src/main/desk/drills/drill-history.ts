import type { DrillHistory, DrillView } from '../../../shared/contract/drills.ts'
import { againstTarget, measuredRtoMs, type Drill } from '../../../shared/domain/drill.ts'
import { drillTrend } from '../../../shared/domain/drill-trend.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { DeskPorts } from '../ports.ts'
import { withMemory } from './with-memory.ts'

/** Every drill of a cluster's repository that is remembered here, held against the target that the cluster has now. */
export async function drillHistory(
  cluster: Pick<SavedCluster, 'repositoryId' | 'rtoMs'>,
  ports: Pick<DeskPorts, 'openCatalog' | 'state'>,
): Promise<DrillHistory> {
  const { rtoMs: targetMs } = cluster
  const drills = await withMemory(cluster, ports, (memory) => memory.drills())
  return {
    targetMs,
    drills: drills.map((drill) => shown(drill, targetMs)),
    trend: { ...drillTrend(drills) },
  }
}

function shown(drill: Drill, targetMs: number | null): DrillView {
  // What it is made of serves this console alone.
  const { outcome, phases, seen = [], notMeasured, content: _, ...rest } = drill
  const rtoMs = measuredRtoMs(drill)
  return {
    ...rest,
    outcome,
    phases: phases.map((phase) => ({ ...phase })),
    seen: [...seen],
    notMeasured: [...notMeasured],
    rtoMs,
    against: againstTarget(rtoMs, targetMs),
  }
}
