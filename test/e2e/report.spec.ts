import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'playwright/test'
import { reportFile } from '../../src/main/desk/runbooks/report/report-file.ts'
import { aRun, aStep } from '../support/runs.ts'

const hostile = [
  '<script>window.stolen=1;alert(1)</script>',
  '<img src=https://evil.example/x onerror=alert(2)>',
  '"><svg onload=alert(3)>',
  '</style><style>@import url(https://evil.example/y)</style>',
  '</title><meta http-equiv=refresh content="0;url=https://evil.example/z">',
  '<link rel=stylesheet href=https://evil.example/w><iframe src=https://evil.example/v></iframe>',
].join(' ')

test('a report of hostile names asks for nothing, runs nothing, and wears its own style', async ({
  page,
}, info) => {
  const step = aStep('one', {
    title: hostile, why: hostile, touches: hostile, undo: hostile, twin: hostile, sentence: hostile, by: hostile,
    section: 'accept', evidence: [{ name: hostile, value: hostile }],
    lines: [{ at: '2026-11-21T02:06:00.000Z', severity: 'error', sentence: hostile }],
  }) // prettier-ignore
  const run = aRun([step, aStep('two', { state: 'skipped', answered: hostile })], {
    title: hostile, cluster: hostile, when: hostile, costs: [hostile], holder: hostile, commandLine: hostile,
    answers: [{ question: hostile, answer: hostile, because: hostile }], inputs: [{ name: 'one', label: hostile, value: hostile }],
  }) // prettier-ignore
  const { text } = reportFile(run, 'html', {
    madeAt: '2026-11-21T02:20:00.000Z',
    madeBy: hostile,
    version: hostile,
    audit: { seq: 1, hash: 'ab'.repeat(32) },
    signed: { by: hostile, note: hostile },
  })
  const file = info.outputPath('report.html')
  await writeFile(file, text)
  const address = pathToFileURL(file).href
  const requests: string[] = []
  const alarms: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('dialog', (dialog) => {
    alarms.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('console', (message) => alarms.push(message.text()))
  page.on('pageerror', (error) => alarms.push(error.message))
  await page.goto(address, { waitUntil: 'networkidle' })
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(hostile)
  await page.emulateMedia({ media: 'print' })
  expect(
    await page.evaluate(
      '[window.stolen, document.querySelectorAll("script, img, svg, iframe, link, a").length, document.styleSheets.length, getComputedStyle(document.querySelector(".facts th")).fontWeight]',
    ),
  ).toEqual([undefined, 0, 1, '400'])
  expect(requests).toEqual([address])
  expect(alarms).toEqual([])
})
