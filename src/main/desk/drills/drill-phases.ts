import { drillPhaseWords, type DrillPhaseName } from '../../../shared/domain/drill.ts'

/** The phases of a job that drills by bytes. */
export const drillPhases = [
  drillPhaseWords.prove,
  'Read, open and unpack',
  drillPhaseWords.place,
  drillPhaseWords.readBack,
  drillPhaseWords.cleanUp,
] as const

/** Of a drill by the system's own tool. */
export const toolDrillPhases = [
  drillPhaseWords.prove,
  drillPhaseWords.tool,
  drillPhaseWords.replay,
  drillPhaseWords.ask,
  drillPhaseWords.cleanUp,
] as const

/** Unpacking takes its turns with reading, so a job shows both as one. */
export const jobPhase: Readonly<Record<DrillPhaseName, string>> = {
  prove: drillPhases[0],
  read: drillPhases[1],
  unpack: drillPhases[1],
  place: drillPhases[2],
  readBack: drillPhases[3],
  tool: toolDrillPhases[1],
  replay: toolDrillPhases[2],
  ask: toolDrillPhases[3],
  cleanUp: drillPhases[4],
}
