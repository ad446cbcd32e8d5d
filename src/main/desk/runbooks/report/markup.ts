import { printable } from '../../../../shared/domain/printable.ts'

/** Markup that this program has written. Only `html` makes it, so that nothing else goes into a page unescaped. */
export interface Markup {
  readonly markup: string
}

type Value = string | number | Markup | readonly Markup[]

/** A template whose values are text, escaped for content and for quoted attributes, or markup made by it. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: String.raw({ raw: parts }, ...values.map(markupOf)) }
}

function markupOf(value: Value): string {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function escaped(text: string): string {
  // A half of a surrogate pair would become another character on its way into UTF-8.
  return printable(text.toWellFormed()).replace(/[&<>"'`]/g, (char) => escapes[char] ?? '')
}
