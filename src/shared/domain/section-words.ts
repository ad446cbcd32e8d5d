/** The parts of a runbook, in the order in which they are gone. */
export const sectionWords = {
  before: 'Before anything changes',
  safety: 'Safety copy',
  restore: 'Restore',
  accept: 'Acceptance',
  after: 'Afterwards',
} as const
