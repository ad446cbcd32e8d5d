import type { Run } from '../../../../shared/contract/runbooks.ts'
import { reportDocument, reportJson, type ReportFacts } from './report-document.ts'
import { reportHtml } from './report-html.ts'

/** A run as one file to be kept. The name is of letters that every file system takes. */
export function reportFile(
  run: Run,
  as: 'html' | 'json',
  facts: ReportFacts,
): { readonly name: string; readonly text: string } {
  const document = reportDocument(run, facts)
  const cluster = run.cluster
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const parts = ['holdfast', ...(cluster === '' ? [] : [cluster]), run.scenario, run.id]
  return {
    name: `${parts.join('-')}.${as}`,
    text: as === 'html' ? reportHtml(document) : reportJson(document),
  }
}
