import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { galleryOf } from '../e2e/gallery.ts'
import { overlays, pages, parts } from '../e2e/screens.ts'

const folder = join(import.meta.dirname, '../../docs/screens')
const pictures = readdirSync(folder).filter((file) => file.endsWith('.png'))

test('The gallery shows exactly the pictures that are there', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8')
  expect(page).toBe(galleryOf(pictures))
  const shown = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file ?? '')
  expect(shown.toSorted()).toEqual(pictures.toSorted())
})

test('Every screen of the window has its picture, light and dark', () => {
  const screens = new Set([pages, overlays, parts].flatMap((table) => Object.values(table).flat()))
  const wanted = [...screens].flatMap((screen) => [`${screen}-light.png`, `${screen}-dark.png`])
  expect(wanted.filter((file) => !pictures.includes(file))).toEqual([])
})
