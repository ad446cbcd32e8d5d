import { asked } from './asked.ts'

/** Whoever is led to what hangs on an object is led to the panel that says it, also on the page that shows it already. */
const object = asked<boolean>(false)
export const askObject = object.ask
export const useObjectAsked = object.useAsked
