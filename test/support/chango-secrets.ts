import type { Step } from '../../src/shared/contract/runbooks.ts'

export const masterKey = 'canary-master-key-0123456789-abcdefghijklmnop'
export const login = { user: 'admin', password: 'canary-admin-password' }
export const bucket = { accessKeyId: 'AKIACANARY', secretAccessKey: 'canary-secret-access-key' }

/** The component that the acceptance sheet asks to be stopped and started; the lab's stores are there, and its node managers on hosts of no connection. */
export function canary({ id, state }: Pick<Step, 'id' | 'state'>) {
  if (id === 'accept-stray' && state !== 'done')
    return { kind: 'skip', reason: 'Nothing else runs on these hosts.' } as const
  if (id === 'stores-lost' && state !== 'done')
    return { kind: 'skip', reason: 'These stores are of a test.' } as const
  return id === 'accept-canary' ? ({ kind: 'did', note: 'trino-prod' } as const) : null
}
