import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Locator, Page } from 'playwright/test'
import { startKiokSite, type KiokSiteLab } from '../lab/runbooks/kiok.ts'
import { addSealedCluster, atDesk, makeRepository, masterKey, unlockVault, verifyAll } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { writeBackup } from './kiok-masters.ts'
import { goTo, type Visit } from './walks.ts'

const name = 'kiok-core'
const login = { user: 'admin', password: 'a password of the backup that is shown nowhere' }

interface Lost {
  readonly site: KiokSiteLab
  readonly newest: string
}

/** A protected kiok whose masters all lost their data, and the console that knows it. */
async function lostCluster(holdfast: Holdfast): Promise<Lost> {
  const repository = await makeRepository(holdfast, name)
  const newest = repository.backupIds.at(-1) ?? ''
  const site = await startKiokSite({
    masterKey,
    hosts: [null, null],
    roots: [],
    backups: {
      [newest]: {
        dags: ['hello', 'nightly'],
        cron: '0 2 * * *',
        maintenance: false,
        users: { [login.user]: { password: login.password, mustChange: false } },
        connections: ['warehouse'],
        logs: [],
      },
    },
    takeBackup: async () => writeBackup(repository, name),
  })
  test.skip('skip' in site, 'skip' in site ? site.skip : '')
  if ('skip' in site) throw new Error(site.skip)
  await atDesk(holdfast, async (client) => {
    const { address } = repository
    const { id } = await addSealedCluster(client, { name, address, mode: 'protected' })
    await verifyAll(client, id)
    const kept = await client.vault.add({ label: 'kiok login', secret: { kind: 'login', ...login } })
    const secret = { kind: 's3' as const, accessKeyId: 'AKLAB', secretAccessKey: 'of the lab' }
    await client.vault.add({ label: 'kiok bucket', secret })
    await client.masters.save({ id, values: { ...site.values, login: kept.id }, reason: 'The lab.' })
  })
  return { site, newest }
}

/** A fresh master is restored: from the list that is empty to the report, with a step of each kind on the way. */
export async function walkRunbooks(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  const lost = await lostCluster(holdfast)
  try {
    await holdfast.start(page)
    await unlockVault(page)
    await goTo(page, '/runbooks')
    await expect(page.getByText('No runbook was ever begun here.')).toBeVisible()
    await visit('runbooks-none')
    await begin(page, lost, visit)
    await changeAnswer(page, lost, visit)
    await walkSteps(page, lost, visit)
    expect(takenBack.has(page), 'the question before a step is taken back was seen').toBe(true)
    await walkEnd(page, visit)
    await walkReport(page, holdfast, visit)
  } finally {
    await lost.site.close()
  }
}

async function begin(page: Page, { site }: Lost, visit: Visit): Promise<void> {
  await page.getByRole('link', { name: 'Recover a cluster…' }).click()
  await expect(page.getByRole('row', { name: /^kiok-core/ })).toContainText('Down')
  await visit('recover-1-cluster')
  await page.getByRole('button', { name: `Recover ${name}` }).click()
  const answers = {
    'What is it about?': 'Something is wrong',
    'Does this computer reach anything else?': 'Yes',
    'Is the whole site gone?': 'No: its hosts can be logged in to, or will be',
    'How many masters have lost their data?': 'All of them',
    'Are a chango and the kiok that it runs lost together?': 'No',
  }
  for (const [question, answer] of Object.entries(answers)) {
    await page.getByRole('group', { name: question }).getByRole('radio', { name: answer }).check()
  }
  await expect(page.getByText('So:')).toBeVisible()
  await page.getByRole('heading', { level: 2 }).first().scrollIntoViewIfNeeded()
  await visit('recover-2-situation')
  await page.getByRole('button', { name: 'Continue to the runbook' }).click()
  await expect(page.getByRole('radio', { name: /^Restore a fresh master/ })).toBeChecked()
  await visit('recover-3-runbook')
  await page.getByRole('button', { name: 'Continue' }).click()
  const { inputs } = site
  const form = {
    'Folder of kiok on the hosts': inputs['installFolder'],
    'User that runs kiok': inputs['osUser'],
    // A typing error, found by the first look at the hosts.
    JAVA_HOME: `${inputs['javaHome']}-17`,
    ZooKeeper: inputs['zooKeeper'],
    'PBKDF2 iterations': inputs['iterations'],
    'S3 endpoint': 'http://127.0.0.1:9',
    Bucket: 'kiok-backups',
    'Path style': 'true',
    'Harmless DAG': 'hello',
    Reason: 'INC-2291: both disks are gone',
  }
  for (const [label, value] of Object.entries(form)) {
    await page.getByRole('textbox', { name: new RegExp(`^${label}`) }).fill(value ?? '')
  }
  await page.getByRole('combobox', { name: /^Key pair for the cluster/ }).click()
  await page.getByRole('option', { name: 'kiok bucket' }).click()
  await page.getByRole('heading', { level: 2 }).first().scrollIntoViewIfNeeded()
  await expect(page.getByText(/holdfast runbook start --set .* kiok-core /)).toBeVisible()
  await visit('recover-4-begin')
  await page.getByRole('button', { name: 'Begin the runbook' }).click()
}

/** A check that is not so, because of an answer that is then given otherwise. */
async function changeAnswer(page: Page, { site }: Lost, visit: Visit): Promise<void> {
  await expect(page.getByRole('button', { name: 'Look again' })).toBeVisible()
  await visit('run-check')
  await page.getByRole('button', { name: 'Change an answer…' }).last().click()
  const dialog = page.getByRole('dialog', { name: 'Change an answer' })
  await dialog.getByRole('textbox', { name: /^JAVA_HOME/ }).fill(site.inputs['javaHome'] ?? '')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('INC-2291: a typing error')
  await expect(dialog).toContainText('holdfast runbook change --set javaHome=')
  await visit('run-change')
  await dialog.getByRole('button', { name: 'Change, and look anew' }).click()
  await expect(dialog).toBeHidden()
}

/** Steps that show their kind best. */
const shown: Readonly<Record<string, string>> = {
  'Choose the backup to go back to': 'run-choice',
  'Start one master': 'run-action',
  'Confirm what is lost': 'run-confirm',
  'Restore the backup in kiok’s own page': 'run-manual',
}

const offers = /^(Choose this|Do this step|Confirm…|Done by hand|Look again|Wait again|Try again)$/

/** All steps, until the acceptance sheet can be signed. */
async function walkSteps(page: Page, lost: Lost, visit: Visit): Promise<void> {
  const release = await holdWorker(lost)
  const waiting = page
    .getByRole('group', { name: /: Wait until it is ready$/ })
    .getByRole('button', { name: 'Stop waiting' })
  await goOnTo(waiting, page, lost, visit)
  await visit('run-wait')
  await release()
  await expect(waiting).toHaveCount(0)
  await goOnTo(page.getByRole('button', { name: 'Sign the sheet…' }).first(), page, lost, visit)
}

async function goOnTo(until: Locator, page: Page, lost: Lost, visit: Visit): Promise<void> {
  const panel = page.locator('li[aria-current="step"] > [role="group"]')
  const offered = panel.getByRole('button', { name: offers })
  for (let step = 0; step < 60; step += 1) {
    await expect(until.or(offered).first()).toBeVisible()
    if (await until.isVisible()) return
    const title = ((await panel.getAttribute('aria-label')) ?? '').replace(/^Step \d+: /, '')
    const screen = shown[title]
    if (screen !== undefined) await visit(screen)
    await visitSkip(page, panel, visit)
    await visitTakeBack(page, visit)
    await answer(page, panel, { title, offer: await offered.innerText(), lost, visit })
    const left = page.getByRole('group', { name: `: ${title}` }).getByRole('button', { name: offers })
    await expect(left).toHaveCount(0)
  }
  throw new Error('What the walk goes to never comes.')
}

/** The question before a step is passed over: the first one that may be. */
async function visitSkip(page: Page, panel: Locator, visit: Visit): Promise<void> {
  const skip = panel.getByRole('button', { name: 'Skip…' })
  if (!(await skip.isVisible()) || asked.has(page)) return
  asked.add(page)
  await skip.click()
  await expect(page.getByRole('dialog', { name: /^Skip: / })).toBeVisible()
  await visit('run-skip')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
}
const asked = new WeakSet<Page>()

/** The question before a step is taken back: the first one that can be. */
async function visitTakeBack(page: Page, visit: Visit): Promise<void> {
  const takeBack = page.getByRole('button', { name: 'Take back…' }).first()
  if (!(await takeBack.isVisible()) || takenBack.has(page)) return
  takenBack.add(page)
  await takeBack.click()
  await expect(page.getByRole('dialog', { name: /^Take back: / })).toBeVisible()
  await visit('run-take-back')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
}
const takenBack = new WeakSet<Page>()

/** Its worker comes up only when the wait for it was seen. */
async function holdWorker({ site: { hosts } }: Lost): Promise<() => Promise<void>> {
  const tree = hosts[0]?.tree ?? ''
  const script = join(tree, 'kiok/bin/start-worker.sh')
  const text = await readFile(script, 'utf8')
  await writeFile(script, text.replace(/^printf .*worker\.up$/m, ''))
  return async () => writeFile(join(tree, 'lab/worker.up'), '/kiok')
}

interface AtHand {
  readonly title: string
  readonly offer: string
  readonly lost: Lost
  readonly visit: Visit
}

async function answer(page: Page, panel: Locator, { title, offer, lost, visit }: AtHand): Promise<void> {
  const button = panel.getByRole('button', { name: offer, exact: true })
  switch (offer) {
    case 'Confirm…': {
      await button.click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill(name)
      await visit('run-confirm-typed')
      await dialog.getByRole('button', { name: `Confirm for ${name}` }).click()
      return
    }
    case 'Done by hand':
      if (title.startsWith('Restore the backup')) lost.site.restoreInUi(lost.newest, login)
      await panel.getByRole('textbox').fill(title.startsWith('Restore') ? lost.newest : 'All are there.')
      return button.click()
    default:
      return button.click()
  }
}

/** The sheet is signed, and the run read by its hand-over, its report and the list. */
async function walkEnd(page: Page, visit: Visit): Promise<void> {
  await visit('run-accepted')
  await page.getByRole('button', { name: 'Sign the sheet…' }).first().click()
  const sheet = page.getByRole('dialog', { name: 'Acceptance sheet' })
  await expect(sheet.getByRole('table', { name: 'Acceptance rows' })).toBeVisible()
  await sheet.getByRole('textbox', { name: `Type ${name} to confirm` }).fill(name)
  await sheet
    .getByRole('textbox', { name: 'Note' })
    .fill('The first DAG of the night was watched to its end.')
  await sheet.getByRole('button', { name: 'Sign: open to users' }).scrollIntoViewIfNeeded()
  await visit('acceptance-sheet')
  await sheet.getByRole('button', { name: 'Sign: open to users' }).click()
  await expect(page.getByText('Open to users.', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Where were we…' }).click()
  await expect(page.getByRole('dialog', { name: 'Where were we' })).toBeVisible()
  await visit('run-where-were-we')
  await page.keyboard.press('Escape')
  await visitEvidence(page, visit)
  await page.getByRole('button', { name: 'Close the run…' }).click()
  await expect(page.getByRole('dialog', { name: 'Close the run' })).toBeVisible()
  await visit('run-close')
  await page.keyboard.press('Escape')
  await page.getByRole('navigation', { name: 'Holdfast' }).getByRole('link', { name: 'Runbooks' }).click()
  await expect(page.getByRole('table', { name: 'Open runs' })).toBeVisible()
  await visit('runbooks')
  await page.getByRole('row', { name: /^kiok-core/ }).click()
}

/** What was found has a dialog of its own where the window is too narrow for it. */
async function visitEvidence(page: Page, visit: Visit): Promise<void> {
  const size = page.viewportSize()
  if (size === null) throw new Error('The window has no size.')
  await page.setViewportSize({ width: 1100, height: size.height })
  await page.getByRole('button', { name: /^Evidence \d+$/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Evidence' })
  // A link of this router that is out of sight passes for one that skips to a part of the page.
  await dialog.getByRole('link', { name: 'Show them' }).scrollIntoViewIfNeeded()
  await visit('run-evidence')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.setViewportSize(size)
}

/** The file that is kept, as a browser shows it. */
async function walkReport(page: Page, { dir }: Holdfast, visit: Visit): Promise<void> {
  await page.getByRole('button', { name: 'Export report…' }).click()
  await expect(page.getByRole('dialog', { name: 'Export the report' })).toBeVisible()
  await visit('run-export')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as HTML' }).click()
  const path = join(dir, 'report.html')
  await (await download).saveAs(path)
  await page.goto(pathToFileURL(path).href)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await visit('report')
}
