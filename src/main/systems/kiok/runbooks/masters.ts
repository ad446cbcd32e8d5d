import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { excerptOf, isPage } from '../../../engine/live/http-replies.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { Outcome, StepContext } from '../../../ports/runbook.ts'
import { openApi, probeDeadlineMs } from '../live/api.ts'
import type { KiokSite } from './site.ts'

/** What each master says to `GET path`; null where it does not answer at all. */
export async function askEach(
  path: '/healthz' | '/readyz',
  { connection }: KiokSite,
  { session }: StepContext,
): Promise<readonly { readonly of: string; readonly reply: HttpReply | null }[]> {
  const { client } = await openApi(session, connection)
  return Promise.all(
    connection.masters.map(async (origin) => ({
      of: new URL(origin).host,
      reply: await client
        .send({ method: 'GET', path, origin, deadlineMs: probeDeadlineMs }, session.signal)
        .catch((error: unknown) => {
          if (!isHoldfastError(error) || error.code === 'cancelled') throw error
          return null
        }),
    })),
  )
}

/** Documented (operations): 200, and 503 else; what the body of a 200 is nobody says. */
export function saysYes(reply: HttpReply | null): boolean {
  return reply?.status === 200 && !isPage(reply)
}

/** Documented (operations): `/healthz` is 200 while the process lives. */
export async function anyAnswers(site: KiokSite, context: StepContext): Promise<boolean> {
  return (await askEach('/healthz', site, context)).some(({ reply }) => saysYes(reply))
}

/** Documented (operations): 200 once every master and at least one worker is ready; every other route is 503 before, without a time limit. */
export async function isReady(site: KiokSite, context: StepContext, wanted: 'one' | 'all'): Promise<Outcome> {
  const answers = await askEach('/readyz', site, context)
  const evidence = answers.map(({ of, reply }) => ({
    name: `GET /readyz of ${of}`,
    value: reply === null ? 'no answer' : `${reply.status} ${excerptOf(reply)}`.trim(),
  }))
  const ready = answers.filter(({ reply }) => saysYes(reply))
  const not = answers.filter(({ reply }) => !saysYes(reply))
  const enough = wanted === 'all' ? not.length === 0 : ready.length > 0
  return enough
    ? done(`Ready: ${ready.map(({ of }) => of).join(', ')}.`, { evidence })
    : notYet(`Not ready: ${not.map(({ of }) => of).join(', ')}.`, {
        evidence,
        next: 'It stays so until every master and one worker is ready: look at their logs, and restart a worker that gave up after 60 s.',
      })
}

/** The same for who is there at all. */
export async function allAnswer(site: KiokSite, context: StepContext): Promise<Outcome> {
  const answers = await askEach('/healthz', site, context)
  const dead = answers.filter(({ reply }) => !saysYes(reply)).map(({ of }) => of)
  const evidence = answers.map(({ of, reply }) => ({
    name: `GET /healthz of ${of}`,
    value: reply === null ? 'no answer' : String(reply.status),
  }))
  return dead.length === 0
    ? done('Every master answers.', { evidence })
    : failed(`These masters do not answer: ${dead.join(', ')}.`, {
        evidence,
        next: 'Start them, or take out of the connection what is gone for good.',
      })
}
