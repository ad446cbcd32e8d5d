import type { FindingCode } from '../../../shared/domain/finding.ts'

export type ArchiveFaultCode = Extract<FindingCode, `archive.${string}`>

/**
 * Thrown where the bytes of an archive end the reading of it: what comes after cannot be believed. It says something
 * about the bytes, not about the way to them; whoever reads an archive turns it into a finding.
 */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault'
  readonly code: ArchiveFaultCode

  /** `message`: whole sentences, names quoted. */
  constructor(code: ArchiveFaultCode, message: string) {
    super(message)
    this.code = code
  }
}
