import { printable } from '../../../../shared/domain/printable.ts'
import type { Answer } from '../../../engine/live/ask.ts'
import { heldIn } from '../../../engine/runbook/held-units.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { commandFailed } from './on-host.ts'

/** Source (contrib/systemd): a template for the three components, or the older one with all of them. */
export const kindlingUnits = [
  'kindling@api.service',
  'kindling@edge.service',
  'kindling@worker.service',
  'kindling.service',
] as const
const argv = [
  'systemctl',
  'show',
  '--property=Id,LoadState,UnitFileState,ActiveState,SubState,NRestarts,DropInPaths',
  '--',
  ...kindlingUnits,
] as const

/** The units of kindling that a host runs, or is meant to run. */
export async function shownUnits(host: RemoteHost, signal: AbortSignal): Promise<readonly Properties[]> {
  // A host that runs only some of the components is no fault: systemd shows the others as inactive and not enabled.
  return (await loadedUnits(host, signal)).filter(
    ({ ActiveState, UnitFileState }) => ActiveState !== 'inactive' || UnitFileState === 'enabled',
  )
}

/** Those that can be started there. */
export async function loadedUnits(host: RemoteHost, signal: AbortSignal): Promise<readonly Properties[]> {
  const output = await host.run({ argv: [...argv], deadlineMs: 15_000 }, signal)
  if (output.code !== 0) {
    throw commandFailed(host, 'systemctl', output, { next: 'Check that systemd runs on that host.' })
  }
  return output.stdout
    .trim()
    .split(/\n\s*\n/)
    .map(propertiesIn)
    .filter(({ LoadState }) => LoadState === 'loaded')
}

export async function unitsAnswer(host: RemoteHost, signal: AbortSignal): Promise<Answer> {
  const shown = await shownUnits(host, signal)
  const words = ({ Id = '', ActiveState = '', SubState = '', NRestarts = '0' }: Properties): string =>
    printable(`${Id} ${ActiveState} (${SubState}), restarted ${NRestarts} times`)
  const evidence = shown.map(words).join('; ')
  const held = shown.filter(({ DropInPaths }) => heldIn(DropInPaths).length > 0)
  if (held.length > 0) {
    const names = held.map(({ Id = '' }) => printable(Id)).join(', ')
    const files = held.flatMap(({ DropInPaths }) => heldIn(DropInPaths)).map(printable)
    return {
      state: 'bad',
      answer: `A runbook of Holdfast keeps from starting: ${names}.`,
      evidence: [evidence, ...files].join('; '),
      next: `Go on with that run; its id is in the name of the file. Where it is closed: ${sh`sudo rm ${files}`}, then sudo systemctl daemon-reload, once the database is whole.`,
    }
  }
  if (shown.length === 0) {
    return {
      state: 'warning',
      answer: 'No unit of kindling is active.',
      evidence: 'systemctl show',
      next: 'systemctl start kindling@api kindling@edge kindling@worker, as far as this host runs them.',
    }
  }
  const wrong = shown.filter(
    ({ ActiveState, SubState }) => ActiveState !== 'active' || SubState !== 'running',
  )
  if (wrong.length > 0) {
    const names = wrong.map(({ Id = '', SubState = '' }) => printable(`${Id} (${SubState})`))
    return {
      state: 'bad',
      answer: `Not running: ${names.join(', ')}.`,
      evidence,
      next: `journalctl -u ${printable(wrong[0]?.Id ?? 'kindling@api.service')} tells why.`,
    }
  }
  return {
    state: 'ok',
    answer: `${shown.map(({ Id = '' }) => printable(Id)).join(', ')}: running.`,
    evidence,
  }
}

export type Properties = Readonly<
  Partial<
    Record<
      'Id' | 'LoadState' | 'UnitFileState' | 'ActiveState' | 'SubState' | 'NRestarts' | 'DropInPaths',
      string
    >
  >
>

function propertiesIn(block: string): Properties {
  return Object.fromEntries(
    block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
