import { userInfo } from 'node:os'

/** Who acts here, as entries name it. An account without an entry in the system's list of users has a number. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
