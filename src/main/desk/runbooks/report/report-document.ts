import type { Run, Step } from '../../../../shared/contract/runbooks.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { timelineOf, type Moment } from './report-timeline.ts'

/** What a report says beside the run itself. */
export interface ReportFacts {
  /** When the report is made, UTC ISO 8601. */
  readonly madeAt: string
  /** The account that makes it. */
  readonly madeBy: string
  /** Of this program. */
  readonly version: string
  /** The newest entry of the audit chain when it is made; null where there is none. */
  readonly audit: { readonly seq: number; readonly hash: string } | null
  /** Who signed the acceptance sheet, and what they wrote; null where nobody has. */
  readonly signed: { readonly by: string; readonly note: string } | null
}

type ReportStep = Pick<
  Step,
  | 'id'
  | 'kind'
  | 'section'
  | 'title'
  | 'why'
  | 'touches'
  | 'undo'
  | 'twin'
  | 'damage'
  | 'state'
  | 'sentence'
  | 'next'
  | 'answered'
  | 'startedAt'
  | 'endedAt'
  | 'by'
  | 'lines'
  | 'evidence'
> & { readonly tookMs: number | null }

/** One run, as it is kept: the document behind both forms of a report. Its fields are told in `docs/recovery-report.md`. */
export interface ReportDocument {
  readonly format: 'holdfast-report/1'
  readonly made: { readonly at: string; readonly by: string; readonly version: string }
  readonly audit: { readonly seq: number; readonly hash: string; readonly head40: string } | null
  readonly run: Pick<
    Run,
    | 'id'
    | 'scenario'
    | 'title'
    | 'when'
    | 'clusterId'
    | 'cluster'
    | 'startedAt'
    | 'startedBy'
    | 'holder'
    | 'state'
    | 'failedAt'
    | 'commandLine'
  >
  readonly closed: Run['closed']
  readonly outcome: {
    readonly lostMs: number | null
    readonly lost: string
    /** From the failure to the signature; null while nobody has signed. */
    readonly recoveredMs: number | null
    /** From the beginning of the run to its end, or to the making of the report. */
    readonly workedMs: number
    readonly took: string
  }
  readonly costs: readonly string[]
  readonly answers: Run['answers']
  readonly inputs: Run['inputs']
  readonly changed: Run['changed']
  /** Of the restore that was confirmed; null where none was planned. */
  readonly planHash: string | null
  readonly acceptance: {
    readonly green: number
    readonly excepted: number
    readonly all: number
    readonly signed: { readonly at: string; readonly by: string | null; readonly note: string } | null
  }
  /** Steps that were passed over, with the reason. */
  readonly exceptions: readonly { readonly step: string; readonly title: string; readonly because: string }[]
  readonly timeline: readonly Moment[]
  readonly steps: readonly ReportStep[]
}

export function reportDocument(run: Run, facts: ReportFacts): ReportDocument {
  const { acceptance, rpo, rto } = run
  const { signedAt } = acceptance
  const signed =
    signedAt === null ? null : { at: signedAt, by: facts.signed?.by ?? null, note: facts.signed?.note ?? '' }
  return {
    format: 'holdfast-report/1',
    made: { at: facts.madeAt, by: facts.madeBy, version: facts.version },
    audit:
      facts.audit === null
        ? null
        : { seq: facts.audit.seq, hash: facts.audit.hash, head40: head40(facts.audit.hash) },
    run: {
      id: run.id,
      scenario: run.scenario,
      title: run.title,
      when: run.when,
      clusterId: run.clusterId,
      cluster: run.cluster,
      startedAt: run.startedAt,
      startedBy: run.startedBy,
      holder: run.holder,
      state: run.state,
      failedAt: run.failedAt,
      commandLine: run.commandLine,
    },
    closed: run.closed,
    outcome: {
      lostMs: rpo?.lostMs ?? null,
      lost: rpo?.sentence ?? 'No backup was chosen, so nothing is computed.',
      recoveredMs: signedAt === null ? null : Math.max(0, Date.parse(signedAt) - Date.parse(run.failedAt)),
      workedMs: rto.tookMs,
      took: rto.sentence,
    },
    costs: run.costs,
    answers: run.answers,
    inputs: run.inputs,
    changed: run.changed,
    planHash: planHashOf(run.list),
    acceptance: { green: acceptance.green, excepted: acceptance.excepted, all: acceptance.all, signed },
    exceptions: run.list
      .filter(({ state }) => state === 'skipped')
      .map(({ id, title, answered, sentence }) => ({
        step: id,
        title,
        because: answered ?? sentence ?? 'No reason was written down.',
      })),
    timeline: timelineOf(run, signed),
    steps: run.list.map(stepOf),
  }
}

/** As indented JSON text; members in the order of the document. What could act on a terminal is written as its JSON escape. */
export function reportJson(document: ReportDocument): string {
  return `${printable(JSON.stringify(document, null, 2))}\n`
}

function stepOf(step: Step): ReportStep {
  const { startedAt, endedAt } = step
  return {
    id: step.id,
    kind: step.kind,
    section: step.section,
    title: step.title,
    why: step.why,
    touches: step.touches,
    undo: step.undo,
    twin: step.twin,
    damage: step.damage,
    state: step.state,
    sentence: step.sentence,
    next: step.next,
    answered: step.answered,
    startedAt,
    endedAt,
    by: step.by,
    tookMs:
      startedAt === null || endedAt === null
        ? null
        : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)),
    lines: step.lines,
    evidence: step.evidence,
  }
}

/** The last plan counts: an earlier one was made anew. */
function planHashOf(list: readonly Step[]): string | null {
  const plans = list.flatMap(({ evidence }) => evidence.filter(({ name }) => name === 'plan'))
  return plans.at(-1)?.value ?? null
}

/** Forty bits of a hash, as they can be read aloud and compared: `1c0a 44f2 9b`. */
function head40(hash: string): string {
  return hash.slice(0, 10).replace(/(.{4})(?=.)/g, '$1 ')
}
