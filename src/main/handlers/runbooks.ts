import { checkTyped } from '../desk/confirm.ts'
import type { Desk } from '../desk/desk.ts'
import { answersFor, triageFor } from '../desk/runbooks/triage-for.ts'
import { reportOf } from '../desk/runbooks/report-of.ts'
import { changeAnswers, scenariosFor, startRun } from '../desk/runbooks/start-run.ts'
import { savedCluster } from '../desk/saved.ts'
import { implementation, never } from './implement.ts'

export function createRunbookHandlers(desk: Desk) {
  const { state, runbooks } = desk
  const os = implementation.runbooks
  return {
    scenarios: os.scenarios.handler(async ({ input }) =>
      scenariosFor(savedCluster(input.clusterId, state), desk),
    ),

    triage: os.triage.handler(({ input }) =>
      triageFor(savedCluster(input.clusterId, state), input.answers, desk),
    ),

    start: os.start.handler(async ({ input: { answers, ...input } }) => {
      const told =
        answers === undefined ? [] : answersFor(savedCluster(input.clusterId, state), answers, desk)
      return startRun({ ...input, answers: told }, desk)
    }),

    list: os.list.handler(() => [...runbooks.list()]),

    get: os.get.handler(({ input }) => runbooks.get(input.id)),

    watch: os.watch.handler(async function* ({ input, signal = never }) {
      yield* runbooks.watch(input.id, signal)
    }),

    ask: os.ask.handler(async ({ input, signal = never }) => runbooks.ask(input.id, input.step, signal)),

    proceed: os.proceed.handler(async ({ input }) => runbooks.proceed(input.id, input.step, input.answer)),

    changeAnswers: os.changeAnswers.handler(async ({ input }) => changeAnswers(input, desk)),

    takeOver: os.takeOver.handler(async ({ input }) => runbooks.takeOver(input.id, input.note)),

    accept: os.accept.handler(async ({ input }) => {
      const { cluster } = runbooks.get(input.id)
      checkTyped(input.confirm, cluster, `It opens ${cluster} to its users.`)
      return runbooks.accept(input.id, input.note)
    }),

    close: os.close.handler(async ({ input }) => runbooks.close(input.id, input.outcome, input.reason)),

    report: os.report.handler(async ({ input }) => reportOf(input.id, input.as, desk)),
  }
}
