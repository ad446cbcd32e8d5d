/** How a repository is opened, as the parser of arguments gives it. */
interface OpeningOptions {
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

/** Of a command on a repository that is named by its address. */
export interface RepositoryOptions extends OpeningOptions {
  readonly repository: string
  readonly system: string
}

/** Of a command on such a one, or on that of a saved cluster. */
export interface PlaceOptions extends OpeningOptions {
  readonly repository?: string
  readonly system?: string
  readonly cluster?: string
  readonly passphraseFile?: string
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
export interface DrillFlags extends PlaceOptions {
  readonly scratch?: string
  /** These two with a saved cluster. */
  readonly host?: string
  readonly confirm?: string
}

/** What `restore` has beside them. */
export interface RestoreFlags extends TargetFlags {
  readonly confirm?: string
  readonly plan?: string
  readonly rollback?: boolean
  /** Of a protected cluster. */
  readonly reason?: string
}
