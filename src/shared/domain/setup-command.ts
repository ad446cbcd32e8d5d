import { commandLine, namesLast } from './command-line.ts'

/** Shows what an import of a file would do, as it is typed. */
export function importPlanCommand(file: string): string {
  return commandLine(['holdfast', 'settings', 'import', ...namesLast([file])])
}

/** Does exactly the plan that was shown. A reason that is not given yet stands as a word to be replaced. */
export function importCommand(
  file: string,
  { hash, needsReason }: { readonly hash: string; readonly needsReason: boolean },
  reason = '',
): string {
  const why = needsReason ? ['--reason', reason.trim() === '' ? 'WHY' : reason.trim()] : []
  return commandLine([
    'holdfast',
    'settings',
    'import',
    '--apply',
    '--plan',
    hash,
    ...why,
    ...namesLast([file]),
  ])
}
