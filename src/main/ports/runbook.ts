import type { UnknownHost } from '../../shared/domain/error.ts'
import type { Severity } from '../../shared/domain/runbook-events.ts'
import type { Step as StepView } from '../../shared/contract/runbooks.ts'
import type { ConnectionValues } from '../../shared/contract/connection-fields.ts'
import type { CredentialKind } from '../../shared/contract/vault.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { Fact, Session } from './cluster-driver.ts'
import type { Recovery } from './recovery.ts'

/**
 * One way through one disaster, as data: typed steps, in the order in which they are gone. What a step does is a function of
 * its context alone, so that a later process, or another person, can go on.
 */
export interface Runbook {
  /** As in the operators' handbook: `CH-4`. */
  readonly id: string
  /** Null: of every system. */
  readonly system: SystemName | null
  /** What it brings about: "Restore a fresh master". */
  readonly title: string
  /** When it is the right one, a sentence. */
  readonly when: string
  /** What is lost and what stops, a sentence each; nothing where it destroys nothing. */
  readonly costs: readonly string[]
  /** What is asked before it begins, in this order. What the connection knows is not asked again. */
  readonly inputs: readonly RunbookInput[]
  /** Throws `usage` where an input or the connection does not fit. Called again in each process: the same for the same `of`. */
  steps(of: RunbookSetting): readonly Step[]
}

export interface RunbookInput {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly example: string
  readonly required: boolean
  /** What it is by the documents where nobody says otherwise; empty: nothing. */
  readonly usual: string
  /** Where the value is the id of a credential of the vault: its kind. */
  readonly credential?: CredentialKind
}

/** What is known when it begins, and stays as it is. */
export interface RunbookSetting {
  readonly cluster: {
    readonly name: string
    readonly system: SystemName
    /** Null: the masters' connection is not known here. */
    readonly connection: ConnectionValues | null
  }
  /** By the names of `inputs`; one that was left empty is `''`. */
  readonly inputs: Readonly<Record<string, string>>
}

interface StepBase {
  /** Unique in its runbook, and stable: journals name it. */
  readonly id: string
  /** `accept`: the acceptance sheet; the cluster is not open to users before all of it is green or excepted. */
  readonly section: StepView['section']
  /** What is done, as an order: "Move the old stores aside". */
  readonly title: string
  /** Why, or what it guards against; a sentence. */
  readonly why: string
  /** What it reads or changes: "kms, iam and metadata in /var/lib/chango on master-1". Empty: nothing. */
  readonly touches: string
  /** How it is taken back, in words; null: nothing to take back. */
  readonly undo: string | null
  /** The exact command or call, secrets as `$NAME`, the chosen backup as `BACKUP`; null where there is none. */
  readonly twin: string | null
  /** How long it takes where it was never measured here. */
  readonly expected: { readonly ms: number; readonly source: 'documented' | 'assumed' } | null
  /** 0 harmless, 1 stops something, 2 replaces what can be taken back, 3 cannot be taken back. */
  readonly damage: 0 | 1 | 2 | 3
  /** Whether the operator may go past it, with a reason. Proofs, safety copies and confirmations: `nobody`. */
  readonly skip: 'nobody' | 'operator'
  /** Whether it is needed, by what the steps before it learnt; a sentence where it is not. Left out: always needed. */
  readonly notNeeded?: (known: Known) => string | null
}

/** What the steps of a run have learnt, by name. Nothing secret; kept in the journal. */
export type Known = ReadonlyMap<string, string>

/** Asks and changes nothing. Run again whenever it is too old. */
export interface CheckStep extends StepBase {
  readonly kind: 'check'
  look(context: StepContext): Promise<Outcome>
}

/**
 * Changes something, once. The request is in the journal before it is made. Where its end is not known (a crash, a cut
 * connection, a deadline) it is never made again: `look` says what became of it.
 */
export interface ActionStep extends StepBase {
  readonly kind: 'action'
  act(context: StepContext): Promise<Outcome>
  look(context: StepContext): Promise<Outcome>
  /** Takes it back, where a step can. `undo` says how. */
  readonly takeBack?: (context: StepContext) => Promise<Outcome>
  /** Nothing of it is to outlive the run: it is taken back where the run is abandoned, as far as that can be done then. */
  readonly endsWithRun?: true
}

/** Looks again and again until it is there or the time is over. */
export interface WaitStep extends StepBase {
  readonly kind: 'wait'
  readonly everyMs: number
  readonly atMostMs: number
  look(context: StepContext): Promise<Outcome>
}

/** The operator decides between what is possible now. */
export interface ChoiceStep extends StepBase {
  readonly kind: 'choice'
  options(context: StepContext): Promise<readonly Option[]>
}

export interface Option {
  readonly id: string
  readonly label: string
  /** What follows from it, a sentence each. */
  readonly says: readonly string[]
  /** Null: it can be chosen. */
  readonly notPossible: string | null
  readonly advised: boolean
  /** Known from then on. */
  readonly learnt: Readonly<Record<string, string>>
}

/** The operator types the cluster's name under what will be lost. */
export interface ConfirmStep extends StepBase {
  readonly kind: 'confirm'
  /** What is lost and stops, a sentence each, by the facts as they are now. */
  says(context: StepContext): Promise<readonly string[]>
  /** The facts that are confirmed, by name: where one of them changes, it has to be confirmed again. */
  readonly of: readonly string[]
}

/** Somebody does something that this console cannot, and says so; `look` proves it where it can be proved. */
export interface ManualStep extends StepBase {
  readonly kind: 'manual'
  /** What to do, a line each. */
  readonly does: readonly string[]
  /** What the operator writes down of it, kept as evidence under `learns`; null: nothing. */
  readonly asks: { readonly label: string; readonly learns: string } | null
  readonly look?: (context: StepContext) => Promise<Outcome>
}

export type Step = CheckStep | ActionStep | WaitStep | ChoiceStep | ConfirmStep | ManualStep

export interface Outcome {
  /**
   * `done`: it is so. `failed`: it is not, and will not be by waiting. `notYet`: it is not so now; of an action, that it has
   * not happened, so that it may be asked for again. `unknown`: it cannot be told from here.
   */
  readonly state: 'done' | 'failed' | 'notYet' | 'unknown'
  /** What was found, with the thing it was found on. */
  readonly sentence: string
  readonly evidence: readonly Fact[]
  /** Known from then on. */
  readonly learnt?: Readonly<Record<string, string>>
  /** The one next thing to do, where it is not done. */
  readonly next?: string
  /** Where a host’s key is not known: what can be trusted once it was compared. */
  readonly unknownHost?: UnknownHost
}

export interface StepContext {
  readonly setting: RunbookSetting
  readonly known: Known
  /** Opened for this step and closed after it. */
  readonly session: Session
  readonly recovery: Recovery
  /** Of the run: for names that must be the same when a step is done again. */
  readonly runId: string
  /** When the run began, milliseconds, and who began it. */
  readonly beganMs: number
  readonly startedBy: string
  /** When what is recovered from happened, milliseconds: what changed after a backup and before this is lost. */
  readonly failedMs: number
  /** One line of what was seen while it goes on. */
  readonly line: (severity: Severity, sentence: string) => void
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
}
