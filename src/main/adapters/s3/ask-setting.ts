import type { S3Client } from '@aws-sdk/client-s3'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { Told } from '../../../shared/domain/place-facts.ts'
import type { S3Connection } from './connection.ts'
import { S3Refusal } from './failure.ts'

/** Asks a server for one of its settings. */
export type Ask = <T>(
  doing: string,
  run: (client: S3Client, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  /** Codes by which the server says that there is none, and what that means. */
  none?: { readonly codes: readonly string[]; readonly value: T },
) => Promise<Told<T>>

export function asking(connection: S3Connection, signal: AbortSignal | undefined): Ask {
  return (doing, run, none) => told(connection, { doing, signal }, run, none)
}

/** A refusal, or an answer to something else, is an answer of its own; only a server that cannot be reached is a failure. */
async function told<T>(
  connection: S3Connection,
  { doing, signal }: { readonly doing: string; readonly signal: AbortSignal | undefined },
  run: (client: S3Client, options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  none: { readonly codes: readonly string[]; readonly value: T } | undefined,
): Promise<Told<T>> {
  try {
    const value = await connection.send({ doing, reads: true, signal }, run)
    return { told: true, value }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    const { cause } = error
    if (cause instanceof S3Refusal) {
      if (none !== undefined && none.codes.includes(cause.code ?? ''))
        return { told: true, value: none.value }
      return { told: false, why: refusalWords(cause) }
    }
    if (error.code !== 'repository.badAnswer') throw error
    return { told: false, why: 'The server answers something else to it: it does not know the question.' }
  }
}

/** Why a refusal tells nothing. */
export function refusalWords({ status, code }: S3Refusal): string {
  const said = `(${status}${code === null ? '' : ` ${code}`})`
  if (status === 401 || status === 403) return `These keys may not ask it ${said}.`
  if (status >= 500 && status !== 501) return `The server failed to answer it ${said}.`
  return `The server does not offer it ${said}.`
}
