import { commonHeaders } from '../pages/page-policy.ts'
import { readPageFile } from '../pages/page-file.ts'
import type { Random } from '../ports/random.ts'
import { appPage } from './our-page.ts'

/** Answers a request of the window's own scheme: the files of its pages, with their policy as a header, and nothing else. */
export async function answerPage(
  { url, method }: { readonly url: string; readonly method: string },
  pages: { readonly folder: string; readonly random: Random },
): Promise<Response> {
  // As text: a parser would have taken apart what is to be refused.
  const path = url.startsWith(appPage) ? url.slice(appPage.length - 1) : null
  const file = path === null || method !== 'GET' ? null : await readPageFile(path, pages)
  return file === null
    ? new Response('Not found', { status: 404, headers: commonHeaders })
    : new Response(file.body, { status: 200, headers: file.headers })
}
