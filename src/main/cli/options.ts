/** The options that every command on a repository has, as the parser of arguments gives them. */
export interface RepositoryOptions {
  readonly repository: string
  readonly system: string
  readonly masterKeyFile: readonly string[]
  readonly profile?: string
  readonly caFile?: string
  readonly allowHttp?: boolean
  readonly sshKey: readonly string[]
  readonly hostKey?: string
  readonly maxRate?: string
  readonly workers?: string
  readonly maxRatio?: string
}

/** Where `plan` and `restore` restore to. */
export interface TargetFlags {
  readonly target: string
  /** A file of this account alone. */
  readonly sudoPasswordFile?: string
  readonly sshKey: readonly string[]
  readonly hostKey?: string
}

/** What `drill` takes: a repository of its own, or a saved cluster. */
export interface DrillFlags extends Partial<RepositoryOptions> {
  readonly cluster?: string
  readonly scratch?: string
  /** These two with a saved cluster. */
  readonly host?: string
  readonly confirm?: string
  readonly passphraseFile?: string
  readonly masterKeyFile: readonly string[]
  readonly sshKey: readonly string[]
}

/** What `restore` has beside them. */
export interface RestoreFlags extends TargetFlags {
  readonly confirm?: string
  readonly plan?: string
  readonly rollback?: boolean
  readonly masterKeyFile: readonly string[]
}
