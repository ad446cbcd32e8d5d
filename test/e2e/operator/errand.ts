/** How one step is answered; what is left out is answered as anybody would. */
export interface StepAnswer {
  /** Done elsewhere before the step is answered: on a host, in the cluster's own pages. */
  readonly first?: () => unknown
  /** The beginning of what is chosen. Left out: what is advised. */
  readonly choose?: string
  /** What is written down of a step that was done by hand. */
  readonly note?: string
  /** The reason for which it is passed over. */
  readonly except?: string
  /** It fails once, and is asked for again. */
  readonly again?: true
}

/** The console dies while a step acts. */
export interface Death {
  /** The step, by the beginning of its title. */
  readonly during: string
  /** Resolves once what the step asks for is on its way. */
  readonly underWay: () => Promise<unknown>
  /** What goes on without the console, until it is started again. */
  readonly meanwhile: () => Promise<unknown>
}

/** What an operator is sent to do, from the questions to the closed run. */
export interface Errand {
  readonly cluster: string
  /** As `KI-1`. */
  readonly runbook: string
  /**
   * What happened, by the beginning of each question: the runbook is the one that is advised then. Left out: it is taken from the list,
   * whatever is advised.
   */
  readonly questions?: Readonly<Record<string, string>>
  /** What the form asks before it begins, by the beginning of each label: all of it is typed or picked. */
  readonly form?: Readonly<Record<string, string>>
  /** What else the operator knows, for the forms that ask it. */
  readonly known?: Readonly<Record<string, string>>
  /** By the beginning of each title. */
  readonly steps?: Readonly<Record<string, StepAnswer>>
  readonly death?: Death
}
