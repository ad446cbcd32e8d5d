import { asked } from './asked.ts'

/** The list of keys is opened by a key, by the palette, or by its button. */
const help = asked<boolean>(false)
export const openHelp = (): void => help.ask(true)
export const closeHelp = (): void => help.ask(false)
export const useHelpAsked = help.useAsked
