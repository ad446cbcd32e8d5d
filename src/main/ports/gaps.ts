/** One place where a system may offer something that its documents do not fix. */
export interface Alternative {
  readonly path: string
  /** Why it is tried. */
  readonly because: string
}

/** A route that nothing public fixes. It is looked for with GET alone, never with a call that changes something. */
export interface RouteGap {
  readonly mark: 'gap'
  readonly what: string
  /** In the order in which they are tried. */
  readonly routes: readonly Alternative[]
}

/** The name of a field that nothing public fixes, in a reply or in a request. */
export interface NameGap {
  readonly mark: 'gap'
  readonly what: string
  /** The first that is there counts. */
  readonly names: readonly string[]
}

/** Every gap that the pages of one system leave and that this console meets, with what is tried. */
export type GapTable = Readonly<Record<string, RouteGap | NameGap>>
