/** A reason as it is asked for. */
export interface Reasoned {
  readonly isNeeded: boolean
  readonly value: string
}

/** What a protected cluster asks for stands in a command as REASON until it is typed. */
export function reasonFlags({ isNeeded, value }: Reasoned): readonly string[] {
  return isNeeded ? ['--reason', value.trim() === '' ? 'REASON' : value.trim()] : []
}
