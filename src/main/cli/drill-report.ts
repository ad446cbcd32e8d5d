import {
  drillPhaseWords,
  measuredRtoMs,
  tookWords,
  type Drill,
  type DrillPhase,
} from '../../shared/domain/drill.ts'
import type { Output } from './output.ts'
import { bytesInWords, count, table } from './words.ts'

/** A drill as `--json` has it. */
export function drillDocument(drill: Drill) {
  return { ...drill, measuredRtoMs: measuredRtoMs(drill) }
}

export function printDrill(drill: Drill, output: Output): void {
  const { outcome, phases, notMeasured, items, plainBytes, folder, folderStands } = drill
  output.line()
  output.line(headline(drill, output))
  if (outcome.kind !== 'failed') {
    output.line(`  ${count(items, 'item')}, ${bytesInWords(plainBytes)}; every byte was read back.`)
  }
  printPhases(phases, notMeasured, output)
  output.line(
    folderStands
      ? `  ${folder} could not be removed; the next drill, or the next start, tries again.`
      : `  ${folder} is removed again.`,
  )
}

/** How long each part took, and what is in none of them. */
export function printPhases(
  phases: readonly DrillPhase[],
  notMeasured: readonly string[],
  output: Output,
): void {
  const rows = phases.map(({ name, tookMs, bytes }) => [
    drillPhaseWords[name],
    tookWords(tookMs),
    bytesInWords(bytes),
  ])
  for (const line of table(rows)) output.line(`  ${line}`)
  for (const sentence of notMeasured) output.line(`  Not measured: ${sentence}`)
}

function headline(drill: Drill, output: Output): string {
  const { outcome } = drill
  switch (outcome.kind) {
    case 'restored':
      return `${output.style('green', '✔ restored')}  in ${tookWords(measuredRtoMs(drill) ?? 0)}, as far as a drill by bytes measures it`
    case 'readable':
      return `${output.style('yellow', '! readable')}  ${outcome.because}`
    case 'failed':
      return `${output.style('red', '✘ failed')}  ${drillPhaseWords[outcome.at]}: ${outcome.because}`
  }
}
