/** Since 1970, of the last day that JavaScript knows (ECMAScript, "Time Values and Time Range"). */
export const lastSecond = 8_640_000_000_000
