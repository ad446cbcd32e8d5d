import type { ConnectionValues } from '../../../shared/contract/connection-fields.ts'
import type { Probe } from '../../../shared/contract/masters.ts'
import type { Check } from '../../../shared/contract/values.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { DeskPorts } from '../ports.ts'
import { driverOf } from '../../systems/drivers.ts'
import { openSession } from './open-session.ts'

const states: Readonly<Record<Probe['state'], Check['state']>> = {
  ok: 'passed',
  warning: 'warning',
  unknown: 'warning',
  bad: 'failed',
  notAsked: 'skipped',
}

/** Puts a driver's questions over a connection that need not be saved; each answer is a line. Changes nothing anywhere. */
export async function* testConnection(
  cluster: SavedCluster,
  values: ConnectionValues,
  ports: DeskPorts,
  signal: AbortSignal,
): AsyncGenerator<Check, void, undefined> {
  const driver = await driverOf(cluster.system)
  const live = driver.connect(values)
  const session = openSession(cluster, 'test', ports, signal)
  try {
    for await (const probe of live.probe(session)) yield lineOf(probe)
  } finally {
    await session.close()
  }
}

function lineOf({ id, of, state, question, answer, evidence, next, code, tookMs }: Probe): Check {
  const detail = [next, evidence].filter((part) => part !== null).join(' ')
  return {
    id: `${of} ${id}`,
    group: of,
    state: states[state],
    title: `${question}: ${answer}`,
    ...(detail !== '' && { detail }),
    ...(code !== null && { code }),
    tookMs,
  }
}
