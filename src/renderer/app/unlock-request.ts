import { asked } from './asked.ts'

/** Any call may find the vault locked; whoever notices asks here, and one dialog answers for all. */
const unlock = asked<boolean>(false)
export const askUnlock = (isAsked = true): void => unlock.ask(isAsked)
export const useUnlockAsked = unlock.useAsked
