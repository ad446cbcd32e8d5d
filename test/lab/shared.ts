import { inject } from 'vitest'
import type { RgwAccess } from './rgw.ts'

/** The gateway shared by all test files of this run, started when the first of them asks; or why there is none. */
export async function sharedRgw(): Promise<RgwAccess | { readonly skip: string }> {
  const answer = await fetch(`${inject('labUrl')}/rgw`)
  return (await answer.json()) as RgwAccess | { readonly skip: string }
}
