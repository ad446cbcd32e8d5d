/** Codes of what a verification can find: stable, so that scripts and runbooks can rely on them. */
export const findingCodes = [
  'manifest.unreadable',
  'manifest.incomplete',
  'manifest.idMismatch',
  'manifest.unsafePath',
  'manifest.disagrees',
  'manifest.clusterMismatch',
  'chain.holderMissing',
  'chain.objectMissing',
  'chain.holderRegressed',
  'object.sizeMismatch',
  'object.hashMismatch',
  'object.unreachable',
  'object.changed',
  'envelope.headerInvalid',
  'envelope.wrongKey',
  'envelope.tampered',
  'envelope.truncated',
  'envelope.trailingBytes',
  'envelope.misplaced',
  'envelope.unknown',
  'plain.hashMismatch',
  'archive.truncated',
  'archive.unsafePath',
  'archive.unsafeEntry',
  'archive.unexpectedEntry',
  'archive.missingPart',
  'archive.malformed',
  'archive.tooLarge',
  'key.mismatch',
  'key.missing',
  'backup.empty',
  'backup.unencrypted',
  'backup.none',
  'format.unknown',
  'format.unusual',
] as const

export type FindingCode = (typeof findingCodes)[number]

export type Severity = 'error' | 'warning'

export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** One or more sentences: what is wrong, with which thing, and what follows from it. */
  readonly message: string
}

/** Codes that are always warnings; `key.missing` and `backup.unencrypted` may be either, the rest are errors. */
type WarningCode = 'backup.empty' | 'format.unknown' | 'format.unusual'
type EitherCode = 'key.missing' | 'backup.unencrypted'

export function errorFinding(code: Exclude<FindingCode, WarningCode>, message: string): Finding {
  return { code, severity: 'error', message }
}

export function warningFinding(code: WarningCode | EitherCode, message: string): Finding {
  return { code, severity: 'warning', message }
}
