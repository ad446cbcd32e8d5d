/**
 * Every way an operation can end badly, as a closed list. Adapters translate what their SDK says into one of these
 * at their edge; hosts turn a code into an exit status or a screen. What is not in the list is `internal`.
 */
export const errorCodes = [
  'usage',
  'backup.notFound',
  'backup.ambiguous',
  'repository.badAddress',
  'repository.insecure',
  'repository.noCredentials',
  'repository.accessDenied',
  'repository.badKeyPair',
  'repository.expiredToken',
  'repository.wrongRegion',
  'repository.notFound',
  'repository.clockSkew',
  'repository.tls',
  'repository.unreachable',
  'repository.badAnswer',
  'repository.readOnly',
  'repository.full',
  'host.unknownKey',
  'host.changedKey',
  'host.authentication',
  'host.unreachable',
  'host.weak',
  'host.lost',
  'host.timedOut',
  'host.sudo',
  'host.badAnswer',
  'host.commandFailed',
  'master.unreachable',
  'master.insecure',
  'master.tls',
  'master.refusedLogin',
  'master.passwordChange',
  'master.notReady',
  'master.notLeader',
  'master.notOffered',
  'master.refused',
  'master.badAnswer',
  'master.timedOut',
  'master.outcomeUnknown',
  'master.busy',
  'connection.missing',
  'connection.invalid',
  'object.missing',
  'object.changed',
  'object.unreadable',
  'object.badKey',
  'key.missing',
  'key.wrong',
  'state.broken',
  'state.busy',
  'policy.broken',
  'policy.refused',
  'plan.changed',
  'restore.refused',
  'restore.failed',
  'target.refused',
  'target.busy',
  'target.full',
  'vault.none',
  'vault.locked',
  'vault.wrongPassphrase',
  'vault.unavailable',
  'vault.damaged',
  'vault.lost',
  'credential.notFound',
  'credential.inUse',
  'cluster.notFound',
  'cluster.protected',
  'cluster.readOnly',
  'repository.inUse',
  'repository.unsaved',
  'job.notFound',
  'job.refused',
  'runbook.notFound',
  'runbook.refused',
  'audit.broken',
  'audit.cannotWrite',
  'state.readOnly',
  'session.over',
  'connection.lost',
  'cancelled',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What an operator is told, in the order in which it is read. No part may carry a secret. */
export interface ErrorText {
  /** What failed, and on which thing. */
  readonly what: string
  /** The likely cause, where one is known. */
  readonly why?: string
  /** What was not changed; left out where the operation never changes anything. */
  readonly unchanged?: string
  /** The one next action. */
  readonly next?: string
  /** Of `host.unknownKey`: what can be trusted once it was compared; left out where that cannot be said from here. */
  readonly unknownHost?: UnknownHost
}

/** A host as it was asked for, `user@host:port`, and the fingerprint of the key that it has shown. */
export interface UnknownHost {
  readonly address: string
  readonly fingerprint: string
}

/** An expected failure. `cause` keeps the original for the log; it is never shown and never serialised. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  readonly code: ErrorCode
  readonly text: ErrorText

  constructor(code: ErrorCode, text: ErrorText, options?: { readonly cause?: unknown }) {
    super(
      [text.what, text.why, text.unchanged, text.next].filter((part) => part !== undefined).join(' '),
      options,
    )
    this.code = code
    this.text = text
  }
}

export function isHoldfastError(error: unknown, code?: ErrorCode): error is HoldfastError {
  return error instanceof HoldfastError && (code === undefined || error.code === code)
}
