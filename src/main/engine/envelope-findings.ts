import type { EnvelopeHeader } from '../../shared/domain/envelope-header.ts'
import { errorFinding, warningFinding, type Finding } from '../../shared/domain/finding.ts'
import type { EnvelopeFacts, SealedBody } from '../../shared/domain/object-facts.ts'
import { printable } from '../../shared/domain/printable.ts'

/** What the entry that points to an envelope says of it; null: it says nothing of that. */
export interface ExpectedEnvelope {
  readonly store: string
  /** Names that the holder may go by; any of them is right. */
  readonly backupIds: readonly string[]
  readonly keyId: string | null
  readonly keyVersion: number | null
  readonly plainSizeBytes: number | null
}

export interface EnvelopeContext {
  /** True where the operator asked for a level that needs the key: then its want is an error. */
  readonly levelAskedFor: boolean
  readonly storedSizeBytes: number
  /** True where the stored bytes are not the recorded ones; the caller has a finding for that. */
  readonly storedBytesDiffer: boolean
  /** True where a given key has opened, in this run, another object with this header's salt and iterations. */
  readonly hasOpenedSibling: (header: EnvelopeHeader) => boolean
}

/**
 * The findings about one envelope, in the order of the codec's own rules: what it is, whether a key opens it, whether
 * it is whole, whether it is the one that was meant. `what` names the object in messages. An empty answer with an
 * `opened` and `authentic` body means that the envelope is as it should be; with an unwrap that failed on bytes that
 * differ from the record it means that nothing more can be told.
 */
export function envelopeFindings(
  what: string,
  facts: EnvelopeFacts,
  expected: ExpectedEnvelope,
  context: EnvelopeContext,
): readonly Finding[] {
  switch (facts.outcome) {
    case 'truncated':
      return [
        errorFinding('envelope.truncated', `${what} ends inside its envelope's header: ${facts.reason}.`),
      ]
    case 'headerInvalid':
      return [
        errorFinding('envelope.headerInvalid', `The envelope header of ${what} is invalid: ${facts.reason}.`),
      ]
    case 'unknown':
      return [
        errorFinding(
          'envelope.unknown',
          `${what} is sealed in a way that this console does not know: ${facts.reason}.`,
        ),
      ]
    case 'sealed':
      return sealedFindings(what, facts, expected, context)
  }
}

function sealedFindings(
  what: string,
  facts: Extract<EnvelopeFacts, { outcome: 'sealed' }>,
  expected: ExpectedEnvelope,
  context: EnvelopeContext,
): readonly Finding[] {
  const { header, opening } = facts
  const difference = headerDifference(what, header, expected)
  const misplaced = difference === null ? [] : [errorFinding('envelope.misplaced', difference)]
  const keyMissing = (message: string): Finding =>
    context.levelAskedFor ? errorFinding('key.missing', message) : warningFinding('key.missing', message)
  switch (opening.outcome) {
    case 'noKey':
      return [
        ...misplaced,
        ...lengthFindings(what, facts, context),
        keyMissing(
          `${what} is sealed with the key ${show(header.keyId)} version ${header.keyVersion}, and no master key was given; its contents were not proved.`,
        ),
      ]
    case 'notDerived':
      return [
        ...misplaced,
        ...lengthFindings(what, facts, context),
        keyMissing(`No key was tried on ${what}: ${opening.reason}`),
      ]
    case 'severalKeysFit':
      return [
        errorFinding(
          'envelope.tampered',
          `Two different master keys open ${what}. No writer makes such an envelope: it was crafted to have two meanings.`,
        ),
      ]
    case 'noKeyFits':
      if (context.hasOpenedSibling(header)) {
        return [
          errorFinding(
            'envelope.tampered',
            `The master key is right (it opened another object with the same salt), but it does not open ${what}: its header was changed.`,
          ),
        ]
      }
      // Whether the key fits cannot be told of bytes that are not the recorded ones.
      if (context.storedBytesDiffer) return []
      return [
        errorFinding(
          'envelope.wrongKey',
          `None of the given master keys opens ${what}, sealed with the key ${show(header.keyId)} version ${header.keyVersion}. Either it was made under another master key, or its header was changed.${difference === null ? '' : ` ${difference}`}`,
        ),
      ]
    case 'opened':
      // Only of a body that is authentic to its end can it be said that it is another one.
      return opening.body.outcome === 'authentic' ? misplaced : [bodyFinding(what, opening.body)]
  }
}

/** What the length alone shows where no key was tried: a header gives the whole object its size to the byte. */
function lengthFindings(
  what: string,
  { sealedSizeBytes }: Extract<EnvelopeFacts, { outcome: 'sealed' }>,
  { storedSizeBytes, storedBytesDiffer }: EnvelopeContext,
): readonly Finding[] {
  if (sealedSizeBytes === undefined || storedSizeBytes === sealedSizeBytes || storedBytesDiffer) return []
  const sizes = `its header makes it ${sealedSizeBytes} bytes, and it has ${storedSizeBytes}`
  return storedSizeBytes < sealedSizeBytes
    ? [errorFinding('envelope.truncated', `${what} ends early: ${sizes}.`)]
    : [errorFinding('envelope.trailingBytes', `Bytes that do not belong to ${what} follow it: ${sizes}.`)]
}

function bodyFinding(what: string, body: Exclude<SealedBody, { outcome: 'authentic' }>): Finding {
  switch (body.outcome) {
    case 'tampered':
      return errorFinding(
        'envelope.tampered',
        `Segment ${body.segment} of ${what} (at byte ${body.atByte}) is not authentic: its bytes were changed after it was sealed.`,
      )
    case 'truncated':
      return errorFinding(
        'envelope.truncated',
        `${what} ends early, in segment ${body.segment} (at byte ${body.atByte}): the rest of it is missing.`,
      )
    case 'trailingBytes':
      return errorFinding(
        'envelope.trailingBytes',
        `Bytes that do not belong to ${what} follow its last segment ${body.segment} (at byte ${body.atByte}).`,
      )
  }
}

/** What the header says otherwise than the entry that points to the object, as a sentence; null where nothing. */
function headerDifference(what: string, header: EnvelopeHeader, expected: ExpectedEnvelope): string | null {
  const differences = [
    header.store === expected.store
      ? null
      : `the store ${show(header.store)} instead of ${show(expected.store)}`,
    expected.backupIds.includes(header.backupId)
      ? null
      : `the backup ${show(header.backupId)} instead of ${show(expected.backupIds[0] ?? '')}`,
    differs(header.keyId, expected.keyId)
      ? `the key ${show(header.keyId)} instead of ${show(expected.keyId ?? '')}`
      : null,
    differs(header.keyVersion, expected.keyVersion)
      ? `key version ${header.keyVersion} instead of ${expected.keyVersion}`
      : null,
    differs(header.plainSizeBytes, expected.plainSizeBytes)
      ? `${header.plainSizeBytes} plain bytes instead of ${expected.plainSizeBytes}`
      : null,
  ].filter((difference) => difference !== null)
  if (differences.length === 0) return null
  return `${what} is not the object that was meant: its header names ${differences.join(', ')}.`
}

function differs<T>(actual: T, expected: T | null): boolean {
  return expected !== null && actual !== expected
}

function show(name: string): string {
  return printable(JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name))
}
