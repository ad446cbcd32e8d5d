import type { Step } from '../../../../shared/contract/runbooks.ts'

export const stateWords: Readonly<Record<Step['state'], string>> = {
  todo: 'Not done',
  running: 'Under way',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Passed over',
  unknown: 'Unknown',
  takenBack: 'Taken back',
  notNeeded: 'Not needed',
}

export const kindWords: Readonly<Record<Step['kind'], string>> = {
  check: 'Looks',
  action: 'Does something',
  wait: 'Waits',
  choice: 'Asks for a choice',
  confirm: 'Asks for a confirmation',
  manual: 'Done by hand',
}

/** Before a sentence that is more than a note. */
export const severityLeads: Readonly<Record<Step['lines'][number]['severity'], string>> = {
  info: '',
  warning: 'Warning: ',
  error: 'Error: ',
}
