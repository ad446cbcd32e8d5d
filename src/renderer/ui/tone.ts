/** What a thing's state means for the operator; each has a shape, a colour and a word of its own. */
export type Tone = 'good' | 'warn' | 'bad' | 'unknown' | 'run' | 'none' | 'notProvable'
