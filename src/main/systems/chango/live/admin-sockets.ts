/** Where a master may have its socket: its place differs between the pages (admin-password-recovery, patch-system). */
export function adminSockets(bases: readonly string[], home: string): readonly string[] {
  return [...new Set([...bases.map((base) => `${base}/master/admin.sock`), `${home}/bin/master.socket`])]
}

/** Prints the first that is there, or nothing. */
export const firstSocket = 'for at; do [ -e "$at" ] && { echo "$at"; break; }; done; :'
