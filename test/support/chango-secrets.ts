import type { Step } from '../../src/shared/contract/runbooks.ts'

export const masterKey = 'canary-master-key-0123456789-abcdefghijklmnop'
export const login = { user: 'admin', password: 'canary-admin-password' }
export const bucket = { accessKeyId: 'AKIACANARY', secretAccessKey: 'canary-secret-access-key' }

/** The component that the acceptance sheet asks to be stopped and started. */
export function canary({ id }: Pick<Step, 'id'>) {
  return id === 'accept-canary' ? ({ kind: 'did', note: 'trino-prod' } as const) : null
}
