import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import {
  hostileArmada,
  hostileKiok,
  hostileNames,
  kiokManifest,
  kiokStore,
  type HostileManifest,
} from '../lab/hostile-manifests.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { goTo } from './walks.ts'

const formula = hostileNames['a formula']

interface Made {
  readonly folder: string
  readonly manifest: string
}

function idAt(ms: number, digit: string): string {
  const at = new Date(ms).toISOString().replace(/[-:]/g, '').slice(0, 15)
  return `${at}Z-${digit.repeat(8)}`
}

/** What a shell makes of a line. */
function wordsOf(line: string): readonly string[] {
  const script = `set -- ${line}\nfor word; do printf '%s\\0' "$word"; done`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

async function write(root: string, made: readonly Made[]): Promise<void> {
  for (const { folder, manifest } of made) {
    await mkdir(join(root, folder), { recursive: true })
    await writeFile(join(root, folder, 'manifest.json'), manifest)
  }
}

/** Adds a repository as an operator does; opens its backups. */
async function add(page: Page, root: string, name: string, system = 'kiok'): Promise<void> {
  await goTo(page, '/add')
  await page.getByRole('radiogroup', { name: 'System' }).getByText(system, { exact: true }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill(pathToFileURL(root).href)
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  const plain = page.getByRole('button', { name: `Add ${name}` })
  const anyway = page.getByRole('button', { name: 'add it although it does not work yet' })
  await expect(plain.and(page.locator(':enabled')).or(anyway).first()).toBeVisible()
  await ((await plain.isEnabled()) ? plain : anyway).click()
  await expect(page).toHaveURL(/#\/clusters\/[^/]+\/overview/)
}

/** What ran, what was asked of elsewhere, and what popped up: all of it has to stay empty. */
function watch(page: Page): readonly string[] {
  const seen: string[] = []
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => seen.push(`popup ${popup.url()}`))
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol === 'file:' || protocol === 'data:' || protocol === 'blob:') return
    if (!/^h-[0-9a-f]+\.localhost$/.test(hostname)) seen.push(request.url())
  })
  return seen
}

async function expectUnharmed(page: Page, seen: readonly string[]): Promise<void> {
  expect(seen).toEqual([])
  expect(
    await page.evaluate(
      '[window.stolen, ({}).polluted, document.querySelectorAll("main img, main script").length]',
    ),
  ).toEqual([undefined, undefined, 0])
  const width: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect(width, 'pixels by which the page is too wide').toBe(0)
}

const pages = (base: string) => ['overview', 'backups', 'chain', 'activity'].map((tab) => `${base}/${tab}`)

/** A mark that turns the reading direction is written out, so that it turns nothing. */
async function expectWrittenOut(page: Page): Promise<void> {
  const marks: unknown = await page.evaluate(
    '(/.{0,40}[\\u202a-\\u202e\\u2066-\\u2069\\u0000\\u001b].{0,40}/.exec(document.body.innerText) ?? [null])[0]',
  )
  expect(marks, page.url()).toBe(null)
}

async function baseOf(page: Page): Promise<string> {
  return /#(\/clusters\/[^/]+)/.exec(page.url())?.[1] ?? ''
}

/** Every hostile manifest of a system, each a backup of its own; oldest first. */
async function makeHostile(
  { dir }: Holdfast,
  system: string,
  manifests: readonly HostileManifest[],
): Promise<string> {
  const root = join(dir, `hostile-${system}`)
  const firstMs = Date.now() - (manifests.length + 1) * 3_600_000
  await write(
    root,
    manifests.map(({ folder, text }, at) => ({
      folder: folder ?? idAt(firstMs + at * 3_600_000, '1'),
      manifest: text,
    })),
  )
  return root
}

for (const [system, manifests] of [
  ['kiok', hostileKiok],
  ['armada', hostileArmada],
] as const) {
  test(`Hostile manifests of ${system} are shown as text: nothing of them runs, asks or breaks a page`, async ({
    page,
    holdfast,
  }) => {
    const seen = watch(page)
    const root = await makeHostile(holdfast, system, manifests)
    await holdfast.startEmpty(page)
    await add(page, root, 'hostile', system)
    const base = await baseOf(page)
    for (const path of pages(base)) {
      await goTo(page, path)
      await expect(page.getByRole('heading', { name: 'hostile' })).toBeVisible()
      await expect(page.getByText('This page cannot be shown.')).toBeHidden()
      await expectWrittenOut(page)
      await expectUnharmed(page, seen)
    }

    // What hangs on an object of each of them.
    await goTo(page, `${base}/chain`)
    await page.getByRole('treegrid').press('ArrowRight')
    for (let at = 0; at < manifests.length; at += 1) {
      await page.getByRole('treegrid').press('Enter')
      await expectWrittenOut(page)
      await page.getByRole('treegrid').press('ArrowDown')
    }
    await expectUnharmed(page, seen)

    // Every one of them is opened, with each of its tabs.
    await goTo(page, `${base}/backups`)
    const rows = page.getByRole('grid').getByRole('row')
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(manifests.length + 1))
    const pane = page.getByRole('complementary', { name: 'Backup' })
    await rows.nth(1).getByRole('gridcell').first().click()
    for (let at = 1; ; at += 1) {
      for (const tab of ['Manifest', 'Contents', 'Compare', 'History', 'Stores']) {
        const named = pane.getByRole('tab', { name: tab })
        if ((await named.count()) === 0) continue
        await named.click()
        await expect(pane.getByRole('tabpanel')).toBeVisible()
        await expectUnharmed(page, seen)
      }
      // Of ten thousand stores as many are drawn as can be read.
      expect(await pane.getByRole('tabpanel').getByRole('row').count()).toBeLessThan(500)
      await expect(page.getByText('This page cannot be shown.')).toBeHidden()
      await expectWrittenOut(page)
      if (at === manifests.length) break
      const before = page.url()
      await page.keyboard.press(']')
      await expect.poll(() => page.url()).not.toBe(before)
    }

    await goTo(page, '/repositories')
    await page.getByRole('table').getByRole('link').first().click()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectUnharmed(page, seen)

    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('textbox').fill('<img')
    await expectUnharmed(page, seen)
  })
}

test('A store whose name is a formula is text wherever its table goes, by the keyboard alone', async ({
  page,
  context,
  holdfast,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const root = join(holdfast.dir, 'formula')
  await write(root, [
    {
      folder: idAt(Date.now() - 3_600_000, 'c'),
      manifest: kiokManifest({ stores: { [formula]: kiokStore(), kms: kiokStore() } }),
    },
  ])
  await holdfast.startEmpty(page)
  await add(page, root, 'formula')
  await goTo(page, `${await baseOf(page)}/backups`)
  await page.getByRole('gridcell').first().click()
  const button = page
    .getByRole('complementary', { name: 'Backup' })
    .getByRole('button', { name: /^(Copy or save|Copied)$/ })
    .first()
  const items = page.getByRole('menuitem')
  const open = async (): Promise<void> => {
    await button.focus()
    await page.keyboard.press('Enter')
    await expect(items).toHaveCount(3)
    // The menu takes the focus a moment after it is there.
    await expect(items.first()).toBeFocused()
  }
  /** Takes the table by the menu of its button. */
  const take = async (place: number, name: string): Promise<void> => {
    await open()
    const item = page.getByRole('menuitem', { name, exact: true })
    for (let at = 0; at < place; at += 1) await page.keyboard.press('ArrowDown')
    await expect(item).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(items).toHaveCount(0)
    await expect(button).toBeFocused()
  }
  const copied = async (): Promise<string> => String(await page.evaluate('navigator.clipboard.readText()'))

  await take(0, 'Copy as text')
  await expect(button).toHaveText('Copied')
  const text = (await copied()).split('\n').map((line) => line.split('\t')[0])
  expect(text).toEqual(expect.arrayContaining(['Store', 'kms', `'${formula}`]))

  await take(1, 'Copy as Markdown')
  await expect.poll(copied).toMatch(/^\| Store \|/)
  expect(await copied()).toContain(String.raw`| =HYPERLINK\("http\://elsewhere.example","kms"\) |`)

  const download = page.waitForEvent('download')
  await take(2, 'Save as CSV')
  const file = await download
  expect(file.suggestedFilename()).toBe('holdfast-stores.csv')
  const path = join(holdfast.dir, 'stores.csv')
  await file.saveAs(path)
  const lines = (await readFile(path, 'utf8')).split('\r\n')
  expect(lines[0]).toMatch(/^Store,Object,/)
  expect(lines.some((line) => line.replace(/^"/, '').startsWith(`'${formula[0]}`))).toBe(true)

  // Escape closes the menu alone.
  await open()
  await page.keyboard.press('Escape')
  await expect(items).toHaveCount(0)
  await expect(button).toBeFocused()
})

test('The id of a backup that is a command is one word where it is pasted, and so is it in each command that is copied', async ({
  page,
  context,
  holdfast,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const root = join(holdfast.dir, 'command')
  const id = 'x; true #\u0003'
  await write(root, [{ folder: id, manifest: kiokManifest({ stores: { kms: kiokStore() } }) }])
  await holdfast.startEmpty(page)
  await add(page, root, 'command')
  await goTo(page, `${await baseOf(page)}/backups`)
  await page.getByRole('gridcell').first().click()
  const pane = page.getByRole('complementary', { name: 'Backup' })
  const copied = async (press: () => Promise<void>): Promise<readonly string[]> => {
    await page.evaluate('navigator.clipboard.writeText("nothing")')
    await press()
    await expect.poll(async () => page.evaluate('navigator.clipboard.readText()')).not.toBe('nothing')
    return wordsOf(String(await page.evaluate('navigator.clipboard.readText()')))
  }
  expect(await copied(() => pane.getByRole('button', { name: 'Copy the id' }).click())).toEqual([id])
  expect(await copied(() => page.keyboard.press('y'))).toEqual([id])
  const command = await copied(() => pane.getByRole('button', { name: 'Copy', exact: true }).first().click())
  expect(command.slice(0, 3)).toEqual(['holdfast', 'verify', id])
})

test('A backup from a clock that is two hours ahead is shown as ahead, not as young', async ({
  page,
  holdfast,
}) => {
  const root = join(holdfast.dir, 'ahead')
  await write(root, [
    {
      folder: idAt(Date.now() + 2.5 * 3_600_000, 'a'),
      manifest: kiokManifest({ stores: { kms: kiokStore() } }),
    },
  ])
  await holdfast.startEmpty(page)
  await add(page, root, 'ahead')
  await goTo(page, `${await baseOf(page)}/backups`)
  await expect(page.getByRole('gridcell').getByText(/^in 2\u00A0h/)).toBeVisible()
})

test('A place where something else lies is told from an empty one, and leads to what lies there', async ({
  page,
  holdfast,
}) => {
  const [empty, other] = [join(holdfast.dir, 'empty'), join(holdfast.dir, 'other')]
  for (const folder of [empty, other]) await mkdir(folder)
  await writeFile(join(other, 'photo.jpg'), 'x')
  await holdfast.startEmpty(page)
  await add(page, empty, 'empty')
  await goTo(page, `${await baseOf(page)}/backups`)
  await expect(page.getByText('There is no backup yet.')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('no object at all')
  await add(page, other, 'other')
  await goTo(page, `${await baseOf(page)}/chain`)
  await expect(page.getByText('What lies here is no backup of kiok.')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: '1 object' }).click()
  await expect(page).toHaveURL(/#\/repositories\//)
})

test('A repository that disappears says so with its reason, and what was seen stays', async ({
  page,
  holdfast,
}) => {
  const root = join(holdfast.dir, 'gone')
  await write(root, [
    { folder: idAt(Date.now() - 3_600_000, 'b'), manifest: kiokManifest({ stores: { kms: kiokStore() } }) },
  ])
  await holdfast.startEmpty(page)
  await add(page, root, 'gone')
  await goTo(page, `${await baseOf(page)}/backups`)
  await expect(page.getByRole('gridcell').first()).toBeVisible()
  await rename(root, `${root}-elsewhere`)
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(page.getByText('Not readable').first()).toBeVisible()
  await goTo(page, '/')
  await expect(page.getByText('Not readable').first()).toBeVisible()
  await expect(page.getByRole('main')).toContainText(root)
  await rename(`${root}-elsewhere`, root)
  await page.getByRole('button', { name: 'Look again' }).first().click()
  await expect(page.getByText('Not readable')).toHaveCount(0)
})
